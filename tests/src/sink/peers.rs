//! What other uploaders ask of a server, for the comparison: the S3 API as far as they call it (`/raw/BUCKET/KEY`),
//! the signing endpoints of their documents (`/peers`), and tus (`/tus`,
//! <https://tus.io/protocols/resumable-upload>). Nothing is signed, and nothing is kept but the offsets of tus.

use devkit::http::{Head, Reply, decode_form, encode_path};
use serde_json::{Value, json};

use super::api;
use super::state::State;

/// Size of the parts that a server chooses, in bytes.
const PART_SIZE: u64 = 8 << 20;

/// An upload of tus.
#[derive(Debug)]
pub(super) struct Known {
    length: u64,
    offset: u64,
}

/// Whether a path is for other uploaders.
pub(super) fn serves(path: &str) -> bool {
    ["/raw/", "/tus", "/peers/"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Answers every request that carries no bytes of a file; `None` is no request of theirs.
pub(super) fn answer(state: &State, head: &Head, body: &[u8]) -> Option<Reply> {
    let (path, query) = head.path_and_query();
    let host = api::storage_host(&head.headers.get("host").unwrap_or_default());
    let reply = match (head.method.as_str(), path) {
        ("POST", "/peers/sign") => sign(&host, &serde_json::from_slice(body).ok()?)?,
        ("POST", "/peers/better-upload") => grants(&host, &serde_json::from_slice(body).ok()?)?,
        ("POST", "/tus") => tus_create(state, head),
        ("HEAD", tus) if tus.starts_with("/tus/") => tus_offset(state, tus),
        ("POST", _) if path.starts_with("/raw/") => s3_post(path, query),
        ("GET", _) if path.starts_with("/raw/") => xml("ListPartsResult", ""),
        _ if serves(path) => Reply::new(204),
        _ => return None,
    };
    Some(open(reply, head))
}

/// The answer to a PUT or PATCH whose body of `length` bytes was read.
pub(super) fn stored(state: &State, head: &Head, length: u64) -> Reply {
    let (path, _) = head.path_and_query();
    if !path.starts_with("/tus/") {
        return Reply::new(200).header("etag", "\"00000000000000000000000000000000\"");
    }
    let offset = received(state, head, length);
    Reply::new(204)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset.to_string())
}

/// Notes how far a body of tus came, whole or not; returns the new offset.
pub(super) fn received(state: &State, head: &Head, length: u64) -> u64 {
    let (path, _) = head.path_and_query();
    let from = head.headers.get("upload-offset");
    let from = from.and_then(|from| from.parse().ok()).unwrap_or(0);
    let offset = length.saturating_add(from);
    if let Some(known) = state.lock().tus.get_mut(path) {
        known.offset = offset;
    }
    offset
}

/// Lets any page read the answer.
pub(super) fn open(reply: Reply, head: &Head) -> Reply {
    let origin = head.headers.get("origin").unwrap_or_default();
    reply
        .header("access-control-allow-origin", origin)
        .header("access-control-expose-headers", "*")
        .header("vary", "Origin")
}

/// A presigned URL for one request, as `@uppy/aws-s3` asks for it.
fn sign(host: &str, asked: &Value) -> Option<Reply> {
    let key = asked["key"].as_str()?;
    let url = match (asked["uploadId"].as_str(), asked["partNumber"].as_u64()) {
        (Some(upload), Some(part)) => {
            url(host, key, &format!("partNumber={part}&uploadId={upload}"))
        }
        (Some(upload), None) => url(host, key, &format!("uploadId={upload}")),
        (None, _) if asked["method"] == "POST" => url(host, key, "uploads="),
        (None, _) => url(host, key, "single="),
    };
    Some(Reply::json(200, &json!({"url": url})))
}

/// All presigned URLs of some files at once, as `@better-upload/client` reads them: parts of [`PART_SIZE`] for what is
/// larger, else one PUT.
fn grants(host: &str, asked: &Value) -> Option<Reply> {
    let files = asked["files"].as_array()?;
    let large = |file: &Value| file["size"].as_u64() > Some(PART_SIZE);
    let object = |number: usize, file: &Value| {
        let key = format!("file-{number}");
        let mut file = file.clone();
        file["objectInfo"] = json!({"key": key, "metadata": {}});
        (key, file)
    };
    if !files.iter().any(large) {
        let one = |(number, file)| {
            let (key, file) = object(number, file);
            json!({"signedUrl": url(host, &key, "single="), "headers": {}, "file": file})
        };
        let files: Vec<Value> = files.iter().enumerate().map(one).collect();
        return Some(Reply::json(200, &json!({"metadata": {}, "files": files})));
    }
    let many = |(number, file): (usize, &Value)| {
        let (key, file) = object(number, file);
        let size = file["size"].as_u64()?;
        let part = |n: u64| {
            json!({
                "signedUrl": url(host, &key, &format!("partNumber={}&uploadId=u", n + 1)),
                "partNumber": n + 1,
                "size": PART_SIZE.min(size - n * PART_SIZE),
            })
        };
        let parts: Vec<Value> = (0..size.div_ceil(PART_SIZE)).map(part).collect();
        Some(json!({
            "file": file,
            "parts": parts,
            "uploadId": "u",
            "completeSignedUrl": url(host, &key, "uploadId=u"),
            "abortSignedUrl": url(host, &key, "uploadId=u"),
        }))
    };
    let files: Option<Vec<Value>> = files.iter().enumerate().map(many).collect();
    let multipart = json!({"files": files?, "partSize": PART_SIZE});
    Some(Reply::json(
        200,
        &json!({"metadata": {}, "multipart": multipart}),
    ))
}

fn url(host: &str, key: &str, query: &str) -> String {
    let signature = "0".repeat(64);
    format!(
        "http://{host}/raw/bucket/{}?{query}&X-Amz-Signature={signature}",
        encode_path(key)
    )
}

/// `CreateMultipartUpload`, or with an upload id `CompleteMultipartUpload`.
fn s3_post(path: &str, query: &str) -> Reply {
    let place = "<Bucket>bucket</Bucket><Key>key</Key>";
    match decode_form(query).get("uploadId") {
        None => xml(
            "InitiateMultipartUploadResult",
            &format!("{place}<UploadId>u</UploadId>"),
        ),
        Some(_) => xml(
            "CompleteMultipartUploadResult",
            &format!("<Location>http://bucket{path}</Location>{place}<ETag>\"0-1\"</ETag>"),
        ),
    }
}

fn xml(name: &str, inner: &str) -> Reply {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name}>{inner}</{name}>");
    Reply::new(200).body("application/xml", text)
}

fn tus_create(state: &State, head: &Head) -> Reply {
    let length = head.headers.get("upload-length");
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut inner = state.lock();
    let path = format!("/tus/{}", inner.tus.len());
    inner.tus.insert(path.clone(), Known { length, offset: 0 });
    let host = head.headers.get("host").unwrap_or_default();
    Reply::new(201)
        .header("tus-resumable", "1.0.0")
        .header("location", format!("http://{host}{path}"))
}

fn tus_offset(state: &State, path: &str) -> Reply {
    match state.lock().tus.get(path) {
        None => Reply::new(404),
        Some(known) => Reply::new(200)
            .header("tus-resumable", "1.0.0")
            .header("cache-control", "no-store")
            .header("upload-length", known.length.to_string())
            .header("upload-offset", known.offset.to_string()),
    }
}
