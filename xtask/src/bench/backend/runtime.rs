//! Lambda's runtime API for one process: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::io::BufReader;
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::wire::{self, Request};
use crate::error::Error;
use crate::local::http::Listener;

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The API as a function's process sees it.
pub(super) struct Runtime {
    listener: Listener,
    events: Sender<Event>,
    answers: Receiver<Result<Vec<u8>, Vec<u8>>>,
}

struct Event {
    id: u64,
    body: Vec<u8>,
}

struct Shared {
    events: Mutex<Receiver<Event>>,
    answers: Sender<Result<Vec<u8>, Vec<u8>>>,
}

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let (events, coming) = mpsc::channel();
        let (answered, answers) = mpsc::channel();
        let shared = Shared {
            events: Mutex::new(coming),
            answers: answered,
        };
        let listener = Listener::start(0, move |stream| {
            // A process that exits breaks its connection.
            let _ = serve(&shared, stream);
        });
        Ok(Self {
            listener: listener.map_err(Error::io("listen for functions"))?,
            events,
            answers,
        })
    }

    /// What goes into `AWS_LAMBDA_RUNTIME_API`.
    pub(super) fn address(&self) -> String {
        let url = self.listener.url();
        url.trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned()
    }

    /// Gives an event to the next poll.
    pub(super) fn send(&self, id: u64, event: &Value) {
        let body = event.to_string().into_bytes();
        // The listener holds the other end as long as this exists.
        let _ = self.events.send(Event { id, body });
    }

    /// Waits for the answer to that event.
    pub(super) fn answer(&self) -> Result<Value, Error> {
        let answer = match self.answers.recv_timeout(TIMEOUT) {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                let error = String::from_utf8_lossy(&error);
                return Err(Error::failed(format!("the function failed: {error}")));
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Err(Error::failed("the function does not answer"));
            }
        };
        serde_json::from_slice(&answer)
            .map_err(|error| Error::failed(format!("the function's answer: {error}")))
    }
}

fn serve(shared: &Shared, stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut from = BufReader::new(stream);
    while let Some(request) = Request::read(&mut from)? {
        if request.target.ends_with("/invocation/next") {
            let coming = shared.events.lock().unwrap_or_else(PoisonError::into_inner);
            let Ok(event) = coming.recv() else {
                return Ok(());
            };
            drop(coming);
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            let (id, deadline) = (
                event.id.to_string(),
                (now + TIMEOUT).as_millis().to_string(),
            );
            let headers = [
                ("content-type", "application/json"),
                ("lambda-runtime-aws-request-id", id.as_str()),
                ("lambda-runtime-deadline-ms", deadline.as_str()),
                (
                    "lambda-runtime-invoked-function-arn",
                    "arn:aws:lambda:us-east-1:000000000000:function:bench",
                ),
            ];
            wire::answer(stream, 200, &headers, &event.body, event.body.len())?;
        } else {
            let good = request.target.ends_with("/response");
            let _ = shared.answers.send(if good {
                Ok(request.body)
            } else {
                Err(request.body)
            });
            wire::answer(stream, 202, &[], b"", 0)?;
        }
    }
    Ok(())
}
