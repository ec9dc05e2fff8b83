use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crowfly_contract::{ErrorCode, GatewayMessage, Problem, ProblemBody};
use devkit::http::{Reply, Side};
use serde_json::json;

use super::exchange::{Ending, Exchange};
use super::relay::Relay;
use super::rule::{Fault, Form, Place};

impl Exchange<'_> {
    /// Injects a fault into the request; returns whether the connection can carry another.
    pub(super) fn inject(&mut self, to: SocketAddr, fault: &Fault, draw: u64) -> io::Result<bool> {
        let length = self.asked.length;
        let (mut relay, mut ending) = (Relay::default(), Ending::Forward);
        match fault {
            Fault::Status {
                cors, early, form, ..
            } => {
                let side = match form {
                    Form::S3 => Side::Storage,
                    Form::Problem | Form::Gateway | Form::Json => Side::Api,
                };
                let reply = self.readable(refusal(fault), side, *cors);
                return match early {
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

fn refusal(fault: &Fault) -> Reply {
    let Fault::Status {
        status,
        code,
        form,
        retry_after,
        ..
    } = fault
    else {
        return Reply::new(500);
    };
    let reply = match form {
        Form::S3 => {
            let code = code.as_deref().unwrap_or(match status {
                403 => "AccessDenied",
                404 => "NoSuchUpload",
                412 => "PreconditionFailed",
                503 => "SlowDown",
                400 => "RequestTimeout",
                _ => "InternalError",
            });
            Reply::s3(*status, code, "A fault for a test.", "")
        }
        Form::Problem => Reply::json(*status, &problem(*status, code.as_deref())),
        Form::Gateway => {
            let message = code.clone().unwrap_or_else(|| "Unauthorized".into());
            let body = serde_json::to_value(GatewayMessage { message });
            Reply::json(*status, &body.unwrap_or_default())
        }
        Form::Json => {
            let code = code.as_deref().unwrap_or("InternalServerError");
            let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
            let body = json!({"__type": kind, "message": "A fault for a test."});
            Reply::new(*status).body("application/x-amz-json-1.0", body.to_string())
        }
    };
    match retry_after {
        Some(after) => reply.header("retry-after", after),
        None => reply,
    }
}

fn problem(status: u16, code: Option<&str>) -> serde_json::Value {
    let known = code.and_then(|code| {
        let mut all = ErrorCode::ALL.iter();
        all.find(|known| known.as_str() == code).copied()
    });
    let problem = Problem {
        error: ProblemBody {
            code: known.unwrap_or(GatewayMessage::code(status)),
            message: "A fault for a test.".into(),
            request_id: "fault".into(),
            retry_after_ms: None,
        },
    };
    serde_json::to_value(problem).unwrap_or_default()
}
