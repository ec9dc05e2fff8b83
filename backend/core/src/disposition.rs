//! `Content-Disposition: attachment` with a file name: <https://www.rfc-editor.org/rfc/rfc6266>.

use crowfly_contract::split_extension;

use crate::percent;

/// Longest encoded name: S3 keeps at most 2,048 bytes of system-defined metadata
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>), and the plain name
/// is part of this header as well.
const MAX_ENCODED_BYTES: usize = 1024;

/// The header value: an ASCII name for old clients and the exact name in `filename*`
/// (<https://www.rfc-editor.org/rfc/rfc8187>).
///
/// Only ASCII letters, digits and `-._` of `name` are written unencoded, so no name can end the
/// value or add a parameter. A name that is too long is shortened before its extension.
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
    fn a84_no_name_breaks_out_of_the_header() {
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
