use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Which requests to inject which fault into.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which requests; all but preflights by default.
    #[serde(default, rename = "match")]
    pub matcher: Matcher,
    /// The fault to inject.
    pub fault: Fault,
}

/// Which requests a rule matches; an absent field matches all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    /// The method. Absent: any but OPTIONS; `*`: any, OPTIONS too.
    pub method: Option<String>,
    /// Host and port, exact.
    pub host: Option<String>,
    /// A substring of the path.
    pub path_contains: Option<String>,
    /// A substring of the header `x-amz-target`, which names the operation of a JSON service.
    pub target: Option<String>,
    /// One parameter of the query, undecoded, such as `partNumber=3`.
    pub query: Option<String>,
    /// Matching requests to skip first.
    #[serde(default)]
    pub skip: u64,
    /// How many matching requests to inject the fault into, or `"forever"`; absent: one, or all with a probability.
    #[serde(default, deserialize_with = "times")]
    pub times: Option<u64>,
    /// Inject with this probability, 0 to 1, drawn from the seed.
    pub probability: Option<f64>,
    /// Inject once for each object, and for each part of it: what is sent again passes.
    #[serde(default)]
    pub each_once: bool,
}

/// A place in the request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The middle.
    Half,
    /// Before the last byte.
    Last,
    /// After the last byte, before the answer.
    End,
    /// Anywhere before the end, drawn from the seed.
    Random,
    /// Before the byte with this index, from 0; the end when the body is shorter.
    #[serde(untagged)]
    Byte(u64),
}

/// The format of an error answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// S3's XML.
    #[default]
    S3,
    /// The API's Problem.
    Problem,
    /// The gateway's own `{"message"}`.
    Gateway,
    /// That of DynamoDB and SQS: `{"__type"}`.
    Json,
}

/// The fault to inject.
///
/// `delay`, `bandwidth` and `close` shape the link: all matching ones apply, and one fault of another kind
/// may be added. Of the others only the first match applies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// An error answer after the body was read; upstream does not get the request.
    Status(Refusal),
    /// A connection reset once this much of the body has been relayed.
    ///
    /// A browser repeats a request by itself, unseen by the page, when a reused connection ends without an
    /// answer (<https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2>); `close` for all (`"method": "*"`) gives
    /// each request a new connection, and then the page sees every reset. The same applies to `swallow`.
    Reset {
        /// Where.
        at: Place,
    },
    /// The proxy stops reading the body here.
    Stall {
        /// Where.
        at: Place,
        /// For how long; absent: for ever.
        ms: Option<u64>,
    },
    /// The body is read to its end and never answered; upstream does not get the request.
    HalfClose {},
    /// Upstream processes the request, and the connection is reset instead of its answer.
    Swallow {},
    /// One bit of the body is flipped.
    Flip {
        /// In which byte; `end` is the last byte.
        at: Place,
        /// Which bit, 0 to 7; absent: drawn from the seed.
        bit: Option<u8>,
    },
    /// Another answer instead of upstream's.
    Body {
        /// The status.
        #[serde(default = "ok")]
        status: u16,
        /// The content type.
        #[serde(default = "html")]
        content_type: String,
        /// The body.
        text: String,
        /// Whether the page may read it: with CORS headers.
        #[serde(default = "yes")]
        cors: bool,
        /// Let upstream process the request first.
        #[serde(default)]
        forward: bool,
    },
    /// Upstream's answer with its body truncated and `Content-Length` adjusted to match.
    Truncate {
        /// Where.
        at: Place,
    },
    /// A redirect.
    Redirect {
        /// 301, 302, 307 or 308.
        status: u16,
        /// Where to; absent: the same address.
        location: Option<String>,
        /// Whether the page may read it: with CORS headers.
        #[serde(default = "yes")]
        cors: bool,
    },
    /// The first byte of the answer is delayed.
    #[serde(alias = "latency")]
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The bandwidth of the connection from now on, in each direction.
    Bandwidth {
        /// Bytes a second.
        bytes_per_second: u64,
    },
    /// The connection is closed after this answer, so that the next request needs a new one.
    Close {},
}

/// An error answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The error code, such as `SlowDown` or `rate_limited`.
    pub code: Option<String>,
    /// Its format.
    #[serde(default)]
    pub form: Form,
    /// Whether the page may read it: with CORS headers.
    #[serde(default = "yes")]
    pub cors: bool,
    /// The value of `Retry-After`.
    pub retry_after: Option<String>,
    /// Answer after the head and close, without reading the body.
    #[serde(default)]
    pub early: bool,
}

impl Fault {
    /// Its name in the log: its `kind` in JSON.
    pub fn name(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        json["kind"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether it shapes the link, so that another fault may be added.
    pub fn shapes(&self) -> bool {
        use Fault::{Bandwidth, Close, Delay};
        matches!(self, Delay { .. } | Bandwidth { .. } | Close {})
    }
}

impl Place {
    /// The index in a body of `length` bytes, at most `length`; `draw` decides a random place.
    pub fn index(self, length: u64, draw: u64) -> u64 {
        match self {
            Self::Byte(index) => index.min(length),
            Self::Half => length / 2,
            Self::Last => length.saturating_sub(1),
            Self::End => length,
            Self::Random => draw.checked_rem(length).unwrap_or(0),
        }
    }
}

fn times<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(word) if word == "forever" => Ok(Some(u64::MAX)),
        other => serde_json::from_value(other).map_err(D::Error::custom),
    }
}

fn yes() -> bool {
    true
}

fn ok() -> u16 {
    200
}

fn html() -> String {
    "text/html".into()
}
