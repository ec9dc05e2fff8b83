//! Media types: which are well formed, which are allowed, and which never are.

use std::str::FromStr;

use crowfly_contract::limits::MAX_TYPE_BYTES;

/// Types that a browser would run or render as a page if it opened the object from its own origin, as well
/// as containers of such pages. They are refused whatever the configuration says.
const NEVER: &[&str] = &[
    "application/ecmascript",
    "application/javascript",
    "application/vbscript",
    "application/x-ecmascript",
    "application/x-javascript",
    "application/x-shockwave-flash",
    "application/xml",
    "application/xml-dtd",
    "application/xml-external-parsed-entity",
    "message/rfc822",
    "multipart/related",
    "multipart/x-mixed-replace",
    "text/ecmascript",
    "text/html",
    "text/javascript",
    "text/jscript",
    "text/livescript",
    "text/vbscript",
    "text/x-ecmascript",
    "text/x-javascript",
    "text/xml",
    "text/xml-external-parsed-entity",
    "text/xsl",
];

/// Whether `text` is `type/subtype` in lower case without parameters (RFC 6838, section 4.2).
pub fn is_well_formed(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let name = |text: &str| {
        text.bytes().next().is_some_and(plain)
            && text
                .bytes()
                .all(|byte| plain(byte) || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= MAX_TYPE_BYTES
        && text
            .split_once('/')
            .is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}

/// Whether a browser might run an object of this type. Parameters of the type and its case do not matter,
/// and of several types each counts: what another tool has stored need not be well formed.
pub fn is_active(media_type: &str) -> bool {
    media_type.split(',').any(|one| {
        let plain = one.split(';').next().unwrap_or_default().trim();
        let plain = plain.to_ascii_lowercase();
        NEVER.contains(&plain.as_str())
            || plain.ends_with("+xml")
            || plain.starts_with("text/javascript")
    })
}

/// The media types that a deployment accepts: exact ones and `kind/*`, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowList {
    entries: Vec<String>,
}

/// The configured list has an entry that is neither `type/subtype` nor `type/*`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a media type such as video/webm, video/* or */*")]
pub struct AllowListError(String);

impl AllowList {
    /// Whether an object of this well-formed type may be uploaded.
    pub fn allows(&self, media_type: &str) -> bool {
        let kind = media_type.split('/').next().unwrap_or_default();
        let matches = |entry: &String| {
            entry == media_type || entry == "*/*" || entry.strip_suffix("/*") == Some(kind)
        };
        !is_active(media_type) && self.entries.iter().any(matches)
    }
}

impl FromStr for AllowList {
    type Err = AllowListError;

    fn from_str(text: &str) -> Result<Self, AllowListError> {
        let entries: Vec<String> = text
            .split(',')
            .map(|entry| entry.trim().to_ascii_lowercase())
            .filter(|entry| !entry.is_empty())
            .collect();
        let known = |entry: &String| {
            entry == "*/*"
                || is_well_formed(entry)
                || entry
                    .strip_suffix("/*")
                    .is_some_and(|kind| is_well_formed(&format!("{kind}/x")))
        };
        match entries.iter().find(|entry| !known(entry)) {
            Some(bad) => Err(AllowListError(bad.clone())),
            None if entries.is_empty() => Err(AllowListError(text.to_owned())),
            None => Ok(Self { entries }),
        }
    }
}

impl std::fmt::Display for AllowList {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.entries.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a29_only_a_plain_type_is_well_formed() {
        let long = format!("video/{}", "x".repeat(122));
        for text in [
            "",
            "video",
            "/",
            "video/",
            "/webm",
            "video/webm/x",
            "Video/webm",
            "video/WEBM",
            "video/webm ",
            " video/webm",
            "video/webm;codecs=vp9",
            "video/webm\r\nx-amz-acl: public-read",
            "video/wébm",
            "video/webm, text/html",
            "*/*",
            "video/*",
            "a b/c",
            "\"video\"/webm",
            &long,
        ] {
            assert!(!is_well_formed(text), "{text:?}");
        }
        for text in [
            "video/webm",
            "application/vnd.ms-excel",
            "image/svg+xml",
            "application/x-7z_1!#$&^",
        ] {
            assert!(is_well_formed(text), "{text}");
        }
        assert!(is_well_formed(&long[..127]));
    }

    #[test]
    fn a28_active_types_are_refused_even_if_listed() {
        let listed: AllowList =
            "*/*, text/html, image/svg+xml, application/xhtml+xml, text/xml, application/javascript"
                .parse()
                .unwrap();
        for media_type in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xml",
            "application/xml",
            "application/javascript",
            "text/javascript",
            "text/javascript1.5",
            "application/rss+xml",
            "application/x-shockwave-flash",
            "multipart/related",
            "message/rfc822",
            "text/xsl",
        ] {
            assert!(!listed.allows(media_type), "{media_type}");
        }
        assert!(listed.allows("application/pdf"));
    }

    #[test]
    fn wildcards_stand_for_one_kind() {
        let list: AllowList = "image/*,video/webm , Text/Plain".parse().unwrap();
        for media_type in ["image/png", "image/x", "video/webm", "text/plain"] {
            assert!(list.allows(media_type), "{media_type}");
        }
        for media_type in ["video/mp4", "text/csv", "imagex/png", "application/image"] {
            assert!(!list.allows(media_type), "{media_type}");
        }
        for text in ["", ",", "video", "*", "video/*/x", "a;b/c", "*/png"] {
            assert!(text.parse::<AllowList>().is_err(), "{text}");
        }
    }
}
