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
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// Host and port to connect to; port 80 when none is given.
    pub fn address(&self) -> String {
        if self.authority.contains(':') {
            self.authority.clone()
        } else {
            format!("{}:80", self.authority)
        }
    }

    /// The whole URL again.
    pub fn text(&self) -> String {
        format!("http://{}{}", self.authority, self.target())
    }
}

/// Percent-encodes all but the unreserved characters, as SigV4 requires:
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
pub fn encode(text: &str) -> String {
    percent(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    })
}

/// As [`encode`], but keeps slashes.
pub fn encode_path(text: &str) -> String {
    percent(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)
    })
}

fn percent(text: &str, keep: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if keep(byte) {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// The fields of `application/x-www-form-urlencoded` text; the last one of a repeated name.
pub fn decode_form(text: &str) -> std::collections::BTreeMap<String, String> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    bytes
                        .next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                };
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => b'%',
                }
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&out).into_owned()
}
