//! The clock, and UTC dates.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds since the Unix epoch.
pub fn unix() -> u64 {
    unix_ms() / 1000
}

/// Milliseconds since the Unix epoch.
pub fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// Milliseconds since `moment`.
pub fn ms_since(moment: Instant) -> u64 {
    u64::try_from(moment.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// A moment in the basic ISO 8601 form that SigV4 uses, such as `20261122T093000Z`.
pub fn amz_date(unix: u64) -> String {
    rfc3339(unix).replace(['-', ':'], "")
}

/// A moment as events have it, such as `2026-11-22T09:30:00Z`: <https://www.rfc-editor.org/rfc/rfc3339>.
pub fn rfc3339(unix: u64) -> String {
    let moment = UNIX_EPOCH + Duration::from_secs(unix);
    humantime::format_rfc3339_seconds(moment).to_string()
}

#[cfg(test)]
mod tests {
    use super::{amz_date, rfc3339};

    #[test]
    fn dates_at_the_edges_of_months_and_years() {
        assert_eq!(amz_date(0), "19700101T000000Z");
        assert_eq!(amz_date(951_782_399), "20000228T235959Z");
        assert_eq!(amz_date(951_782_400), "20000229T000000Z");
        assert_eq!(amz_date(1_798_761_599), "20261231T235959Z");
        assert_eq!(amz_date(1_440_938_160), "20150830T123600Z");
        assert_eq!(amz_date(4_102_444_799), "20991231T235959Z");
        assert_eq!(rfc3339(1_798_761_599), "2026-12-31T23:59:59Z");
    }
}
