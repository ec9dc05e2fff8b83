//! A sink, a proxy before it, and a client that goes through the proxy.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use crowfly_contract::{Crc64Nvme, UploadId};
use crowfly_engine::crc64::Crc64;
use devkit::http::{Request, Response, Url};
use e2e::proxy::{Config, Entry, Proxy};
use e2e::sink::{self, Sink};
use serde_json::{Value, json};

/// File sizes for a single PUT, and for parts in two rounds.
pub(crate) const SMALL: u64 = 200_000;
pub(crate) const LARGE: u64 = 20 * 1024 * 1024;

pub(crate) const CHECKSUM: &str = "x-amz-checksum-crc64nvme";
pub(crate) const ORIGIN: &str = "http://page.localhost:8080";

/// A proxy and the sink behind it.
pub(crate) struct Setup {
    pub(crate) proxy: Proxy,
    pub(crate) sink: Sink,
}

pub(crate) fn setup() -> Setup {
    setup_with_seed(7)
}

pub(crate) fn setup_with_seed(seed: u64) -> Setup {
    let config = Config {
        seed,
        ..Config::default()
    };
    Setup {
        proxy: Proxy::start(config).expect("a free port"),
        sink: Sink::start(sink::Config::default()).expect("a free port"),
    }
}

impl Setup {
    /// A request for `url` that goes through the proxy with the `Host` of its URL.
    pub(crate) fn request(&self, method: &str, url: &str) -> Request {
        through(self.proxy.address(), method, url)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.sink.address())
    }

    pub(crate) fn api(&self, method: &str, path: &str) -> Request {
        self.request(method, &self.url(path)).bearer("anybody")
    }

    /// Creates an upload without faults; returns its id and its plan.
    pub(crate) fn create(&self, number: u64, size: u64) -> (UploadId, Value) {
        let id = UploadId::from_parts(1, u128::from(number));
        let item = json!({"id": id, "name": "a.bin", "size": size, "type": "video/webm"});
        let answer = Request::new("POST", self.url("/uploads"))
            .bearer("anybody")
            .json(&json!({"uploads": [item]}))
            .send();
        assert_eq!(answer.status, 201, "{}", answer.text());
        (id, answer.json()["uploads"][0]["plan"].clone())
    }

    /// The grant of a single PUT for `size` bytes.
    pub(crate) fn single(&self, size: u64) -> Value {
        self.create(1, size).1["put"].clone()
    }

    /// Grants for these parts, each with a checksum.
    pub(crate) fn sign(&self, id: UploadId, parts: &[(u32, Crc64Nvme)]) -> Vec<Value> {
        let parts: Vec<Value> = parts
            .iter()
            .map(|(number, value)| json!({"number": number, "crc64nvme": value}))
            .collect();
        let answer = Request::new("POST", self.url(&format!("/uploads/{id}/parts")))
            .bearer("anybody")
            .json(&json!({"parts": parts}))
            .send();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["grants"]
            .as_array()
            .expect("grants are a list")
            .clone()
    }

    /// The PUT that a grant allows, sent through the proxy.
    pub(crate) fn put(&self, grant: &Value, body: &[u8]) -> Request {
        let mut request = self
            .request("PUT", text(&grant["url"]))
            .header("origin", ORIGIN)
            .body(body);
        for (name, value) in grant["headers"].as_object().expect("headers are a map") {
            request = request.header(name, text(value));
        }
        request
    }

    /// The one request in the log.
    #[track_caller]
    pub(crate) fn only(&self) -> Entry {
        let log = self.proxy.log();
        assert_eq!(log.requests.len(), 1, "{:?}", log.requests);
        log.requests[0].clone()
    }

    /// The one request in the log, once it has ended.
    #[track_caller]
    pub(crate) fn ended(&self) -> Entry {
        devkit::wait::until("the request is over", Duration::from_secs(10), || {
            Some(self.only()).filter(|entry| entry.end_ms.is_some())
        })
    }
}

pub(crate) fn through(proxy: SocketAddr, method: &str, url: &str) -> Request {
    let url = Url::parse(url).expect("a URL");
    Request::new(method, format!("http://{proxy}{}", url.target())).header("host", url.authority)
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Bytes in which a shift by one or a swap is detected.
pub(crate) fn bytes(size: u64) -> Vec<u8> {
    (0..size)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

pub(crate) fn crc(bytes: &[u8]) -> Crc64Nvme {
    let mut crc = Crc64::new();
    crc.update(bytes);
    crc.value()
}

/// Sends a request that must be reset before any answer.
#[track_caller]
pub(crate) fn reset(request: &Request) {
    match request.try_send() {
        Err(error) => assert!(
            matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
            ),
            "{error}"
        ),
        other => panic!("{:?}", other.map(|answer| answer.status)),
    }
}

/// Sends a request that must get no answer.
#[track_caller]
pub(crate) fn silence(mut request: Request) {
    request.timeout = Duration::from_millis(400);
    match request.try_send() {
        Err(error) => assert!(
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{error}"
        ),
        other => panic!("{:?}", other.map(|answer| answer.status)),
    }
}

pub(crate) fn readable(answer: &Response) -> bool {
    answer.header("access-control-allow-origin") == Some(ORIGIN)
}
