use std::io::{self, Write};
use std::net::TcpStream;

use serde::Serialize;

use super::Head;

/// Whose answer it is, which decides the headers that CORS exposes to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The bucket, by its CORS rule.
    Storage,
    /// The HTTP API.
    Api,
}

/// An answer that is made here, not relayed.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    length: Option<u64>,
}

impl Reply {
    /// An answer without a body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            length: None,
        }
    }

    /// Its status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body and its content type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// Sets another `Content-Length` than that of the body: of a large object in the answer to HEAD.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// A sentence.
    pub fn text(status: u16, sentence: &str) -> Self {
        Self::new(status).body("text/plain; charset=utf-8", sentence)
    }

    /// A page in HTML.
    pub fn html(status: u16, page: impl Into<Vec<u8>>) -> Self {
        Self::new(status).body("text/html; charset=utf-8", page)
    }

    /// A JSON answer.
    ///
    /// # Panics
    /// When JSON cannot express the body.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a body in JSON");
        Self::new(status).body("application/json", body)
    }

    /// S3's error document: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    pub fn s3(status: u16, code: &str, message: &str, more: &str) -> Self {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             {more}<RequestId>0000000000000000</RequestId></Error>"
        );
        Self::new(status)
            .header("x-amz-request-id", "0000000000000000")
            .body("application/xml", text)
    }

    /// Adds the CORS headers for the page that asked; nothing when none asked.
    #[must_use]
    pub fn cors(self, head: &Head, side: Side) -> Self {
        let Some(origin) = head.headers.get("origin") else {
            return self;
        };
        let exposed = match side {
            Side::Storage => {
                "ETag, x-amz-checksum-crc64nvme, x-amz-checksum-type, x-amz-id-2, x-amz-request-id"
            }
            Side::Api => "apigw-requestid, retry-after",
        };
        self.header("access-control-allow-origin", origin)
            .header("access-control-expose-headers", exposed)
            .header("vary", "Origin")
    }

    /// Writes it as the answer to a request of this method; HEAD gets no body.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn send(&self, mut stream: &TcpStream, method: &str, close: bool) -> io::Result<()> {
        let mut out = format!("HTTP/1.1 {} -\r\n", self.status);
        if self.status != 204 {
            let length = self.length.unwrap_or(self.body.len() as u64);
            out.push_str(&format!("content-length: {length}\r\n"));
        }
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        if close {
            out.push_str("connection: close\r\n");
        }
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        if method != "HEAD" {
            out.extend_from_slice(&self.body);
        }
        stream.write_all(&out)
    }
}
