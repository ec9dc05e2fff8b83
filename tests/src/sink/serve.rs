use std::io::{self, Read};
use std::time::Duration;

use crowfly_contract::limits::MAX_BODY_BYTES;
use crowfly_engine::crc64::Crc64;
use devkit::http::{Connection, Head, Reply, Side, drain};

use super::Config;
use super::routes;
use super::state::State;
use super::storage;
use crate::pace::Pacer;

/// What one connection keeps between its requests.
pub(super) struct Link {
    pub(super) buffer: Vec<u8>,
    pub(super) crc: Crc64,
    pub(super) pacer: Pacer,
}

/// Serves one connection until it ends.
pub(super) fn serve(state: &State, config: &Config, connection: &Connection) -> io::Result<()> {
    let mut link = Link {
        buffer: vec![0; 512 * 1024],
        crc: Crc64::new(),
        pacer: Pacer::new(config.bytes_per_second),
    };
    while let Some(head) = Head::read(&connection.stream)? {
        head.finish(&connection.stream)?;
        let Some(length) = head.length() else {
            return Reply::s3(411, "MissingContentLength", "A length is needed.", "").send(
                &connection.stream,
                &head.method,
                true,
            );
        };
        let (path, _) = head.path_and_query();
        // Requests for the counts are not counted.
        let counts = matches!(path, "/stats" | "/reset");
        if !counts {
            state.request_came(&head.method);
        }
        let reply = match head.method.as_str() {
            "PUT" => storage::put(state, config, connection, &head, length, &mut link)?,
            "OPTIONS" => {
                drain(&connection.stream, length)?;
                routes::preflight(&head)
            }
            _ if length > MAX_BODY_BYTES as u64 => {
                return Reply::new(413).send(&connection.stream, &head.method, true);
            }
            _ => {
                let mut body = Vec::new();
                (&connection.stream).take(length).read_to_end(&mut body)?;
                routes::answer(state, &head, &body).cors(&head, Side::Api)
            }
        };
        if config.answer_delay_ms > 0 && !counts {
            connection.wait(Some(Duration::from_millis(config.answer_delay_ms)));
        }
        let close = head.headers.is_close("connection");
        reply.send(&connection.stream, &head.method, close)?;
        if close {
            return Ok(());
        }
    }
    Ok(())
}
