//! Reads storage's error body. This is no XML parser: it finds `<Name>`, and takes what follows up to the
//! next `<`, if that is short and plain, so that no markup and no URL comes through.

use crate::js;

/// Longest word, and longest sentence, that is taken.
const LONGEST: usize = 64;
const LONGEST_SENTENCE: usize = 200;

/// The text of the first element `name`, if it is one plain word.
pub(super) fn word<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+/=".contains(&byte);
    element(body, name).filter(|text| text.len() <= LONGEST && text.bytes().all(plain))
}

/// The text of the first element `name`, if it is one plain sentence.
pub(super) fn sentence<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let plain = |byte: u8| byte == b' ' || (byte.is_ascii_graphic() && !b"?&/".contains(&byte));
    element(body, name).filter(|text| text.len() <= LONGEST_SENTENCE && text.bytes().all(plain))
}

fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    // A plain search: the standard library's for substrings weighs more than this whole file.
    let start = (0..body.len()).find(|&at| {
        let tag = body.get(at..).and_then(|rest| rest.strip_prefix('<'));
        let rest = tag.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with('>'))
    })?;
    let rest = body.get(start + name.len() + 2..)?;
    let (text, end) = js::cut(rest, b'<');
    (!text.is_empty() && !end.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{sentence, word};

    const SLOW_DOWN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code>\
        <Message>Please reduce your request rate.</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>";

    #[test]
    fn reads_code_request_id_and_message() {
        assert_eq!(word(SLOW_DOWN, "Code"), Some("SlowDown"));
        assert_eq!(word(SLOW_DOWN, "RequestId"), Some("4442587FB7D0A2F9"));
        let message = "Please reduce your request rate.";
        assert_eq!(sentence(SLOW_DOWN, "Message"), Some(message));
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
            assert_eq!(word(body, "Code"), None, "{body}");
        }
        for body in [
            "<Code>see https://bucket/key</Code>",
            "<Code>a?X-Amz-Signature=1</Code>",
        ] {
            assert_eq!(sentence(body, "Code"), None, "{body}");
        }
        let long = ["<Code>", &"A".repeat(65), "</Code>"].concat();
        assert_eq!(word(&long, "Code"), None);
    }
}
