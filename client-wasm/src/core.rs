//! The engine as JavaScript drives it: inputs in, one output at a time out.

use std::cell::RefCell;

use crowfly_contract::{Crc64Nvme, UploadId, mismatch, standard_type};
use crowfly_engine::crc64::Crc64;
use crowfly_engine::{
    ChecksumMode, Config, Input, Millis, NewUpload, Queue, ReadFailure, ReadId, Reply, RequestId,
    SendFailure, TokenFailure, TokenLife,
};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Request};

use crate::crc::Digest;
use crate::request::request;
use crate::{answer, json, output};

/// One client's engine. Moments are milliseconds of a clock that never goes back; numbers of requests are
/// those of the commands.
#[wasm_bindgen(skip_typescript)]
pub struct Core {
    queue: RefCell<Queue>,
}

impl Core {
    /// A core that [`Core::start`] has to open.
    pub(crate) fn closed() -> Self {
        let queue = RefCell::new(Queue::new(Config::default(), 0));
        Self { queue }
    }

    fn input(&self, now: f64, input: Input) {
        self.queue
            .borrow_mut()
            .handle_input(Millis(now as u64), input);
    }

    fn answer(&self, now: f64, request: f64, reply: Reply) {
        let request = RequestId(request as u64);
        self.input(now, Input::Reply { request, reply });
    }
}

#[wasm_bindgen]
impl Core {
    /// Sets what the application may set, before the first input. `seed` is random.
    #[wasm_bindgen(skip_typescript)]
    pub fn start(&self, window: usize, token_ms: u32, processing_ms: u32, seed: f64) {
        let config = Config {
            window,
            token_timeout_ms: token_ms.into(),
            processing_ms: processing_ms.into(),
            ..Config::default()
        };
        *self.queue.borrow_mut() = Queue::new(config, seed.to_bits());
    }

    /// What to do next.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn poll(&self) -> JsValue {
        let output = self.queue.borrow_mut().poll_output();
        output::to_js(output)
    }

    /// Adds the upload that `item`, as in a create call, describes; `false` if it is none, or if one with its id is
    /// there already. `required` only counts where the bytes are hashed.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn add(
        &self,
        now: f64,
        item: &JsValue,
        priority: i32,
        hashed: bool,
        required: bool,
        resumed: bool,
    ) -> bool {
        let Some(item) = json::create_item(item) else {
            return false;
        };
        let new = NewUpload {
            id: item.id,
            name: item.name,
            size: item.size,
            media_type: standard_type(&item.media_type).to_owned(),
            visibility: item.visibility,
            metadata: item.metadata,
            priority,
            checksum: match (hashed, required) {
                (false, _) => ChecksumMode::None,
                (true, false) => ChecksumMode::Crc64Nvme,
                (true, true) => ChecksumMode::Crc64NvmeRequired,
            },
            resumed,
        };
        let mut queue = self.queue.borrow_mut();
        queue.add(Millis(now as u64), new).is_ok()
    }

    /// What the application wants of one upload; words that do not exist do nothing.
    #[wasm_bindgen(skip_typescript)]
    pub fn ask(&self, now: f64, what: &str, id: &str) {
        let Ok(id) = id.parse::<UploadId>() else {
            return;
        };
        self.input(
            now,
            match what {
                "pause" => Input::Pause(id),
                "resume" => Input::Resume(id),
                "abort" => Input::Abort(id),
                "retry" => Input::Retry(id),
                "process" => Input::AwaitProcessed(id),
                _ => Input::Tick,
            },
        );
    }

    /// What happened to the client as a whole; anything else is the passing of time.
    #[wasm_bindgen(skip_typescript)]
    pub fn happen(&self, now: f64, what: &str) {
        self.input(
            now,
            match what {
                "online" => Input::Online,
                "offline" => Input::Offline,
                "close" => Input::Close,
                _ => Input::Tick,
            },
        );
    }

    /// A sending or hashing request has gone so far.
    #[wasm_bindgen(skip_typescript)]
    pub fn progress(&self, now: f64, request: f64, sent: f64) {
        let (request, sent) = (RequestId(request as u64), sent as u64);
        self.input(now, Input::Progress { request, sent });
    }

    /// The checksum of a range, or what the exception of reading it was called.
    #[wasm_bindgen(skip_typescript)]
    pub fn hashed(&self, now: f64, request: f64, crc: u64, failure: Option<String>) {
        let outcome = match failure.as_deref() {
            None => Ok(Crc64Nvme::new(crc)),
            Some("changed") => Err(ReadFailure::Changed),
            Some(_) => Err(ReadFailure::Unreadable),
        };
        self.answer(now, request, Reply::Hashed(outcome));
    }

    /// The token function has answered: how long the token can be used (`NaN` if nobody knows), or nothing.
    #[wasm_bindgen(skip_typescript)]
    pub fn token(&self, now: f64, request: f64, life_ms: Option<f64>) {
        let outcome = life_ms.map(|life| TokenLife {
            expires_in_ms: (life >= 0.0).then_some(life as u64),
        });
        self.answer(now, request, Reply::Token(outcome.ok_or(TokenFailure)));
    }

    /// The journal has the entry, or cannot have it.
    #[wasm_bindgen(skip_typescript)]
    pub fn saved(&self, now: f64, request: f64) {
        self.answer(now, request, Reply::Saved);
    }

    /// The answer of a route; undefined if none came.
    #[wasm_bindgen(skip_typescript)]
    pub fn answered(&self, now: f64, request: f64, route: &str, answer: &JsValue) {
        self.answer(now, request, answer::reply(route, answer));
    }

    /// How a PUT ended: "sent" with storage's receipt, "network", "changed", "unreadable", or "refused" with
    /// storage's refusal.
    #[wasm_bindgen(skip_typescript)]
    pub fn sent(&self, now: f64, request: f64, outcome: &str, said: &JsValue) {
        let failure = match outcome {
            "sent" => return self.answer(now, request, Reply::Sent(json::receipt(said))),
            "changed" => SendFailure::Changed,
            "unreadable" => SendFailure::Unreadable,
            "refused" => json::refusal(said),
            _ => SendFailure::Network,
        };
        self.answer(now, request, Reply::SendFailed(failure));
    }

    /// Reads an answer's body as `route` gives it, without what the contract does not name; undefined if it
    /// is not the contract's.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn read(&self, route: &str, body: &JsValue) -> JsValue {
        let read = match route {
            "records" => json::list_response(body).map(|page| json::list_to_js(&page)),
            "record" => json::record(body).map(|record| json::record_to_js(&record)),
            "content" => json::content(body).map(|content| json::content_to_js(&content)),
            _ => None,
        };
        read.unwrap_or_default()
    }

    /// Begins a read of records, whose route the driver keeps under this number.
    #[wasm_bindgen(skip_typescript, js_name = startRead)]
    pub fn start_read(&self, now: f64, read: f64) {
        self.input(now, Input::Read(ReadId(read as u64)));
    }

    /// A read has brought what [`Core::read`] gave; the driver keeps it.
    #[wasm_bindgen(skip_typescript, js_name = readDone)]
    pub fn read_done(&self, now: f64, request: f64) {
        self.answer(now, request, Reply::Read);
    }

    /// A request of the API, for `fetch`.
    ///
    /// # Errors
    /// If the browser refuses the address or a header.
    #[wasm_bindgen(skip_typescript)]
    pub fn request(
        &self,
        method: &str,
        url: &str,
        token: Option<String>,
        body: Option<String>,
        signal: &AbortSignal,
    ) -> Result<Request, JsValue> {
        request(method, url, token.as_deref(), body, signal)
    }

    /// A new ULID of this Unix time, with 64 random bits and 16 more.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn ulid(&self, unix_ms: f64, random: u64, more: u16) -> String {
        let random = u128::from(random) << 16 | u128::from(more);
        UploadId::from_parts(unix_ms as u64, random).to_string()
    }

    /// Whether a text is the id of an upload.
    #[wasm_bindgen(skip_typescript, js_name = isId)]
    #[must_use]
    pub fn is_id(&self, text: &str) -> bool {
        text.parse::<UploadId>().is_ok()
    }

    /// The warning about a file whose first bytes are not what its type says.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn mismatch(&self, media_type: &str, first: &[u8]) -> Option<String> {
        let found = mismatch(media_type, first)?;
        let then = if found.active {
            "; what is stored may be withheld"
        } else {
            "; it is given out as that"
        };
        let looks = ", but its first bytes look like ";
        Some(["the file is sent as ", media_type, looks, found.seen, then].concat())
    }

    /// The CRC64NVME of a few bytes, in storage's form.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn crc(&self, bytes: &[u8]) -> String {
        let mut digest = Crc64::new();
        digest.update(bytes);
        digest.value().to_string()
    }

    /// A checksum to be made in the page.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::default()
    }

    /// The compiled module, to be lent to workers.
    #[wasm_bindgen(skip_typescript)]
    #[must_use]
    pub fn module(&self) -> JsValue {
        wasm_bindgen::module()
    }
}
