//! Runs the engine's commands on the adapters, and returns their replies.

use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{UploadId, mismatch};
use crowfly_engine::{
    ApiFailure, Command, Input, ReadFailure, ReadId, Reply, RequestId, TokenReason,
};
use wasm_bindgen::JsValue;

use super::{Driver, new_id};
use crate::LIVE;
use crate::api::{self, AbortGuard, Caller};
use crate::entry::Entry;
use crate::file::slice;
use crate::signer;
use crate::task::{spawn, wait_foreign};
use crate::text::hex;
use crate::transfer::Transfer;
use crate::wire::{Content, Route, body};

/// Resources released when the request ends.
#[expect(dead_code, reason = "each is kept for its Drop")]
pub(super) enum Running {
    Send(Transfer),
    Call(AbortGuard),
}

impl Driver {
    /// Starts a command of the engine.
    pub(super) fn run(self: &Rc<Self>, command: Command) {
        match command {
            Command::Hash {
                request,
                upload,
                bytes,
            } => match self.to_hash(upload, bytes) {
                Some((entry, file, bytes)) => self.hash(request, entry, file, bytes),
                None => self.reply(request, Reply::Hashed(Err(ReadFailure::Unreadable))),
            },
            Command::Token { request, reason } => self.ask_token(request, reason),
            Command::Save {
                request,
                upload,
                item,
            } => self.save(request, upload, item),
            Command::NoteCancel { upload } => drop(self.note_cancel(upload)),
            Command::Erase { upload } => self.erase(upload),
            Command::Create { request, items } => {
                let body = body::create_request(&items, &|id| self.state_of(id));
                let first = items.first().map(|one| one.item.id.to_text());
                self.call(
                    request,
                    Route::Create,
                    first.unwrap_or_default(),
                    Content::body(body),
                    None,
                );
            }
            Command::Sign {
                request,
                upload,
                parts,
            } => {
                let body = body::sign_request(&parts, self.state_of(upload));
                let body = Content::body(body);
                self.call(request, Route::Sign, upload.to_text(), body, None);
            }
            Command::List { request, upload } => {
                let state = Content::state(self.state_of(upload));
                self.call(request, Route::Parts, upload.to_text(), state, None);
            }
            Command::Complete {
                request,
                upload,
                body,
            } => {
                let body = body::complete_request(&body, self.state_of(upload));
                let body = Content::body(body);
                self.call(request, Route::Complete, upload.to_text(), body, None);
            }
            Command::Delete { request, upload } => {
                let state = Content::state(self.state_of(upload));
                self.call(request, Route::Abort, upload.to_text(), state, None);
            }
            Command::Status { request, ids } => {
                let body = Content::body(body::status_request(&ids));
                let first = ids.first().map(|id| id.to_text());
                self.call(
                    request,
                    Route::Status,
                    first.unwrap_or_default(),
                    body,
                    None,
                );
            }
            Command::Send {
                request,
                upload,
                bytes,
                grant,
                part,
                crc64nvme,
            } => {
                self.send(request, upload, bytes, &grant, (part, crc64nvme));
            }
            Command::Read { request, read } => self.read(request, read),
            Command::Cancel { request } => {
                self.pool.cancel(request);
                self.end(request);
            }
            // Unreachable: this crate is always built with its own engine version.
            _ => {}
        }
    }

    /// An existing upload and its file.
    pub(super) fn with_file(&self, upload: UploadId) -> Option<(Rc<Entry>, JsValue)> {
        let entry = self.store.find(upload)?;
        let file = entry.file.get();
        (!file.is_undefined()).then_some((entry, file))
    }

    /// The same with a range of it. That of a live upload is a piece of its spool, which no worker could be sent.
    fn to_hash(
        &self,
        upload: UploadId,
        bytes: Range<u64>,
    ) -> Option<(Rc<Entry>, JsValue, Range<u64>)> {
        let (entry, file) = self.with_file(upload)?;
        if !LIVE || entry.given.live.is_none() {
            return Some((entry, file, bytes));
        }
        let piece = slice(&file, bytes.start as f64, bytes.end as f64).ok()?;
        Some((entry, piece, 0..bytes.end - bytes.start))
    }

    pub(super) fn keep(&self, request: RequestId, running: Running) {
        self.running.borrow_mut().push((request, running));
    }

    /// Ends whatever runs for a request.
    fn end(&self, request: RequestId) {
        let take = || {
            let mut running = self.running.borrow_mut();
            let place = running.iter().position(|(other, _)| *other == request)?;
            Some(running.swap_remove(place))
        };
        // Dropped once no `RefCell` is borrowed.
        drop(take());
    }

    /// Feeds the engine the reply to a request; cancelled requests are ignored.
    pub(crate) fn reply(self: &Rc<Self>, request: RequestId, reply: Reply) {
        self.end(request);
        self.feed(Input::Reply { request, reply });
    }

    fn ask_token(self: &Rc<Self>, request: RequestId, reason: TokenReason) {
        let driver = Rc::clone(self);
        spawn(async move {
            let token = driver.token.ask(reason).await;
            driver.reply(request, Reply::Token(token));
        });
    }

    /// Calls a route of the API, or the signer's function; `path` is its variable part.
    pub(super) fn call(
        self: &Rc<Self>,
        request: RequestId,
        route: Route,
        path: String,
        content: Content,
        read: Option<ReadId>,
    ) {
        let Some(guard) = AbortGuard::new() else {
            return;
        };
        let signal = guard.signal();
        self.keep(request, Running::Call(guard));
        let driver = Rc::clone(self);
        spawn(async move {
            let settings = &driver.settings;
            let started = if settings.has_signer {
                signer::start(
                    &settings.signer.get(),
                    route,
                    &JsValue::from_str(&path),
                    content,
                    &signal,
                )
            } else {
                let url = [&*settings.api, "/uploads", &route.path(&path)].concat();
                let caller = Caller {
                    token: driver.token.header(),
                    credentials: settings.credentials,
                    trace: settings.trace.then(|| traceparent(&path)),
                };
                api::start(route, &url, caller, content, &signal)
            };
            let given = match started {
                Ok(promise) => wait_foreign(promise).await,
                Err(thrown) => Err(thrown),
            };
            let answer = match given {
                _ if settings.has_signer => match signer::read(route, given) {
                    Ok(answer) => {
                        driver.thrown.clear();
                        Some(answer)
                    }
                    Err(thrown) if signal.aborted() => return drop(thrown),
                    Err(thrown) => match driver.heed_thrown(route, thrown) {
                        Some(wrong) => {
                            let reply = Reply::ApiFailed(ApiFailure::BadResponse(wrong));
                            return driver.reply(request, reply);
                        }
                        None => None,
                    },
                },
                Ok(response) => api::read(response).await,
                Err(_) => None,
            };
            let mut reply = match read {
                Some(read) => driver.take_read(read, route, answer.as_ref()),
                None => route.reply(answer.as_ref(), &|id, record| {
                    driver.keep_record(id, record)
                }),
            };
            match &mut reply {
                Reply::Created(results) => driver.keep_states(results),
                Reply::Listed(parts) => driver.recall_parts(&path, parts),
                _ => {}
            }
            driver.reply(request, reply);
        });
    }

    /// Warns, once per upload, if the file's first bytes do not match its type.
    pub(crate) fn look(&self, entry: &Entry, first: &[u8]) {
        if self.is_closed() || entry.looked.replace(true) {
            return;
        }
        let media_type = entry.media_type.borrow().clone();
        let Some(found) = mismatch(&media_type, first) else {
            return;
        };
        let then = if found.active {
            "; what is stored may be withheld"
        } else {
            "; it is given out as that"
        };
        let looks = ", but its first bytes look like ";
        let message = ["the file is sent as ", &media_type, looks, found.seen, then].concat();
        self.warn("type_mismatch", &message, Some(entry.id));
    }
}

/// A `traceparent` of the upload whose id this is, or of a trace of its own. The flag asks that it be recorded.
/// <https://www.w3.org/TR/trace-context/#traceparent-header>
fn traceparent(id: &str) -> String {
    let trace = id.parse().unwrap_or_else(|_| new_id());
    let (trace, span) = (hex(trace.bits(), 32), hex(new_id().bits(), 16));
    ["00-", &trace, "-", &span, "-01"].concat()
}
