use jiff::Timestamp;

/// Parses an RFC 3339 timestamp such as `2026-11-22T10:20:30.123Z` to Unix milliseconds:
/// <https://www.rfc-editor.org/rfc/rfc3339#section-5.6>.
///
/// `None` if it is malformed or before 1970. Digits beyond milliseconds are dropped.
pub fn parse_rfc3339_ms(text: &str) -> Option<u64> {
    let moment: Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::parse_rfc3339_ms;

    #[test]
    fn reads_moments_of_any_offset() {
        assert_eq!(parse_rfc3339_ms("1970-01-01T00:00:00.000Z"), Some(0));
        assert_eq!(
            parse_rfc3339_ms("2000-02-29T12:00:00Z"),
            Some(951_825_600_000)
        );
        assert_eq!(
            parse_rfc3339_ms("2026-11-22T10:20:30.123Z"),
            Some(1_795_342_830_123)
        );
        assert_eq!(
            parse_rfc3339_ms("2026-11-22T10:20:30.1Z"),
            Some(1_795_342_830_100)
        );
        assert_eq!(
            parse_rfc3339_ms("2026-11-22T10:20:30.123456Z"),
            Some(1_795_342_830_123)
        );
        assert_eq!(
            parse_rfc3339_ms("2026-11-22T11:20:30.123+01:00"),
            Some(1_795_342_830_123)
        );
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "Z",
            "T",
            "2026-11-22",
            "2026-11-22T10:20:30",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "1969-12-31T23:59:59Z",
            "+026-11-22T10:20:30Z",
            "2026-11-22T10:20:30.Z",
        ] {
            assert_eq!(parse_rfc3339_ms(text), None, "{text}");
        }
    }
}
