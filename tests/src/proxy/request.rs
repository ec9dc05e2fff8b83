use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};

use crowfly_contract::limits::{MAX_KEY_BYTES, MIN_PART_BYTES};
use devkit::http::{Head, Reply, decode_form};

/// What rules and counts need of a request. No `Debug`: the query is for matching only, never for the log.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) host: String,
    /// The path without the query, undecoded.
    pub(super) path: String,
    /// Undecoded, for rules.
    pub(super) query: String,
    parameters: BTreeMap<String, String>,
    pub(super) target: String,
    pub(super) part: Option<u32>,
    pub(super) length: u64,
}

impl Asked {
    /// From a head; `None` without a length.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let (path, query) = head.path_and_query();
        let host = match head.target.strip_prefix("http://") {
            Some(rest) => rest.split(['/', '?']).next().map(str::to_owned),
            None => head.headers.get("host"),
        };
        let parameters = decode_form(query);
        let part = parameters.get("partNumber");
        Some(Self {
            method: head.method.clone(),
            host: host.unwrap_or_default(),
            path: path.into(),
            query: query.into(),
            target: head.headers.get("x-amz-target").unwrap_or_default(),
            part: part.and_then(|part| part.parse().ok()),
            parameters,
            length: head.length()?,
        })
    }

    /// Whether the query carries a signature.
    pub(super) fn presigned(&self) -> bool {
        self.parameters.contains_key("X-Amz-Signature")
    }

    /// Whether it is for storage rather than the API: it is presigned, or its path says so.
    pub(super) fn to_storage(&self) -> bool {
        self.presigned() || self.part.is_some()
    }
}

/// The address of `host`; `None` unless it is loopback: the proxy connects to nothing else.
///
/// Names under `localhost` are loopback as in browsers, whatever the resolver says:
/// <https://www.rfc-editor.org/rfc/rfc6761#section-6.3>.
pub(super) fn loopback(host: &str) -> Option<SocketAddr> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let port: u16 = port.parse().ok()?;
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let mut addresses = (name, port).to_socket_addrs().ok()?;
    addresses.find(|address| address.ip().is_loopback())
}

/// Rules of S3 that its local emulators lack.
#[derive(Default)]
pub(super) struct S3Rules {
    /// Sizes of the parts that upstream stored, by host, path and multipart upload.
    parts: BTreeMap<(String, String, String), BTreeMap<u32, u64>>,
}

impl std::fmt::Debug for S3Rules {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The query holds ids of multipart uploads, which must not be printed.
        out.write_str("S3Rules")
    }
}

impl S3Rules {
    /// S3's refusal of a request with this head, where upstream might accept it: keys of more than 1,024 bytes
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>), unsigned `x-amz-*` headers.
    pub(super) fn refuse(asked: &Asked, head: &Head) -> Option<Reply> {
        if asked.method != "PUT" || !asked.presigned() {
            return None;
        }
        if key_bytes(asked) > MAX_KEY_BYTES {
            let size = key_bytes(asked);
            let sizes =
                format!("<Size>{size}</Size><MaxSizeAllowed>{MAX_KEY_BYTES}</MaxSizeAllowed>");
            let message = "Your key is too long";
            return Some(Reply::s3(400, "KeyTooLongError", message, &sizes));
        }
        let signed = asked.parameters.get("X-Amz-SignedHeaders");
        let signed = signed.map(|names| names.to_ascii_lowercase());
        let signed = signed.unwrap_or_default();
        let is_signed = |name: &str| signed.split(';').any(|signed| signed == name);
        let names = head.headers.iter();
        let names = names.map(|(name, _)| name.to_ascii_lowercase());
        let strangers: Vec<String> = names
            .filter(|name| name.starts_with("x-amz-") && !is_signed(name))
            .collect();
        (!strangers.is_empty()).then(|| {
            let names = strangers.join(", ");
            let names = format!("<HeadersNotSigned>{names}</HeadersNotSigned>");
            let message = "There were headers present in the request which were not signed";
            Reply::s3(403, "AccessDenied", message, &names)
        })
    }

    /// Whether the body has to be read before S3's rules can be applied.
    pub(super) fn completes(asked: &Asked) -> bool {
        asked.method == "POST" && asked.part.is_none() && name(asked).is_some()
    }

    /// S3's refusal of this list of parts; the limits are those of
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.
    pub(super) fn refuse_list(&self, asked: &Asked, xml: &[u8]) -> Option<Reply> {
        let numbers = part_numbers(&String::from_utf8_lossy(xml));
        if !numbers.is_sorted_by(|a, b| a < b) {
            let message = "The list of parts was not in ascending order. The parts list must be specified in \
                           order by part number.";
            return Some(Reply::s3(400, "InvalidPartOrder", message, ""));
        }
        let sizes = self.parts.get(&name(asked)?)?;
        let (_, all_but_last) = numbers.split_last()?;
        let small = all_but_last.iter().find_map(|number| {
            let size = *sizes.get(number)?;
            (size < MIN_PART_BYTES).then_some((*number, size))
        });
        small.map(|(number, size)| {
            let sizes = format!(
                "<ProposedSize>{size}</ProposedSize><MinSizeAllowed>{MIN_PART_BYTES}</MinSizeAllowed>\
                 <PartNumber>{number}</PartNumber>"
            );
            let message = "Your proposed upload is smaller than the minimum allowed size";
            Reply::s3(400, "EntityTooSmall", message, &sizes)
        })
    }

    /// Upstream has stored this part.
    pub(super) fn took(&mut self, asked: &Asked) {
        if let (Some(name), Some(part)) = (name(asked), asked.part) {
            let parts = self.parts.entry(name).or_default();
            parts.insert(part, asked.length);
        }
    }

    /// Upstream has ended this multipart upload.
    pub(super) fn ended(&mut self, asked: &Asked) {
        if let Some(name) = name(asked) {
            self.parts.remove(&name);
        }
    }
}

fn name(asked: &Asked) -> Option<(String, String, String)> {
    let upload = asked.parameters.get("uploadId")?;
    Some((asked.host.clone(), asked.path.clone(), upload.clone()))
}

/// Bytes of the decoded key: the path after the bucket, or all of it where the host names the bucket.
fn key_bytes(asked: &Asked) -> usize {
    let path = asked.path.strip_prefix('/').unwrap_or(&asked.path);
    let host = asked.host.split(':').next().unwrap_or_default();
    let in_path = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok();
    let key = match path.split_once('/') {
        Some((_, key)) if in_path => key,
        _ => path,
    };
    key.len() - 2 * key.bytes().filter(|&byte| byte == b'%').count()
}

fn part_numbers(xml: &str) -> Vec<u32> {
    let rests = xml.split("<PartNumber>").skip(1);
    let numbers = rests.filter_map(|rest| rest.split('<').next()?.trim().parse().ok());
    numbers.collect()
}
