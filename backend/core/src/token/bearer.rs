/// The token in the value of an `authorization` header (RFC 6750, section 2.1); `None` for another scheme,
/// for none, and for several values in one.
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let token = rest.trim_matches(' ');
    let one = !token.is_empty() && token.bytes().all(is_token_byte);
    (scheme.eq_ignore_ascii_case("bearer") && one).then_some(token)
}

/// The characters of a compact JWS.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn a01_what_carries_no_token() {
        for none in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  ",
            "Basic a.b.c",
            "a.b.c",
            "Bearer a.b.c, Bearer a.b.c",
            "Bearer a.b.c,a.b.c",
            "Bearer a.b.c x",
            "Bearer\ta.b.c",
            "Bearer a.b.c=",
            "Bearer a.b.c\0",
            " Bearer a.b.c",
            "Bearer: a.b.c",
            "BearerX a.b.c",
        ] {
            assert_eq!(bearer(none), None, "{none:?}");
        }
        for some in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c "] {
            assert_eq!(bearer(some), Some("a.b.c"), "{some:?}");
        }
    }
}
