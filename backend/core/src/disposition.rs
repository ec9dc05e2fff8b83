//! `Content-Disposition: attachment` with a file name (RFC 6266).

use crate::name::split_extension;
use crate::percent;

/// So long may the encoded name become: S3 takes 2,048 bytes of headers that it keeps, and the plain name is
/// in this one, too.
const MAX_ENCODED_BYTES: usize = 1024;

/// Makes the header's value: a plain ASCII name for old readers and the exact name in `filename*`.
///
/// Nothing of `name` reaches the header unencoded but ASCII letters, digits and `-._`, so no name can end
/// the value or add a parameter. A name that is too long for a header of S3 loses characters before its
/// extension.
pub fn attachment(name: &str) -> String {
    let (stem, extension) = split_extension(name);
    let extension = encoded(extension);
    let mut exact = String::new();
    for c in stem.chars() {
        let c = encoded(c.encode_utf8(&mut [0; 4]));
        if exact.len() + c.len() + extension.len() > MAX_ENCODED_BYTES {
            break;
        }
        exact.push_str(&c);
    }
    exact.push_str(&extension);
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-._".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

fn encoded(text: &str) -> String {
    percent::encode(text, percent::RESERVED)
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a84_no_name_escapes_its_place() {
        assert_eq!(
            attachment("한 \"a\";\r\nx: y.txt"),
            "attachment; filename=\"___a____x__y.txt\"; \
             filename*=UTF-8''%ED%95%9C%20%22a%22%3B%0D%0Ax%3A%20y.txt"
        );
    }

    #[test]
    fn a84_the_longest_names_fit_into_a_header_of_s3_and_keep_their_extension() {
        for c in ["한", "😀", "ä", "%", "a"] {
            for extension in ["", ".txt", ".한글", ".gz"] {
                let length = 255 - extension.chars().count();
                let name = format!("{}{extension}", c.repeat(length));
                let value = attachment(&name);
                let (_, encoded) = value.split_once("filename*=UTF-8''").unwrap();
                assert!(encoded.len() <= 1024 && value.len() <= 1400, "{value}");
                assert!(
                    encoded.len() > 1024 - 24 || c.is_ascii() || c == "ä",
                    "{value}"
                );
                let read = crate::percent::decode_form(encoded).expect("whole characters");
                assert!(name.starts_with(read.trim_end_matches(extension)), "{read}");
                assert!(read.ends_with(extension), "{read}");
            }
        }
    }
}
