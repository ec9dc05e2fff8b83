/// Reads an RFC 3339 moment as S3 writes it (`2026-11-22T10:20:30.123Z`) into Unix milliseconds.
///
/// Only the UTC form with `Z` is known; anything else is `None`. Digits beyond milliseconds are dropped.
pub fn parse_rfc3339_ms(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-').map(number);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut clock = clock.splitn(3, ':').map(number);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !in_range {
        return None;
    }
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000 + milliseconds(fraction)?)
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

fn milliseconds(fraction: &str) -> Option<u64> {
    number(fraction)?;
    let padded: String = fraction.chars().chain("00".chars()).take(3).collect();
    number(&padded)
}

/// Days from 1970-01-01 in the Gregorian calendar, for years from 1970 on.
///
/// The year is counted from March, so that the leap day is its last (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms").
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = (year % 400) * 365 + (year % 400) / 4 - (year % 400) / 100 + day_of_year;
    year / 400 * 146_097 + day_of_cycle - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse_rfc3339_ms;

    #[test]
    fn reads_what_s3_writes() {
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
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "Z",
            "T",
            "2026-11-22",
            "2026-11-22T10:20:30+01:00",
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
