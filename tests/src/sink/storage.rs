use std::io::{self, Read, Write};

use crowfly_contract::{Crc64Nvme, UploadId};
use devkit::http::decode_form;
use devkit::http::{Connection, Head, Reply, Side};

use super::Config;
use super::serve::Link;
use super::state::{Held, Inner, State, ms_since};

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
pub(super) fn put(
    state: &State,
    config: &Config,
    connection: &Connection,
    head: &Head,
    length: u64,
    link: &mut Link,
) -> io::Result<Reply> {
    let (path, query) = head.path_and_query();
    let raw = path.starts_with("/raw/");
    let target = target(query);
    let refusal = match target {
        _ if raw => None,
        Some(target) if state.grant_is_over(target.end) => {
            Some(Reply::s3(403, "AccessDenied", "Request has expired", ""))
        }
        Some(target) => refuse(&state.lock(), target, length),
        None => Some(Reply::s3(
            403,
            "AccessDenied",
            "Not a grant of this sink.",
            "",
        )),
    };
    let id = target.filter(|_| !raw).map(|target| target.id);
    let hash = config.verify && !raw && refusal.is_none();
    if head.headers.get("expect").is_some() {
        (&connection.stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let crc = read(state, connection, length, link, id, hash)?;
    let reply = match (refusal, target) {
        (Some(refusal), _) => refusal,
        (None, Some(target)) if !raw => keep(&mut state.lock(), head, target, length, crc),
        (None, _) => Reply::new(200).header("etag", "\"raw\""),
    };
    if config.expose_headers {
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
    let gone = || Reply::s3(404, "NoSuchUpload", "The upload does not exist.", "");
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
        _ if upload.aborted || upload.completed => Some(gone()),
        None => Some(Reply::s3(403, "AccessDenied", "Outside the plan.", "")),
        // The exact length is signed, so another one breaks the signature.
        Some(expected) if expected != length => Some(Reply::s3(
            403,
            "SignatureDoesNotMatch",
            "The length is not the one that was signed.",
            "",
        )),
        Some(_) => None,
    }
}

/// Reads the body; computes its checksum if wanted.
fn read(
    state: &State,
    connection: &Connection,
    length: u64,
    link: &mut Link,
    id: Option<UploadId>,
    hash: bool,
) -> io::Result<Option<Crc64Nvme>> {
    link.crc.reset();
    let mut done = 0u64;
    let mut broken = None;
    if length > 0 {
        // Not after the head: a browser may send it long before the first byte.
        if connection.stream.peek(&mut [0])? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        state.body_begins(id);
        while done < length {
            let left = usize::try_from(length - done).unwrap_or(usize::MAX);
            let most = link.pacer.chunk_size(link.buffer.len()).min(left);
            match (&connection.stream).read(&mut link.buffer[..most]) {
                Ok(0) => broken = Some(io::ErrorKind::UnexpectedEof.into()),
                Err(error) => broken = Some(error),
                Ok(read) => {
                    if hash {
                        link.crc.update(&link.buffer[..read]);
                    }
                    done += read as u64;
                    link.pacer.pass(read);
                }
            }
            if broken.is_some() {
                break;
            }
        }
        state.body_ends(id, done);
    }
    match broken {
        Some(error) => Err(error),
        None => Ok(hash.then(|| link.crc.value())),
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
        return Reply::s3(404, "NoSuchUpload", "The upload does not exist.", "");
    };
    let held = Held {
        size,
        crc64nvme: computed.or(announced),
    };
    if upload.held.insert(target.part, held).is_some() {
        upload.seen.sent_twice.push(target.part);
        inner.stats.parts_sent_twice += 1;
    }
    if target.part == 0 {
        // A single PUT needs no complete call: the object exists, and S3's event reports it.
        upload.announced = upload.announced.or(announced);
        upload.crc64nvme = held.crc64nvme;
        upload.completed = true;
        let after = ms_since(upload.created);
        upload.seen.complete_ms.get_or_insert(after);
        inner.stats.completed += 1;
    }
    let mut reply = Reply::new(200)
        .header("etag", format!("\"{:032x}\"", size))
        .header("x-amz-request-id", "0000000000000000");
    if let Some(value) = held.crc64nvme {
        reply = reply
            .header(CHECKSUM, value.to_string())
            .header("x-amz-checksum-type", "FULL_OBJECT");
    }
    reply
}
