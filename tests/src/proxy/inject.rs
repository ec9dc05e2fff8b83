use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crowfly_contract::{ErrorCode, GatewayMessage, Problem, ProblemBody};
use devkit::http::{Reply, Side};
use serde_json::json;

use super::exchange::{Ending, Exchange};
use super::relay::Relay;
use super::rule::{Fault, Form, Place, Refusal};

impl Exchange<'_> {
    /// Injects a fault into the request; returns whether the connection can carry another.
    pub(super) fn inject(&mut self, to: SocketAddr, fault: &Fault, draw: u64) -> io::Result<bool> {
        let length = self.asked.length;
        let (mut relay, mut ending) = (Relay::default(), Ending::Forward);
        match fault {
            Fault::Status(refusal) => {
                let side = match refusal.form {
                    Form::S3 => Side::Storage,
                    Form::Problem | Form::Gateway | Form::Json => Side::Api,
                };
                let reply = self.readable(refusal.reply(), side, refusal.cors);
                return match refusal.early {
                    true => self.reply_early(&reply),
                    false => self.reply(&reply),
                };
            }
            // Before the end upstream gets a partial body; at the end it has processed the request. A request without
            // a body is processed only for the place named `end`.
            Fault::Reset { at } => match at.index(length, draw) {
                _ if *at == Place::End => ending = Ending::Swallow,
                // The last byte of the head is unread, so closing the connection resets it; see `devkit::http::Head`.
                _ if length == 0 => return Ok(false),
                index if index == length => ending = Ending::Swallow,
                index => relay.stop_at = Some(index),
            },
            Fault::Stall { at, ms } => {
                relay.stall = Some((at.index(length, draw), ms.map(Duration::from_millis)));
            }
            Fault::HalfClose {} => {
                self.read_body()?;
                self.connection.wait(None);
                return Ok(false);
            }
            Fault::Swallow {} => ending = Ending::Swallow,
            Fault::Flip { at, bit } => {
                let byte = at.index(length, draw).min(length.saturating_sub(1));
                relay.flip = Some((byte, bit.unwrap_or((draw >> 56) as u8 & 7)));
            }
            Fault::Body {
                status,
                content_type,
                text,
                cors,
                forward,
            } => {
                let reply = Reply::new(*status).body(content_type, text.as_bytes());
                let reply = self.readable(reply, self.side(), *cors);
                if !forward {
                    return self.reply(&reply);
                }
                ending = Ending::Replace(reply);
            }
            Fault::Truncate { at } => ending = Ending::Cut(*at, draw),
            Fault::Redirect {
                status,
                location,
                cors,
            } => {
                let reply = Reply::new(*status).header("location", self.location(location));
                let reply = self.readable(reply, self.side(), *cors);
                return self.reply(&reply);
            }
            Fault::Delay { .. } | Fault::Bandwidth { .. } | Fault::Close {} => {}
        }
        self.relay(to, relay, &ending)
    }

    fn readable(&self, reply: Reply, side: Side, cors: bool) -> Reply {
        match cors {
            true => reply.cors(self.head, side),
            false => reply,
        }
    }

    fn location(&self, given: &Option<String>) -> String {
        given.clone().unwrap_or_else(|| {
            let (path, query) = self.head.path_and_query();
            format!("http://{}{path}?{query}", self.asked.host)
        })
    }
}

impl Refusal {
    fn reply(&self) -> Reply {
        let (status, message) = (self.status, "A fault for a test.");
        let code = |default| self.code.as_deref().unwrap_or(default);
        let reply = match self.form {
            Form::S3 => {
                let usual = match status {
                    403 => "AccessDenied",
                    404 => "NoSuchUpload",
                    412 => "PreconditionFailed",
                    503 => "SlowDown",
                    400 => "RequestTimeout",
                    _ => "InternalError",
                };
                Reply::s3(status, code(usual), message, "")
            }
            Form::Problem => {
                let usual = GatewayMessage::code(status).as_str();
                let error = ProblemBody {
                    code: code(usual).parse().unwrap_or(ErrorCode::Unknown),
                    message: message.into(),
                    request_id: "fault".into(),
                    retry_after_ms: None,
                };
                Reply::json(status, &Problem { error })
            }
            Form::Gateway => Reply::json(status, &json!({"message": code("Unauthorized")})),
            Form::Json => {
                let code = code("InternalServerError");
                let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
                let body = json!({"__type": kind, "message": message});
                Reply::new(status).body("application/x-amz-json-1.0", body.to_string())
            }
        };
        match &self.retry_after {
            Some(after) => reply.header("retry-after", after),
            None => reply,
        }
    }
}
