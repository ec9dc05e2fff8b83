use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters, as SigV4 requires: <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const RESERVED_IN_PATHS: &AsciiSet = &RESERVED.remove(b'/');

/// The parts of an absolute `http` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Host and port.
    pub authority: String,
    /// From the first slash up to the query, undecoded.
    pub path: String,
    /// After the question mark, undecoded; empty when there is none.
    pub query: String,
}

impl Url {
    /// Splits `text`; `None` when it is not an absolute `http` URL.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Some(Self {
            authority: authority.into(),
            path: path.into(),
            query: query.into(),
        })
    }

    /// The request target: path and query.
    pub fn target(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// Host and port to connect to; port 80 when none is given.
    pub fn address(&self) -> String {
        match self.authority.contains(':') {
            true => self.authority.clone(),
            false => format!("{}:80", self.authority),
        }
    }

    /// The port to connect to.
    pub fn port(&self) -> Option<u16> {
        self.address().rsplit(':').next()?.parse().ok()
    }

    /// The whole URL again.
    pub fn text(&self) -> String {
        format!("http://{}{}", self.authority, self.target())
    }
}

/// Scheme, host and port of an address.
pub fn origin(url: &str) -> &str {
    let third_slash = url.match_indices('/').nth(2);
    &url[..third_slash.map_or(url.len(), |(at, _)| at)]
}

/// Percent-encodes all but the unreserved characters.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// As [`encode`], but keeps slashes.
pub fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, RESERVED_IN_PATHS).to_string()
}

/// Decodes percent-encoded text; what is not encoded stays.
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Decodes the path of a request; `None` when a `%` is not followed by two digits, or the result is not UTF-8.
pub(super) fn decode_strict(path: &str) -> Option<String> {
    let digits = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let sound = path.split('%').skip(1).all(digits);
    let text = percent_decode_str(path).decode_utf8().ok()?;
    sound.then(|| text.into_owned())
}

/// The fields of `application/x-www-form-urlencoded` text; the last one of a repeated name.
pub fn decode_form(text: &str) -> std::collections::BTreeMap<String, String> {
    let decode = |text: &str| decode(&text.replace('+', " "));
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_form, encode, encode_path, origin};

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://127.0.0.1:1/a/b"), "http://127.0.0.1:1");
        assert_eq!(origin("https://a.example"), "https://a.example");
    }

    #[test]
    fn texts_survive_percent_encoding() {
        assert_eq!(encode("a b&c=ü~"), "a%20b%26c%3D%C3%BC~");
        assert_eq!(encode_path("a b/c"), "a%20b/c");
        assert_eq!(decode("%7B%22a%22%3A%20%22%25%22%7D"), "{\"a\": \"%\"}");
        assert_eq!(decode("{\"a\": 1}"), "{\"a\": 1}");
        assert_eq!(decode_form("a=b+c%2B&d")["a"], "b c+");
    }
}
