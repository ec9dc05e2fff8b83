//! What both probes of storage share, whoever sends them.

use crowfly_contract::{Crc64Nvme, UploadId};

use crate::Finding;

/// A checksum that no probe's body has.
const WRONG: u64 = 0x6372_6f77_666c_7921;

/// The body of the create call for a probe of this many bytes.
pub(crate) fn request(id: &str, bytes: u64) -> String {
    let crc = Crc64Nvme::new(WRONG).to_text();
    format!(
        r#"{{"uploads":[{{"id":"{id}","name":"crowfly-doctor.txt","size":{bytes},"type":"text/plain","crc64nvme":"{}"}}]}}"#,
        &*crc
    )
}

/// The id of an upload that begins now, in milliseconds since 1970.
pub(crate) fn new_id(now_ms: u64, random: u128) -> String {
    UploadId::from_parts(now_ms, random).to_text().to_string()
}

/// The create call was refused.
pub(crate) fn create_refused(why: &str) -> Finding {
    Finding::bad(
        "create_refused",
        format!("a small text file may not be uploaded: {why}"),
        "the refusal names what it does not like; a read of records was allowed before",
    )
}

/// Scheme, host and port of a URL: the rest of a presigned one is a credential.
pub(crate) fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    let end = url.get(host..).and_then(|rest| rest.find(['/', '?', '#']));
    end.and_then(|end| url.get(..host + end)).unwrap_or(url)
}

/// The text of the first XML element of this name, up to the first query.
pub(crate) fn element(xml: &str, name: &str) -> String {
    let after = xml.split_once(&format!("<{name}>"));
    let inside = after.map_or("", |(_, rest)| rest);
    let inside = inside.split(['<', '?']).next().unwrap_or_default();
    inside.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_presigned_url_but_its_origin_is_shown() {
        for (url, origin) in [
            ("https://b.test/k?X-Amz-Signature=1", "https://b.test"),
            ("http://127.0.0.1:9?x", "http://127.0.0.1:9"),
            ("https://b.test", "https://b.test"),
        ] {
            assert_eq!(origin_of(url), origin);
        }
    }
}
