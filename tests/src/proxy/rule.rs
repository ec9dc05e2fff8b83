use serde::{Deserialize, Serialize};

/// Which requests suffer what.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which requests; all but preflights when nothing is named.
    #[serde(default, rename = "match")]
    pub matcher: Matcher,
    /// What befalls them.
    pub fault: Fault,
}

/// Which requests a rule is for. What is absent matches all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    /// The method. Absent: any but OPTIONS; `*`: any, preflights too.
    pub method: Option<String>,
    /// Host and port, exactly.
    pub host: Option<String>,
    /// A piece of the path.
    pub path_contains: Option<String>,
    /// A piece of the header `x-amz-target`, which names the operation of a service that speaks JSON.
    pub target: Option<String>,
    /// One parameter of the query as it stands there, such as `partNumber=3`.
    pub query: Option<String>,
    /// Matching requests to let pass first.
    #[serde(default)]
    pub skip: u64,
    /// How many matching requests it befalls; absent: one, or with a probability all.
    pub times: Option<Times>,
    /// Befalls a matching request with this probability, drawn from the seed, 0 to 1.
    pub probability: Option<f64>,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// So many times.
    Count(u64),
    /// Without end.
    Without(End),
}

/// The word that stands for no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// Until the rule is taken away.
    Forever,
}

/// A place in the request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Place {
    /// Before the byte with this index, from 0; the end when the body is shorter.
    Byte(u64),
    /// By name.
    Named(NamedPlace),
}

/// Places that depend on the body's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NamedPlace {
    /// The middle.
    Half,
    /// Before the last byte.
    Last,
    /// After the last byte, before the answer.
    End,
    /// Anywhere before the end, drawn from the seed.
    Random,
}

/// Whose form an error answer has.
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

/// What befalls a request.
///
/// `delay`, `bandwidth` and `close` shape the link: all that match apply, and a fault of another kind may
/// come on top. Of the others only the first that matches applies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[serde(deny_unknown_fields)]
pub enum Fault {
    /// An error answer after the body was read; upstream never hears of the request.
    Status {
        /// The status.
        status: u16,
        /// The error code, such as `SlowDown` or `rate_limited`.
        code: Option<String>,
        /// Whose form.
        #[serde(default)]
        form: Form,
        /// Whether the page may read it.
        #[serde(default = "yes")]
        cors: bool,
        /// The value of `Retry-After`.
        retry_after: Option<String>,
        /// Answer at the head and close, without reading the body.
        #[serde(default)]
        early: bool,
    },
    /// A reset when so much of the body has gone upstream.
    ///
    /// Browsers repeat a request by themselves, unseen by the page, when a connection that carried an
    /// answer before ends without one; `close` for all (`"method": "*"`) gives each request a connection of
    /// its own, and then the page sees every reset. The same goes for `swallow`.
    Reset {
        /// Where.
        at: Place,
    },
    /// No more byte is taken from here.
    Stall {
        /// Where.
        at: Place,
        /// For how long; absent: for ever.
        ms: Option<u64>,
    },
    /// The body is read to its end and no answer ever comes; upstream never hears of the request.
    HalfClose {},
    /// Upstream carries the request out, and its answer is lost in a reset.
    Swallow {},
    /// One bit of the body is flipped on its way.
    Flip {
        /// In which byte; the end means the last byte.
        at: Place,
        /// Which bit, 0 to 7; absent: drawn from the seed.
        bit: Option<u8>,
    },
    /// Another answer than upstream's.
    Body {
        /// The status.
        #[serde(default = "ok")]
        status: u16,
        /// The content type.
        #[serde(default = "html")]
        content_type: String,
        /// The body.
        text: String,
        /// Whether the page may read it.
        #[serde(default = "yes")]
        cors: bool,
        /// Let upstream carry the request out first.
        #[serde(default)]
        forward: bool,
    },
    /// Upstream's answer with its body cut, the content length telling the same lie.
    Truncate {
        /// Where.
        at: Place,
    },
    /// A redirect.
    Redirect {
        /// 301, 302, 307 or 308.
        status: u16,
        /// Where to; absent: to the same address.
        location: Option<String>,
        /// Whether the page may read it.
        #[serde(default = "yes")]
        cors: bool,
    },
    /// The answer's first byte comes so much later.
    #[serde(alias = "latency")]
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection carries so much from now on, in each direction.
    Bandwidth {
        /// Bytes a second.
        bytes_per_second: u64,
    },
    /// The connection ends after this answer, so that the next request has a new one.
    Close {},
}

impl Fault {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Reset { .. } => "reset",
            Self::Stall { .. } => "stall",
            Self::HalfClose {} => "halfClose",
            Self::Swallow {} => "swallow",
            Self::Flip { .. } => "flip",
            Self::Body { .. } => "body",
            Self::Truncate { .. } => "truncate",
            Self::Redirect { .. } => "redirect",
            Self::Delay { .. } => "delay",
            Self::Bandwidth { .. } => "bandwidth",
            Self::Close {} => "close",
        }
    }

    /// Whether it shapes the link and leaves room for another.
    pub fn shapes(&self) -> bool {
        matches!(
            self,
            Self::Delay { .. } | Self::Bandwidth { .. } | Self::Close {}
        )
    }
}

impl Place {
    /// The index in a body of `length` bytes, at most `length`; `draw` decides a random place.
    pub fn index(self, length: u64, draw: u64) -> u64 {
        match self {
            Self::Byte(index) => index.min(length),
            Self::Named(NamedPlace::Half) => length / 2,
            Self::Named(NamedPlace::Last) => length.saturating_sub(1),
            Self::Named(NamedPlace::End) => length,
            Self::Named(NamedPlace::Random) => draw.checked_rem(length).unwrap_or(0),
        }
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
