use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crowfly_contract::{ErrorCode, GatewayMessage, Problem, ProblemBody};
use devkit::http::{Reply, Side};
use serde_json::json;

use super::exchange::{Ending, Exchange};
use super::relay::Relay;
use super::rule::{Fault, Form, NamedPlace, Place};

impl Exchange<'_> {
    /// Injects a fault into the request; returns whether the connection can carry another.
    pub(super) fn inject(&mut self, to: SocketAddr, fault: &Fault, draw: u64) -> io::Result<bool> {
        let length = self.asked.length;
        match fault {
            Fault::Status {
                cors, early, form, ..
            } => {
                let side = match form {
                    Form::S3 => Side::Storage,
                    Form::Problem | Form::Gateway | Form::Json => Side::Api,
                };
                let reply = self.readable(refusal(fault), side, *cors);
                if *early {
                    self.reply_early(&reply)
                } else {
                    self.reply(&reply)
                }
            }
            Fault::Reset { at } => self.reset(to, *at, draw),
            Fault::Stall { at, ms } => {
                let relay = Relay {
                    stall: Some((at.index(length, draw), ms.map(Duration::from_millis))),
                    ..Relay::default()
                };
                self.relay(to, relay, &Ending::Forward)
            }
            Fault::HalfClose {} => {
                self.read_body()?;
                self.connection.wait(None);
                Ok(false)
            }
            Fault::Swallow {} => self.relay(to, Relay::default(), &Ending::Swallow),
            Fault::Flip { at, bit } => {
                let byte = at.index(length, draw).min(length.saturating_sub(1));
                let bit = bit.unwrap_or((draw >> 56) as u8 & 7);
                let relay = Relay {
                    flip: Some((byte, bit)),
                    ..Relay::default()
                };
                self.relay(to, relay, &Ending::Forward)
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
                if *forward {
                    self.relay(to, Relay::default(), &Ending::Replace(reply))
                } else {
                    self.reply(&reply)
                }
            }
            Fault::Truncate { at } => self.relay(to, Relay::default(), &Ending::Cut(*at, draw)),
            Fault::Redirect {
                status,
                location,
                cors,
            } => {
                let reply = Reply::new(*status).header("location", self.location(location));
                let reply = self.readable(reply, self.side(), *cors);
                self.reply(&reply)
            }
            Fault::Delay { .. } | Fault::Bandwidth { .. } | Fault::Close {} => {
                self.relay(to, Relay::default(), &Ending::Forward)
            }
        }
    }

    /// A reset before the end leaves upstream with a partial body; one at the end comes after upstream has
    /// processed the request. A request without a body is processed only for the place named `end`.
    fn reset(&mut self, to: SocketAddr, at: Place, draw: u64) -> io::Result<bool> {
        let length = self.asked.length;
        let index = at.index(length, draw);
        if at == Place::Named(NamedPlace::End) || (index == length && length > 0) {
            return self.relay(to, Relay::default(), &Ending::Swallow);
        }
        if length == 0 {
            // The last byte of the head is unread, so closing the connection resets it; see [`Head`](devkit::http::Head).
            return Ok(false);
        }
        let relay = Relay {
            stop_at: Some(index),
            ..Relay::default()
        };
        self.relay(to, relay, &Ending::Forward)
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
