use std::io::{self, Read, Write};
use std::time::Duration;

use crowfly_contract::limits::MAX_BODY_BYTES;
use crowfly_contract::{Crc64Nvme, StoredPart, UploadId, UploadStatus};
use crowfly_engine::crc64::Crc64;
use devkit::http::{Connection, Head, Reply, Side, decode_form, drain};

use super::state::{Inner, State};
use super::trouble::Fault;
use super::{peers, routes};
use crate::pace::Pacer;

/// What one connection keeps between its requests.
struct Link {
    buffer: Vec<u8>,
    crc: Crc64,
    pacer: Pacer,
}

/// Serves one connection until it ends.
pub(super) fn serve(state: &State, connection: &Connection) -> io::Result<()> {
    let mut link = Link {
        buffer: vec![0; 512 * 1024],
        crc: Crc64::new(),
        pacer: Pacer::new(state.config.bytes_per_second),
    };
    while let Some(head) = Head::read(&connection.stream)? {
        head.finish(&connection.stream)?;
        let Some(length) = head.length() else {
            let reply = Reply::s3(411, "MissingContentLength", "A length is needed.", "");
            return reply.send(&connection.stream, &head.method, true);
        };
        let (path, _) = head.path_and_query();
        // Requests for the counts are not counted.
        let counts = matches!(path, "/stats" | "/reset");
        if !counts {
            state.request_came(&head.method);
        }
        let reply = match head.method.as_str() {
            "PUT" | "PATCH" => put(state, connection, &head, length, &mut link)?,
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
                peers::answer(state, &head, &body)
                    .unwrap_or_else(|| routes::answer(state, &head, &body).cors(&head, Side::Api))
            }
        };
        if state.config.answer_delay_ms > 0 && !counts {
            connection.wait(Some(Duration::from_millis(state.config.answer_delay_ms)));
        }
        let close = head.headers.is_close("connection");
        reply.send(&connection.stream, &head.method, close)?;
        if close {
            return Ok(());
        }
    }
    Ok(())
}

const CHECKSUM: &str = "x-amz-checksum-crc64nvme";

/// What a PUT is for.
#[derive(Clone, Copy)]
struct Target {
    id: UploadId,
    /// 0 is a single PUT.
    part: u32,
    /// When the grant expires.
    end: u64,
}

/// Reads a body, checks it and discards it.
fn put(
    state: &State,
    connection: &Connection,
    head: &Head,
    length: u64,
    link: &mut Link,
) -> io::Result<Reply> {
    let (path, query) = head.path_and_query();
    let raw = peers::serves(path);
    let target = target(query);
    let fault = state.fault().filter(|_| length > 0);
    let refusal = match target {
        _ if raw => None,
        Some(target) if state.now() > target.end => {
            Some(denied("AccessDenied", "Request has expired"))
        }
        Some(target) => refuse(&state.lock(), target, length),
        None => Some(denied("AccessDenied", "Not a grant of this sink.")),
    };
    let id = target.filter(|_| !raw).map(|target| target.id);
    let hash = state.config.verify && !raw && refusal.is_none();
    if head.headers.get("expect").is_some() {
        (&connection.stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let body = Body {
        length,
        id,
        hash,
        fault,
    };
    let (came, crc) = read(state, connection, link, &body);
    if crc.is_err() {
        peers::received(state, head, came);
    }
    let crc = crc?;
    let reply = match (refusal, target) {
        (Some(refusal), _) => refusal,
        _ if matches!(fault, Some(Fault::Busy)) => {
            Reply::s3(503, "SlowDown", "Please reduce your request rate.", "")
        }
        (None, Some(target)) if !raw => keep(&mut state.lock(), head, target, length, crc),
        (None, _) => peers::stored(state, head, length),
    };
    if raw {
        return Ok(peers::open(reply, head));
    }
    if state.config.expose_headers {
        return Ok(reply.cors(head, Side::Storage));
    }
    let origin = head.headers.get("origin").unwrap_or_default();
    Ok(reply.header("access-control-allow-origin", origin))
}

fn target(query: &str) -> Option<Target> {
    let query = decode_form(query);
    Some(Target {
        id: query.get("uploadId")?.parse().ok()?,
        part: match query.get("partNumber") {
            Some(part) => part.parse().ok()?,
            None => 0,
        },
        end: query.get("end")?.parse().ok()?,
    })
}

/// The refusal that is due before the first byte, if any.
fn refuse(inner: &Inner, target: Target, length: u64) -> Option<Reply> {
    let Some(upload) = inner.uploads.get(&target.id) else {
        return Some(gone());
    };
    match upload.expected(target.part) {
        _ if target.part == 0 && upload.held.contains_key(&0) => Some(Reply::s3(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            "<Condition>If-None-Match</Condition>",
        )),
        _ if upload.status != UploadStatus::Pending => Some(gone()),
        None => Some(denied("AccessDenied", "Outside the plan.")),
        // The exact length is signed, so another one breaks the signature.
        Some(expected) if expected != length => {
            let message = "The length is not the one that was signed.";
            Some(denied("SignatureDoesNotMatch", message))
        }
        Some(_) => None,
    }
}

fn denied(code: &str, message: &str) -> Reply {
    Reply::s3(403, code, message, "")
}

fn gone() -> Reply {
    Reply::s3(404, "NoSuchUpload", "The upload does not exist.", "")
}

/// A body that is to be read.
struct Body {
    length: u64,
    id: Option<UploadId>,
    /// Whether its checksum is wanted.
    hash: bool,
    fault: Option<Fault>,
}

/// Reads the body; returns how many bytes came, and its checksum if wanted.
fn read(
    state: &State,
    connection: &Connection,
    link: &mut Link,
    body: &Body,
) -> (u64, io::Result<Option<Crc64Nvme>>) {
    link.crc.reset();
    let mut left = body.length;
    if left > 0 {
        // Not after the head: a browser may send it long before the first byte.
        match connection.stream.peek(&mut [0]) {
            Ok(0) => return (0, Err(io::ErrorKind::UnexpectedEof.into())),
            Err(error) => return (0, Err(error)),
            Ok(_) => state.body_begins(body.id),
        }
        let whole = link.read(state, connection, &mut left, body);
        state.body_ends(body.id, body.length - left);
        if let Err(error) = whole {
            return (body.length - left, Err(error));
        }
    }
    (body.length, Ok(body.hash.then(|| link.crc.value())))
}

impl Link {
    fn read(
        &mut self,
        state: &State,
        connection: &Connection,
        left: &mut u64,
        body: &Body,
    ) -> io::Result<()> {
        let mut fault = body.fault;
        while *left > 0 {
            if *left <= body.length / 2 {
                match fault.take() {
                    Some(Fault::Reset) => return Err(io::ErrorKind::ConnectionReset.into()),
                    Some(Fault::Stall(time)) => std::thread::sleep(time),
                    Some(Fault::Busy) | None => {}
                }
            }
            let most = usize::try_from(*left).unwrap_or(usize::MAX);
            let most = self.pacer.chunk_size(self.buffer.len()).min(most);
            let most = state.chunk_size(most);
            let read = (&connection.stream).read(&mut self.buffer[..most])?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if body.hash {
                self.crc.update(&self.buffer[..read]);
            }
            *left -= read as u64;
            self.pacer.pass(read);
            state.pass(read);
        }
        Ok(())
    }
}

/// Compares the body with what was declared, and stores the result.
fn keep(
    inner: &mut Inner,
    head: &Head,
    target: Target,
    size: u64,
    computed: Option<Crc64Nvme>,
) -> Reply {
    let announced = match head.headers.get(CHECKSUM).map(|value| value.parse()) {
        None => None,
        Some(Ok(value)) => Some(value),
        Some(Err(_)) => {
            let message = "Value for x-amz-checksum-crc64nvme header is invalid.";
            return Reply::s3(400, "InvalidRequest", message, "");
        }
    };
    if computed.is_some() && announced.is_some() && computed != announced {
        inner.stats.bad_digests += 1;
        let message = "The CRC64NVME you specified did not match the calculated checksum.";
        return Reply::s3(400, "BadDigest", message, "");
    }
    let Some(upload) = inner.uploads.get_mut(&target.id) else {
        return gone();
    };
    let crc64nvme = computed.or(announced);
    let number = target.part;
    let part = StoredPart {
        number,
        size,
        crc64nvme,
        etag: None,
    };
    if upload.held.insert(number, part).is_some() {
        upload.seen.sent_twice.push(number);
        inner.stats.parts_sent_twice += 1;
    }
    if number == 0 {
        // A single PUT needs no complete call: the object exists, and S3's event reports it.
        upload.announced = upload.announced.or(announced);
        upload.crc64nvme = crc64nvme;
        upload.complete();
        inner.stats.completed += 1;
    }
    let mut reply = Reply::new(200)
        .header("etag", format!("\"{:032x}\"", size))
        .header("x-amz-request-id", "0000000000000000");
    if let Some(value) = crc64nvme {
        reply = reply
            .header(CHECKSUM, value.to_string())
            .header("x-amz-checksum-type", "FULL_OBJECT");
    }
    reply
}
