//! The engine's outputs as JavaScript objects: `{do, ...}`, `{event, ...}` or `{idle?}`.

use crowfly_engine::{Command, Event, Failure, Output, Progress, ReadId};
use wasm_bindgen::JsValue;

use crate::js::{list, maybe_number, number, record, shown, text};
use crate::json;

pub(crate) fn to_js(output: Output) -> JsValue {
    match output {
        Output::Do(command) => command_to_js(command),
        Output::Emit(event) => event_to_js(event),
        Output::Idle(deadline) => {
            let deadline = maybe_number(deadline.map(|moment| moment.0));
            record("idle", Box::new([deadline]))
        }
    }
}

fn call(name: &str, request: u64, upload: JsValue, body: JsValue) -> JsValue {
    record(
        "do request upload body",
        Box::new([text(name), number(request), upload, body]),
    )
}

/// The body of a request, or what the journal keeps, as JSON.
fn json_body(json: String) -> JsValue {
    text(&json)
}

fn command_to_js(command: Command) -> JsValue {
    const NONE: JsValue = JsValue::UNDEFINED;
    match command {
        Command::Hash {
            request,
            upload,
            bytes,
        } => record(
            "do request upload start end",
            Box::new([
                text("hash"),
                number(request.0),
                shown(&upload),
                number(bytes.start),
                number(bytes.end),
            ]),
        ),
        Command::Token { request, reason } => call("token", request.0, NONE, text(reason.as_str())),
        Command::Save {
            request,
            upload,
            item,
        } => call(
            "save",
            request.0,
            shown(&upload),
            json_body(json::text::item(&item)),
        ),
        Command::NoteCancel { upload } => call("noteCancel", 0, shown(&upload), NONE),
        Command::Erase { upload } => call("erase", 0, shown(&upload), NONE),
        Command::Create { request, items } => call(
            "create",
            request.0,
            NONE,
            json_body(json::text::create_request(&items)),
        ),
        Command::Sign {
            request,
            upload,
            parts,
        } => call(
            "sign",
            request.0,
            shown(&upload),
            json_body(json::text::sign_request(&parts)),
        ),
        Command::List { request, upload } => call("parts", request.0, shown(&upload), NONE),
        Command::Complete {
            request,
            upload,
            body,
        } => call(
            "complete",
            request.0,
            shown(&upload),
            json_body(json::text::complete_request(&body)),
        ),
        Command::Delete { request, upload } => call("abort", request.0, shown(&upload), NONE),
        Command::Status { request, ids } => call(
            "status",
            request.0,
            NONE,
            json_body(json::text::status_request(&ids)),
        ),
        Command::Send {
            request,
            upload,
            bytes,
            grant,
            ..
        } => {
            let headers = grant.headers.iter();
            let headers = headers.flat_map(|(name, value)| [text(name), text(value)]);
            record(
                "do request upload start end url headers",
                Box::new([
                    text("send"),
                    number(request.0),
                    shown(&upload),
                    number(bytes.start),
                    number(bytes.end),
                    text(&grant.url),
                    list(headers.collect()),
                ]),
            )
        }
        Command::Read { request, read } => call("read", request.0, NONE, number(read.0)),
        Command::Cancel { request } => call("cancel", request.0, NONE, NONE),
        // A command of a newer engine, which this crate is always built with.
        _ => record("do", Box::new([text("nothing")])),
    }
}

fn event_to_js(event: Event) -> JsValue {
    let (name, upload, value) = match event {
        Event::ReadDone { read } => return read_to_js(read, JsValue::UNDEFINED),
        Event::ReadFailed { read, failure } => return read_to_js(read, failure_to_js(&failure)),
        Event::State { upload, state } => ("state", upload, text(state.as_str())),
        Event::Progress { upload, progress } => ("progress", upload, progress_to_js(&progress)),
        Event::Restarted { upload } => ("restarted", upload, JsValue::UNDEFINED),
        Event::Unverified { upload } => ("unverified", upload, JsValue::UNDEFINED),
        Event::Stored {
            upload,
            stored,
            verified,
        } => (
            "stored",
            upload,
            json::stored_to_js(&stored, verified.into()),
        ),
        Event::Failed { upload, failure } => ("failed", upload, failure_to_js(&failure)),
        Event::Aborted { upload } => ("aborted", upload, JsValue::UNDEFINED),
        Event::Processed { upload, record } => ("processed", upload, json::record_to_js(&record)),
        Event::ProcessingFailed { upload, failure } => {
            ("unprocessed", upload, failure_to_js(&failure))
        }
        // News that this version has no use for.
        _ => return record("event", Box::new([text("nothing")])),
    };
    record(
        "event upload value",
        Box::new([text(name), shown(&upload), value]),
    )
}

/// The end of a read; without a failure it has succeeded.
fn read_to_js(read: ReadId, failure: JsValue) -> JsValue {
    record(
        "event read value",
        Box::new([text("read"), number(read.0), failure]),
    )
}

fn progress_to_js(progress: &Progress) -> JsValue {
    record(
        "sent confirmed total hashed bytesPerSecond etaMs",
        Box::new([
            number(progress.sent),
            number(progress.confirmed),
            number(progress.total),
            number(progress.hashed),
            number(progress.bytes_per_second),
            maybe_number(progress.eta_ms),
        ]),
    )
}

fn failure_to_js(failure: &Failure) -> JsValue {
    record(
        "code retryable phase message part status requestId",
        Box::new([
            text(failure.code.as_str()),
            failure.retryable.into(),
            text(failure.phase.as_str()),
            text(&failure.message),
            maybe_number(failure.part.map(u64::from)),
            maybe_number(failure.status.map(u64::from)),
            json::unless_empty(failure.request_id.as_deref().unwrap_or_default()),
        ]),
    )
}
