use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{Grant, UploadId};
use crowfly_engine::{
    ApiFailure, Command, Input, ReadFailure, Reply, RequestId, SendFailure, TokenReason,
};
use web_sys::Blob;

use super::{Driver, Running};
use crate::api::{self, Answer, Ask, Call};
use crate::hash;
use crate::js;
use crate::json;
use crate::xhr::{self, News, Transfer};

impl Driver {
    /// Starts what the engine asks for.
    pub(super) fn run(self: &Rc<Self>, command: Command) {
        let post = |path: String, body| Ask {
            method: "POST",
            path,
            body,
        };
        match command {
            Command::Hash {
                request,
                upload,
                bytes,
            } => self.hash(request, upload, bytes),
            Command::Token { request, reason } => self.token(request, reason),
            Command::Create { request, items } => {
                let body = api::body(&json::create_request(&items));
                self.call(request, post("/uploads".into(), body), api::created);
            }
            Command::Complete {
                request,
                upload,
                body,
            } => {
                let path = js::join(&["/uploads/", &upload.to_string(), "/complete"]);
                self.call(
                    request,
                    post(path, api::body(&json::complete_request(&body))),
                    api::completed,
                );
            }
            Command::Delete { request, upload } => {
                let ask = Ask {
                    method: "DELETE",
                    path: js::join(&["/uploads/", &upload.to_string()]),
                    body: None,
                };
                self.call(request, ask, api::deleted);
            }
            Command::Status { request, ids } => {
                let body = api::body(&json::status_request(&ids));
                self.call(request, post("/uploads/status".into(), body), api::statuses);
            }
            Command::Send {
                request,
                upload,
                bytes,
                grant,
                ..
            } => self.send(request, upload, bytes, &grant),
            Command::Cancel { request } => {
                self.pool.cancel(request);
                self.end(request);
            }
            // A command of a newer engine, which this driver is always built with.
            _ => {}
        }
    }

    fn hash(self: &Rc<Self>, request: RequestId, upload: UploadId, bytes: Range<u64>) {
        self.begin(request, Running::Hash);
        match self.file(upload) {
            Some(file) => self.pool.start(request, file, bytes),
            None => self.finish(request, Reply::Hashed(Err(ReadFailure::Unreadable))),
        }
    }

    fn token(self: &Rc<Self>, request: RequestId, reason: TokenReason) {
        self.begin(request, Running::Token);
        let this = self.clone();
        js::spawn(Box::pin(async move {
            let answer = this.api.token().clone().ask(reason).await;
            this.finish(request, Reply::Token(answer));
        }));
    }

    fn call(
        self: &Rc<Self>,
        request: RequestId,
        ask: Ask,
        decode: fn(Result<Answer, ApiFailure>) -> Reply,
    ) {
        let Some((call, signal)) = Call::new(None) else {
            return self.feed(Input::Reply {
                request,
                reply: Reply::ApiFailed(ApiFailure::Network),
            });
        };
        self.begin(request, Running::Call(call));
        let this = self.clone();
        js::spawn(Box::pin(async move {
            let answer = this.api.call(ask, &signal).await;
            this.finish(request, decode(answer));
        }));
    }

    fn send(
        self: &Rc<Self>,
        request: RequestId,
        upload: UploadId,
        bytes: Range<u64>,
        grant: &Grant,
    ) {
        let transfer = self.file(upload).and_then(|file| {
            let body = xhr::slice(&file, &bytes)?;
            let this = Rc::downgrade(self);
            let hear = move |news| {
                let Some(this) = this.upgrade() else { return };
                match news {
                    News::Moved(sent) => this.feed(Input::Progress { request, sent }),
                    News::End(outcome) => this.sent(request, &file, &bytes, outcome),
                }
            };
            Transfer::start(grant, &body, Box::new(hear))
        });
        match transfer {
            Some(transfer) => self.begin(request, Running::Send(transfer)),
            None => self.feed(Input::Reply {
                request,
                reply: Reply::SendFailed(SendFailure::Network),
            }),
        }
    }

    fn sent(
        self: &Rc<Self>,
        request: RequestId,
        file: &Blob,
        bytes: &Range<u64>,
        outcome: Result<(), SendFailure>,
    ) {
        match outcome {
            Ok(()) => self.finish(request, Reply::Sent),
            // A file that changed on disk looks like a lost connection.
            Err(SendFailure::Network) => {
                let (this, file, bytes) = (self.clone(), file.clone(), bytes.clone());
                js::spawn(Box::pin(async move {
                    let failure = match hash::probe(&file, &bytes).await {
                        Ok(()) => SendFailure::Network,
                        Err(ReadFailure::Changed) => SendFailure::Changed,
                        Err(ReadFailure::Unreadable) => SendFailure::Unreadable,
                    };
                    this.finish(request, Reply::SendFailed(failure));
                }));
            }
            Err(failure) => self.finish(request, Reply::SendFailed(failure)),
        }
    }

    fn file(&self, upload: UploadId) -> Option<Blob> {
        Some(self.store.find(upload)?.file().clone())
    }
}
