//! Trouble that a person makes on the page: a fault proxy between the page and storage, and the switch for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use devkit::http::{Incoming, Reply, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::server::Aws;
use crate::error::Error;
use crate::process::{Cmd, Service};
use crate::{native, paths};

const START: Duration = Duration::from_secs(20);
/// The proxy ends by itself after a week, in seconds.
const LIFE: &str = "604800";

/// A kind of trouble: its name, how long it lasts, in seconds, and the rules of the proxy.
type Kind = (&'static str, u64, fn() -> Value);

/// Long enough to see what the client
/// does: it takes a request that stalls for lost after ten seconds.
const KINDS: [Kind; 5] = [
    ("drop", 8, || {
        json!([
            {"match": {"method": "PUT", "probability": 0.5}, "fault": {"kind": "reset", "at": "half"}},
            {"match": {"method": "*", "times": "forever"}, "fault": {"kind": "close"}},
        ])
    }),
    (
        "busy",
        8,
        || json!([{"match": {"method": "PUT", "probability": 0.7}, "fault": {"kind": "status", "status": 503}}]),
    ),
    (
        "stall",
        12,
        || json!([{"match": {"method": "PUT", "probability": 0.5}, "fault": {"kind": "stall", "at": "half"}}]),
    ),
    // Once each: a URL that has just been signed and is refused again has not expired.
    (
        "expire",
        8,
        || json!([{"match": {"method": "PUT", "times": "forever", "eachOnce": true}, "fault": {"kind": "status", "status": 403}}]),
    ),
    // Connections end after each answer: one that was slow would stay so.
    ("slow", 60, || {
        json!([
            {"match": {"method": "*", "times": "forever"}, "fault": {"kind": "bandwidth", "bytesPerSecond": 4_000_000}},
            {"match": {"method": "*", "times": "forever"}, "fault": {"kind": "close"}},
        ])
    }),
];

/// A fault proxy; it stops when dropped.
pub(super) struct Trouble {
    _proxy: Service,
    switch: Switch,
}

/// What turns trouble on and off.
#[derive(Clone)]
pub(super) struct Switch {
    proxy: String,
    control: String,
    /// When each kind ends.
    on: Arc<Mutex<BTreeMap<&'static str, Instant>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    kind: String,
    on: bool,
}

impl Trouble {
    /// Starts one at `port` before the local AWS at `aws`, with its control at `control`.
    pub(super) fn start(aws: u16, port: u16, control: u16) -> Result<Self, Error> {
        // With the package selection of the tests, so that nothing is left to build.
        let build = native::cargo("build --quiet --bin fault-proxy");
        build.log("build-fault-proxy").run()?;
        let program = paths::cargo_target().join("debug/fault-proxy");
        let upstream = format!("http://127.0.0.1:{aws}");
        let proxy = Cmd::new(program)
            .args(["--upstream", &upstream, "--life", LIFE, "--no-s3-rules"])
            .args([
                "--port",
                &port.to_string(),
                "--control",
                &control.to_string(),
            ])
            .spawn()?;
        let switch = Switch {
            proxy: format!("http://127.0.0.1:{port}"),
            control: format!("http://127.0.0.1:{control}"),
            on: Arc::default(),
        };
        let health = Request::new("GET", format!("{}/health", switch.control));
        proxy.until(START, || health.try_send().is_ok())?;
        Ok(Self {
            _proxy: proxy,
            switch,
        })
    }

    /// Has the function of this stack that presigns uploads sign them for the proxy, and returns the switch.
    pub(super) fn before(&self, aws: &Aws, stack: &str) -> Result<Switch, Error> {
        let wanted = format!("{stack}-PresignFunction");
        let all = aws.lambda("GET", "", b"")?;
        let functions = all["Functions"].as_array().into_iter().flatten();
        let mut names = functions.filter_map(|function| function["FunctionName"].as_str());
        let name = names.find(|name| name.starts_with(&wanted));
        let name = name.ok_or_else(|| Error::failed(format!("there is no function {wanted}")))?;
        let path = format!("{name}/configuration");
        let mut variables = aws.lambda("GET", &path, b"")?["Environment"]["Variables"].take();
        variables["AWS_ENDPOINT_URL_S3"] = json!(self.switch.proxy);
        let change = json!({"Environment": {"Variables": variables}}).to_string();
        aws.lambda("PUT", &path, change.as_bytes())?;
        Ok(self.switch.clone())
    }
}

impl Switch {
    /// The address that the page sends files to.
    pub(super) fn proxy(&self) -> String {
        self.proxy.clone()
    }

    /// `POST {"kind", "on"}` of the page itself; the answer says for how long, in `forMs`.
    pub(super) fn answer(&self, request: &Incoming) -> Reply {
        let host = request.header("host").unwrap_or_default();
        let own = request.header("origin") == Some(format!("http://{host}"));
        if request.method != "POST" || !own {
            return Reply::text(403, "only the page itself makes trouble\n");
        }
        let wanted: Result<Wanted, _> = serde_json::from_slice(&request.body);
        let kind = |wanted: &Wanted| KINDS.iter().find(|(name, ..)| *name == wanted.kind);
        let Some((wanted, (name, seconds, _))) = wanted.ok().and_then(|w| kind(&w).map(|k| (w, k)))
        else {
            return Reply::text(400, "this body takes a kind of trouble, and on\n");
        };
        let lasting = Duration::from_secs(*seconds);
        self.set(|on| match wanted.on {
            true => drop(on.insert(name, Instant::now() + lasting)),
            false => drop(on.remove(name)),
        });
        if wanted.on && *name == "drop" {
            // Rules apply to the requests that come; those on their way are reset, once.
            self.tell("POST", "reset", &json!({}));
        }
        let switch = self.clone();
        std::thread::spawn(move || {
            std::thread::sleep(lasting);
            switch.set(|_| ());
        });
        Reply::json(200, &json!({"forMs": lasting.as_millis()}))
    }

    /// Changes what is on, without what is over, and tells the proxy if that makes a difference.
    fn set(&self, change: impl FnOnce(&mut BTreeMap<&'static str, Instant>)) {
        let mut on = self.on.lock().unwrap_or_else(PoisonError::into_inner);
        let before: Vec<&str> = on.keys().copied().collect();
        change(&mut on);
        let now = Instant::now();
        on.retain(|_, end| *end > now);
        if before.iter().eq(on.keys()) {
            return;
        }
        let rules = KINDS.iter().filter(|(name, ..)| on.contains_key(name));
        let rules: Vec<Value> = rules.map(|(_, _, rules)| rules()).collect();
        let rules: Vec<&Value> = rules.iter().filter_map(Value::as_array).flatten().collect();
        self.tell("DELETE", "rules", &json!({}));
        self.tell("POST", "rules", &json!(rules));
    }

    /// Tells the proxy something. One that does not answer has ended, and makes no trouble.
    fn tell(&self, method: &str, what: &str, body: &Value) {
        let address = format!("{}/{what}", self.control);
        let _ = Request::new(method, address).json(body).try_send();
    }
}

#[cfg(test)]
mod tests {
    use devkit::http::{Request, Server};
    use serde_json::json;

    use super::{KINDS, Switch};

    /// A control that answers everything, and a page with a switch for it.
    fn page() -> (devkit::http::Serving, devkit::http::Serving) {
        let answer = |_: &_| devkit::http::Reply::new(200);
        let control = Server::bind(0).expect("a port").serve(answer);
        let control = control.expect("a server");
        let switch = Switch {
            proxy: "http://127.0.0.1:1".to_owned(),
            control: control.url().trim_end_matches('/').to_owned(),
            on: Default::default(),
        };
        let page = Server::bind(0).expect("a port");
        let page = page.serve(move |request| switch.answer(request));
        (page.expect("a server"), control)
    }

    #[test]
    fn the_page_itself_turns_each_kind_on_and_off() {
        let (page, _control) = page();
        let origin = page.url().trim_end_matches('/').to_owned();
        for (kind, seconds, _) in KINDS {
            for on in [true, false] {
                let request = Request::new("POST", page.url()).header("origin", origin.as_str());
                let answer = request.json(&json!({"kind": kind, "on": on})).send();
                assert_eq!(answer.status, 200, "{kind}");
                assert_eq!(answer.json()["forMs"], json!(seconds * 1000));
            }
        }
    }

    #[test]
    fn h3_no_other_page_makes_trouble() {
        let (page, _control) = page();
        let ask = |origin: &str, body: &str| {
            let request = Request::new("POST", page.url()).body(body);
            request.header("origin", origin).send().status
        };
        let good = r#"{"kind": "drop", "on": true}"#;
        assert_eq!(ask("https://evil.example", good), 403);
        assert_eq!(ask("null", good), 403);
        assert_eq!(Request::new("GET", page.url()).send().status, 403);
        let own = page.url().trim_end_matches('/').to_owned();
        for bad in [
            "",
            "{}",
            r#"{"kind": "explode", "on": true}"#,
            r#"{"kind": "drop"}"#,
        ] {
            assert_eq!(ask(&own, bad), 400, "{bad}");
        }
    }
}
