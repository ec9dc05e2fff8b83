use std::fmt;
use std::str::FromStr;

const MAX_BYTES: usize = 512;
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The name of a token issuer, which is the address of its documents too: `https`, or `http` on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerUrl(String);

/// A text is no issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be an https address without query, exactly as tokens name it in `iss`")]
pub struct IssuerError;

impl IssuerUrl {
    /// Exactly as given: a slash at the end is part of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the issuer describes itself (OpenID Connect Discovery 1.0, section 4).
    pub fn discovery(&self) -> String {
        format!(
            "{}/.well-known/openid-configuration",
            self.0.trim_end_matches('/')
        )
    }

    /// Whether keys may be fetched from `address`, which the issuer's own description names: any host by
    /// `https`, as some issuers keep their keys elsewhere; by plain `http` the issuer's own origin only,
    /// on loopback.
    pub(super) fn may_keep_keys_at(&self, address: &str) -> bool {
        match (Address::parse(&self.0), Address::parse(address)) {
            (Some(own), Some(keys)) => {
                own == keys || (keys.secure && (!keys.is_loopback() || own.is_loopback()))
            }
            _ => false,
        }
    }
}

impl FromStr for IssuerUrl {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let address = Address::parse(text).ok_or(IssuerError)?;
        let known = address.secure || address.is_loopback();
        (known && !text.contains('?'))
            .then(|| Self(text.to_owned()))
            .ok_or(IssuerError)
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Scheme and authority of an address.
#[derive(PartialEq, Eq)]
struct Address<'a> {
    secure: bool,
    authority: &'a str,
}

impl<'a> Address<'a> {
    /// Visible ASCII without user, fragment and backslash; `None` for anything else.
    fn parse(text: &'a str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>^`{|}#@".contains(&byte);
        if text.len() > MAX_BYTES || !text.bytes().all(plain) {
            return None;
        }
        let (secure, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://")?),
        };
        let authority = rest
            .split(['/', '?'])
            .next()
            .filter(|host| !host.is_empty())?;
        Some(Self { secure, authority })
    }

    fn is_loopback(&self) -> bool {
        LOOPBACK.iter().any(|host| {
            self.authority.strip_prefix(host).is_some_and(|port| {
                let digits = port.strip_prefix(':').unwrap_or("0");
                (port.is_empty() || port.starts_with(':'))
                    && !digits.is_empty()
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a09_issuers_are_https_or_on_this_machine() {
        for good in [
            "https://issuer.example/",
            "https://issuer.example",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc",
            "http://127.0.0.1:4000/",
            "http://localhost",
            "http://[::1]:80/x",
        ] {
            assert_eq!(good.parse::<IssuerUrl>().unwrap().as_str(), good);
        }
        let long = format!("https://{}", "a".repeat(600));
        for bad in [
            "",
            "issuer.example",
            "http://issuer.example",
            "ftp://a",
            "https://",
            "https:///x",
            "https://a b",
            "https://a?b",
            "https://a#b",
            "https://user@a",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1:",
            "http://127.0.0.1:80x",
            "http://localhost.evil",
            "https://a\\b",
            "https://é",
            &long,
        ] {
            assert_eq!(bad.parse::<IssuerUrl>(), Err(IssuerError), "{bad}");
        }
    }

    #[test]
    fn a05_where_keys_may_be() {
        let remote: IssuerUrl = "https://accounts.example".parse().unwrap();
        for (keys, may) in [
            ("https://accounts.example/keys", true),
            ("https://keys.example/v3/certs?x=1", true),
            ("http://accounts.example/keys", false),
            ("http://127.0.0.1/keys", false),
            ("https://127.0.0.1/keys", false),
            ("https://localhost:9000/keys", false),
            ("http://169.254.169.254/latest", false),
            ("file:///etc/passwd", false),
            ("https://accounts.example@evil.example/", false),
            ("", false),
        ] {
            assert_eq!(remote.may_keep_keys_at(keys), may, "{keys}");
        }
        let local: IssuerUrl = "http://127.0.0.1:4000/".parse().unwrap();
        for (keys, may) in [
            ("http://127.0.0.1:4000/keys", true),
            ("http://127.0.0.1:4001/keys", false),
            ("http://localhost:4000/keys", false),
            ("http://evil.example/keys", false),
        ] {
            assert_eq!(local.may_keep_keys_at(keys), may, "{keys}");
        }
    }

    #[test]
    fn the_description_is_under_the_name() {
        for name in ["https://a.example", "https://a.example/"] {
            let issuer: IssuerUrl = name.parse().unwrap();
            assert_eq!(
                issuer.discovery(),
                "https://a.example/.well-known/openid-configuration"
            );
        }
    }
}
