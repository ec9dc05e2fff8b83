use jiff::Timestamp;

/// The day S3 began, 2006-03-14, in Unix milliseconds: nothing was stored earlier.
const EARLIEST_MS: u64 = 1_142_294_400_000;
/// How far the clock of S3 may be ahead of ours, in milliseconds.
const SKEW_MS: u64 = 60_000;

/// The time that an event states, if the event can be of that time; otherwise the time at which it
/// is handled.
///
/// A time is a claim like everything in an event, but decides nothing: it is shown as `storedAt`. A
/// time far off would only sort and display wrongly, so it is no reason to lose the event.
pub fn plausible_ms(stated_ms: u64, now_ms: u64) -> u64 {
    if (EARLIEST_MS..=now_ms.saturating_add(SKEW_MS)).contains(&stated_ms) {
        stated_ms
    } else {
        now_ms
    }
}

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
    use super::{EARLIEST_MS, SKEW_MS, parse_rfc3339_ms, plausible_ms};

    #[test]
    fn h12_a_time_is_that_of_the_event_unless_it_cannot_be() {
        let now = parse_rfc3339_ms("2026-11-22T10:20:30.123Z").unwrap();
        for stated in [EARLIEST_MS, now - 1, now, now + SKEW_MS] {
            assert_eq!(plausible_ms(stated, now), stated);
        }
        let year_9999 = parse_rfc3339_ms("9999-01-01T00:00:00Z").unwrap();
        for stated in [0, EARLIEST_MS - 1, now + SKEW_MS + 1, year_9999, u64::MAX] {
            assert_eq!(plausible_ms(stated, now), now);
        }
        assert_eq!(parse_rfc3339_ms("2006-03-14T00:00:00Z"), Some(EARLIEST_MS));
    }

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
