//! The media types that a deployment accepts.

use std::str::FromStr;

use crowfly_contract::{is_media_type, is_refused, standard_type};

/// The media types that a deployment accepts, separated by commas: exact types, `kind/*`,
/// `kind/tree.*` for all types with that prefix, and `*/*`. A type includes all its aliases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowList {
    entries: Vec<String>,
}

/// An entry is neither a media type nor a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a media type such as video/webm, video/* or */*")]
pub struct AllowListError(String);

impl AllowList {
    /// Whether this well-formed type, given by its standard name, may be uploaded.
    pub fn allows(&self, media_type: &str) -> bool {
        let matches = |entry: &String| match entry.strip_suffix('*') {
            Some("*/") => true,
            Some(start) => media_type.starts_with(start),
            None => entry == media_type,
        };
        !is_refused(media_type) && self.entries.iter().any(matches)
    }
}

impl FromStr for AllowList {
    type Err = AllowListError;

    fn from_str(text: &str) -> Result<Self, AllowListError> {
        let entries: Vec<String> = text
            .split(',')
            .map(|entry| standard_type(&entry.trim().to_ascii_lowercase()).to_owned())
            .filter(|entry| !entry.is_empty())
            .collect();
        let known = |entry: &String| match entry.strip_suffix('*') {
            Some("*/") => true,
            Some(start) => start.ends_with(['/', '.']) && is_media_type(&format!("{start}x")),
            None => is_media_type(entry),
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
            "application/x-shockwave-flash",
            "multipart/related",
            "message/rfc822",
            "text/xsl",
        ] {
            assert!(!listed.allows(media_type), "{media_type}");
        }
        for media_type in [
            "application/pdf",
            "application/rss+xml",
            "application/gpx+xml",
        ] {
            assert!(listed.allows(media_type), "{media_type}");
        }
    }

    #[test]
    fn wildcards_match_one_kind_or_one_tree() {
        let list: AllowList = "image/*,video/webm , Text/Plain,application/vnd.ms-excel.*"
            .parse()
            .unwrap();
        for media_type in [
            "image/png",
            "image/x",
            "video/webm",
            "text/plain",
            "application/vnd.ms-excel.sheet.macroenabled.12",
        ] {
            assert!(list.allows(media_type), "{media_type}");
        }
        for media_type in [
            "video/mp4",
            "text/csv",
            "imagex/png",
            "application/image",
            "application/vnd.ms-excel",
            "application/vnd.ms-excelsior",
        ] {
            assert!(!list.allows(media_type), "{media_type}");
        }
        for text in [
            "",
            ",",
            "video",
            "*",
            "video/*/x",
            "a;b/c",
            "*/png",
            "a/b*",
            "*.x/y",
            "/*",
            "a/.*",
            "a*",
        ] {
            assert!(text.parse::<AllowList>().is_err(), "{text}");
        }
    }

    #[test]
    fn u3_an_entry_matches_all_aliases_of_its_type() {
        let list: AllowList = "image/jpg,application/x-zip-compressed,audio/wav"
            .parse()
            .unwrap();
        for media_type in ["image/jpeg", "application/zip", "audio/wav"] {
            assert!(list.allows(media_type), "{media_type}");
        }
        assert_eq!(list.to_string(), "image/jpeg, application/zip, audio/wav");
    }
}
