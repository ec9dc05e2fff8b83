/// Longest text that is taken from storage's answer.
const LONGEST: usize = 64;

/// The text of the first element `name` in storage's error body, if it is one plain word.
///
/// This is no XML parser: it finds `<name>`, and takes what follows up to the next `<`. Anything but a
/// short run of letters, digits and a few signs is nothing, so no markup and no URL comes through.
pub(super) fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&["<", name, ">"].concat())?;
    let (text, _) = rest.split_once('<')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+/=".contains(&byte);
    (!text.is_empty() && text.len() <= LONGEST && text.bytes().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::element;

    const SLOW_DOWN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code>\
        <Message>Please reduce your request rate.</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>";

    #[test]
    fn reads_code_and_request_id() {
        assert_eq!(element(SLOW_DOWN, "Code"), Some("SlowDown"));
        assert_eq!(element(SLOW_DOWN, "RequestId"), Some("4442587FB7D0A2F9"));
    }

    #[test]
    fn takes_nothing_from_what_is_no_error_of_storage() {
        for body in [
            "",
            "<Code>",
            "<Code></Code>",
            "<Code>SlowDown",
            "<Code>Slow Down</Code>",
            "<Code>https://bucket/key?X-Amz-Signature=1</Code>",
            "<html><body>502 Bad Gateway</body></html>",
            "<code>SlowDown</code>",
        ] {
            assert_eq!(element(body, "Code"), None, "{body}");
        }
        let long = ["<Code>", &"A".repeat(65), "</Code>"].concat();
        assert_eq!(element(&long, "Code"), None);
    }
}
