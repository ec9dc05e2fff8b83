//! Lambda's runtime API as a function's process sees it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), and the time that each call takes there.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use devkit::http::{Incoming, Reply, Server, Serving};
use devkit::time::unix_ms;
use serde_json::Value;

use crate::error::Error;
use crate::files;

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:bench";
/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(20);

pub(super) struct Runtime {
    serving: Serving,
    events: Sender<Event>,
    answers: Receiver<Given>,
    state: Arc<State>,
}

/// The id of an event, and its body.
type Event = (u64, String);

/// What came back for an event, and how long after it was handed out.
type Given = (Result<Vec<u8>, Vec<u8>>, Duration);

struct State {
    coming: Mutex<Receiver<Event>>,
    answered: Sender<Given>,
    /// When the function asked for its first event.
    polled: OnceLock<Instant>,
    /// When the latest event was handed out. A process has one at a time.
    handed_out: Mutex<Option<Instant>>,
}

impl Runtime {
    pub(super) fn start() -> Result<Self, Error> {
        let (events, coming) = mpsc::channel();
        let (answered, answers) = mpsc::channel();
        let state = Arc::new(State {
            coming: Mutex::new(coming),
            answered,
            polled: OnceLock::new(),
            handed_out: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let serving = Server::bind(0)
            .and_then(|server| server.serve(move |request| shared.reply(request)))
            .map_err(Error::io("listen for functions"))?;
        Ok(Self {
            serving,
            events,
            answers,
            state,
        })
    }

    /// What goes into `AWS_LAMBDA_RUNTIME_API`.
    pub(super) fn address(&self) -> String {
        self.serving.address().to_string()
    }

    /// Gives an event to the next poll.
    pub(super) fn send(&self, id: u64, event: &Value) {
        // The server holds the other end as long as this exists.
        let _ = self.events.send((id, event.to_string()));
    }

    /// The answer to the oldest event without one, and the time from the handing out of the event to the answer.
    pub(super) fn answer(&self) -> Result<(Value, Duration), Error> {
        let answer = self.answers.recv_timeout(TIMEOUT);
        let (answer, took) = answer.map_err(|_| Error::failed("the function does not answer"))?;
        let answer = answer.map_err(|error| {
            let error = String::from_utf8_lossy(&error);
            Error::failed(format!("the function failed: {error}"))
        })?;
        Ok((files::json("the function's answer", answer)?, took))
    }

    /// When the function asked for its first event.
    pub(super) fn polled(&self) -> Option<Instant> {
        self.state.polled.get().copied()
    }
}

impl State {
    fn reply(&self, request: &Incoming) -> Reply {
        if !request.path.ends_with("/invocation/next") {
            let took = unpoisoned(&self.handed_out).map(|at| at.elapsed());
            let body = request.body.clone();
            let good = request.path.ends_with("/response");
            let body = if good { Ok(body) } else { Err(body) };
            let _ = self.answered.send((body, took.unwrap_or_default()));
            return Reply::new(202);
        }
        self.polled.get_or_init(Instant::now);
        let Ok((id, event)) = unpoisoned(&self.coming).recv() else {
            return Reply::text(410, "there are no more events\n");
        };
        let deadline = unix_ms() + u64::try_from(TIMEOUT.as_millis()).unwrap_or_default();
        let reply = Reply::new(200)
            .body("application/json", event)
            .header("lambda-runtime-aws-request-id", id.to_string())
            .header("lambda-runtime-deadline-ms", deadline.to_string())
            .header("lambda-runtime-invoked-function-arn", ARN);
        *unpoisoned(&self.handed_out) = Some(Instant::now());
        reply
    }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use devkit::http::{Framing, Request};
    use serde_json::json;

    use super::Runtime;

    #[test]
    fn an_event_goes_to_the_function_and_its_answer_comes_back() {
        let runtime = Runtime::start().expect("a free port");
        let path = |path: &str| format!("http://{}/2018-06-01/runtime/{path}", runtime.address());
        runtime.send(7, &json!({"a": 1}));
        assert_eq!(runtime.polled(), None);
        let event = Request::new("GET", path("invocation/next")).send();
        assert!(runtime.polled().is_some());
        assert_eq!(event.json(), json!({"a": 1}));
        assert_eq!(event.header("lambda-runtime-aws-request-id"), Some("7"));
        // Lambda's runtimes stream their answers.
        let answer = Request::new("POST", path("invocation/7/response"))
            .body("{\"b\": 2}")
            .framing(Framing::Chunked);
        assert_eq!(answer.send().status, 202);
        let (answer, took) = runtime.answer().expect("the answer");
        assert_eq!(answer, json!({"b": 2}));
        assert!(took > Duration::ZERO);
    }
}
