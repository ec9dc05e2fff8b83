//! `Content-Disposition: attachment` with a file name (RFC 6266).

use crate::percent;

/// Makes the header's value: a plain ASCII name for old readers and the exact name in `filename*`.
///
/// Nothing of `name` reaches the header unencoded but ASCII letters, digits and `-._`, so no name can end
/// the value or add a parameter.
pub fn attachment(name: &str) -> String {
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
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        percent::encode(name, b"")
    )
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
}
