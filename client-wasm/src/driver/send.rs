//! Requests to storage.

use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, Grant, UploadId};
use crowfly_engine::{Input, ReadFailure, Reply, RequestId, SendFailure};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::Driver;
use super::run::Running;
use crate::LIVE;
use crate::entry::Entry;
use crate::file::{blob_size, probe, read_first, slice};
use crate::task::spawn;
use crate::transfer::{News, Transfer};

/// A request to storage, until it is answered or stopped: the bytes that it has moved so far.
struct Flight {
    entry: Rc<Entry>,
    moved: Cell<u64>,
}

impl Flight {
    fn begin(entry: &Rc<Entry>) -> Self {
        entry.summary.attempt();
        Self {
            entry: Rc::clone(entry),
            moved: Cell::default(),
        }
    }

    /// They were sent in vain.
    fn lose(&self) {
        self.entry.summary.lose(self.moved.take());
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.lose();
    }
}

impl Driver {
    pub(super) fn send(
        self: &Rc<Self>,
        request: RequestId,
        upload: UploadId,
        bytes: Range<u64>,
        grant: &Grant,
        (part, crc): (Option<u32>, Option<Crc64Nvme>),
    ) {
        let (start, end) = (bytes.start as f64, bytes.end as f64);
        let found = self.with_file(upload).and_then(|(entry, file)| {
            let body = body_of(&file, start, end, grant)?;
            Some((entry, file, body))
        });
        let Some((entry, file, body)) = found else {
            return self.reply(request, Reply::SendFailed(SendFailure::Unreadable));
        };
        self.heed_worker(&grant.url);
        let (driver, sent) = (Rc::clone(self), file.clone());
        let whole = body == file;
        let flight = Flight::begin(&entry);
        let hear = move |news| match news {
            News::Moved(sent) => {
                flight.moved.set(sent);
                driver.feed(Input::Progress { request, sent });
            }
            // A file that changed on disk looks like a lost connection.
            News::End(Err(SendFailure::Network)) => {
                flight.lose();
                let (driver, sent) = (Rc::clone(&driver), sent.clone());
                spawn(async move {
                    let failure = match probe(sent, start, end).await {
                        None => SendFailure::Network,
                        Some(ReadFailure::Changed) => SendFailure::Changed,
                        Some(ReadFailure::Unreadable) => SendFailure::Unreadable,
                    };
                    driver.reply(request, Reply::SendFailed(failure));
                });
            }
            News::End(Ok(receipt)) => {
                flight.moved.set(0);
                driver.keep_part(&flight.entry, part, crc, &receipt);
                driver.report_part(&flight.entry, part, end - start);
                driver.reply(request, Reply::Sent(receipt));
                if LIVE {
                    driver.release(&flight.entry);
                }
            }
            News::End(Err(failure)) => {
                flight.lose();
                // Storage refuses a body of another length for its signature.
                let changed = whole && blob_size(&sent) != Some(end);
                let failure = if changed {
                    SendFailure::Changed
                } else {
                    failure
                };
                driver.reply(request, Reply::SendFailed(failure));
            }
        };
        match Transfer::start(grant, &body, Rc::new(hear)) {
            Ok(transfer) => self.keep(request, Running::Send(transfer)),
            Err(_) => return self.reply(request, Reply::SendFailed(SendFailure::Unsendable)),
        }
        // Without a checksum the file has not been read before.
        if start == 0.0 && !entry.looked.get() {
            let driver = Rc::clone(self);
            spawn(async move {
                if let Ok(first) = read_first(file).await {
                    driver.look(&entry, &first.to_vec());
                }
            });
        }
    }
}

/// The body to send, if it has the size. A slice has no type, so the browser adds no content type of its own; the file
/// itself, which is cheaper, is used where the grant names the content type.
///
/// An object that only imitates a file would be sent as its string value. The file itself is not asked for its size, for
/// which Chromium looks at the disk, until storage refuses it.
fn body_of(file: &JsValue, start: f64, end: f64, grant: &Grant) -> Option<JsValue> {
    let named = start == 0.0 && grant.headers.contains_key("content-type");
    if named && file.is_instance_of::<Blob>() {
        return Some(file.clone());
    }
    let piece = slice(file, start, end).ok()?;
    (blob_size(&piece) == Some(end - start)).then_some(piece)
}
