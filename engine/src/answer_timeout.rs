//! The response timeout: how long to wait for the answer once the last byte of a body was handed over.
//!
//! Upload progress counts bytes handed to the browser's network stack, which may still be in buffers of the browser,
//! the system or a proxy. A slow link therefore needs time after the last byte. Its rate can be measured only on a
//! body that is large enough; for a few bytes connection setup dominates.
//! <https://xhr.spec.whatwg.org/#the-send()-method>

use crate::Config;

/// Smaller bodies have no rate: they fit into the first buffer.
const RATE_BYTES: u64 = 256 * 1024;
/// Minimum number of bytes after the first progress report; with fewer the body went out in one burst.
const LATER_BYTES: u64 = RATE_BYTES / 4;
/// Upper bound of the rate-based wait, in multiples of [`Config::answer_ms`].
const MOST_NEEDED: f64 = 20.0;

/// How a body was handed over. Time during which the computer slept is excluded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handover {
    /// Size of the body.
    pub(crate) bytes: u64,
    /// From the start of the request to the last byte, in milliseconds.
    pub(crate) took_ms: u64,
    /// Bytes that moved after the first progress report.
    pub(crate) later_bytes: u64,
    /// From the first progress report to the last byte, in milliseconds.
    pub(crate) later_ms: u64,
}

/// The wait after the last byte, in milliseconds: [`Config::answer_ms`] (30 s), plus twice
///
/// - the time that [`Config::answer_bytes`] (4 MiB) need at the measured rate, if the body has a rate: it has
///   256 KiB or more, and 64 KiB of them moved after the first progress report. The faster of two rates counts: the
///   overall rate, which includes connection setup, and the rate after the first report, which excludes what filled
///   the buffers at once. At most ten minutes;
/// - otherwise the time that this body took.
pub(crate) fn answer_timeout(config: &Config, body: Handover) -> u64 {
    let needed_ms = if body.bytes >= RATE_BYTES && body.later_bytes >= LATER_BYTES {
        let whole = body.took_ms as f64 / body.bytes as f64;
        let later = body.later_ms as f64 / body.later_bytes as f64;
        let needed = config.answer_bytes as f64 * whole.min(later);
        needed.min(MOST_NEEDED * config.answer_ms as f64) as u64
    } else {
        body.took_ms
    };
    let twice = needed_ms.saturating_add(needed_ms);
    config.answer_ms.saturating_add(twice)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: u64 = 1024;

    fn wait(bytes: u64, took_ms: u64, later_bytes: u64, later_ms: u64) -> u64 {
        let body = Handover {
            bytes,
            took_ms,
            later_bytes,
            later_ms,
        };
        answer_timeout(&Config::default(), body)
    }

    #[test]
    fn h1_a_small_body_gets_what_it_took_itself() {
        for bytes in [1, 5, 20_000, 256 * KIB - 1] {
            assert_eq!(wait(bytes, 0, 0, 0), 30_000);
            assert_eq!(wait(bytes, 100, bytes / 2, 1), 30_200);
            assert_eq!(wait(bytes, 9_000, bytes - 1, 9_000), 48_000);
        }
    }

    #[test]
    fn h1_one_burst_is_no_rate() {
        for bytes in [256 * KIB, 300_000, 16 * 1024 * KIB] {
            assert_eq!(wait(bytes, 6_000, 0, 0), 42_000);
            assert_eq!(wait(bytes, 6_000, 64 * KIB - 1, 3_000), 42_000);
        }
    }

    #[test]
    fn a_rate_decides_how_long_four_mebibytes_may_take() {
        // 1 MiB in 52,428 ms at a constant rate: 4 MiB need four times as long.
        let wait_ms = wait(1024 * KIB, 52_428, 768 * KIB, 39_321);
        assert!(wait_ms.abs_diff(30_000 + 8 * 52_428) < 5, "{wait_ms}");
    }

    #[test]
    fn h1_the_faster_of_both_rates_counts() {
        // Nine seconds to connect, then 1 MiB per second.
        let slow_start = wait(1024 * KIB, 10_000, 768 * KIB, 750);
        assert_eq!(slow_start, 30_000 + 2 * 4_000);
        // All but 64 KiB in one burst, then slowly.
        let slow_end = wait(1024 * KIB, 6_400, 64 * KIB, 6_400);
        assert_eq!(slow_end, 30_000 + 2 * 4 * 6_400);
    }

    #[test]
    fn h1_no_rate_asks_for_more_than_ten_minutes() {
        assert_eq!(wait(256 * KIB, u64::MAX, 200 * KIB, u64::MAX), 1_230_000);
        assert_eq!(wait(5, u64::MAX, 0, 0), u64::MAX);
    }
}
