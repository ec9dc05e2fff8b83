//! Finds secrets in logs and files: signatures, tokens, and known keys.

/// A secret where none may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it was found, such as a log group and its stream.
    pub place: String,
    /// What kind of secret it is.
    pub what: &'static str,
    /// The line, with everything masked that could be secret.
    pub line: String,
}

impl std::fmt::Display for Hit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}: {}", self.place, self.what, self.line)
    }
}

/// Texts that reveal a secret, in lower case.
const MARKS: &[(&str, &str)] = &[
    ("x-amz-signature=", "a presigned URL"),
    ("x-amz-signature%3d", "a presigned URL, encoded"),
    ("x-amz-security-token", "a session token"),
    ("bearer ey", "an authorization header"),
    // `{"alg":` in base64url, as most tokens begin; others are recognised by their dots.
    ("eyjhbgcioi", "a token"),
];

/// Words of at least this many characters are masked.
const LONG: usize = 16;

/// Searches for the marks of secrets, and for known secrets.
#[derive(Clone, Debug, Default)]
pub struct Search {
    known: Vec<(&'static str, String)>,
}

impl Search {
    /// Searches for this exact text too; an empty one is ignored.
    pub fn know(&mut self, what: &'static str, secret: &str) {
        if !secret.is_empty() {
            self.known.push((what, secret.to_owned()));
        }
    }

    /// The lines of `text` that hold a secret.
    pub fn hits(&self, place: &str, text: &str) -> Vec<Hit> {
        let hit = |line| {
            Some(Hit {
                place: place.to_owned(),
                what: self.secret(line)?,
                line: masked(line),
            })
        };
        text.lines().filter_map(hit).collect()
    }

    fn secret(&self, line: &str) -> Option<&'static str> {
        let known = self.known.iter().find(|(_, secret)| line.contains(secret));
        if let Some((what, _)) = known {
            return Some(what);
        }
        let lower = line.to_ascii_lowercase();
        let mark = MARKS.iter().find(|(mark, _)| lower.contains(mark));
        mark.map(|(_, what)| *what)
            .or_else(|| has_token(line).then_some("a token"))
    }
}

/// A compact JWT (<https://www.rfc-editor.org/rfc/rfc7519#section-3>): two segments that begin as base64url
/// of `{"` does, with a dot between.
fn has_token(line: &str) -> bool {
    let starts = |segment: Option<&str>| segment.is_some_and(|text| text.starts_with("eyJ"));
    let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    words.any(|word| starts(Some(word)) && starts(word.split('.').nth(1)))
}

/// The line with its long words masked: every secret is long and has no space.
fn masked(line: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in line.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || "-_.+/%".contains(c) {
            word.push(c);
            continue;
        }
        out.push_str(if word.len() < LONG { &word } else { "***" });
        word.clear();
        out.push(c);
    }
    out.trim_end().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::Search;

    #[test]
    fn a53_a_planted_secret_is_found_and_not_shown() {
        let mut search = Search::default();
        search.know("root's secret", "correcthorsebatterystaple");
        search.know("nothing", "");
        let signature = "0123456789abcdef".repeat(4);
        let token = "eyJraWQiOiJhIn0.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl";
        let url = format!("GET /k?X-Amz-Signature={signature}&x=y");
        let encoded = format!("url=a%3FX-Amz-Signature%3D{signature}");
        let session = format!("x-amz-security-token: {signature}");
        let bearer = format!("authorization: Bearer {token}");
        for (what, line) in [
            ("a presigned URL", url),
            ("a presigned URL, encoded", encoded),
            ("a session token", session),
            ("an authorization header", bearer),
            ("a token", format!("{{\"token\":\"{token}\"}}")),
            ("a token", "a eyJhbGciOiJub25lIn0 b".to_owned()),
            ("root's secret", "key=correcthorsebatterystaple".to_owned()),
        ] {
            let hits = search.hits("here", &format!("good\n{line}\ngood"));
            assert_eq!(hits.len(), 1, "{line}");
            assert_eq!((hits[0].what, hits[0].place.as_str()), (what, "here"));
            let shown = hits[0].to_string();
            for secret in [signature.as_str(), token, "correcthorse", "eyJhbGciOi"] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }

    #[test]
    fn a53_what_is_no_secret_is_left_alone() {
        let search = Search::default();
        for line in [
            "",
            "eyJ.x",
            "X-Amz-Date=1",
            "Bearer",
            "uploads/abc/01J/eyJ.webm",
        ] {
            assert!(search.hits("here", line).is_empty(), "{line}");
        }
    }
}
