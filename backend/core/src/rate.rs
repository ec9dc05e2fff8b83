//! Limits the requests of an owner.
//!
//! The generic cell rate algorithm (<https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>):
//! each request moves a timestamp forward by one interval, and the timestamp may be ahead of the
//! clock by at most one burst. It needs one number per owner.

use crowfly_contract::{ErrorCode, OwnerId};

use crate::ports::{Advance, AdvanceRate};
use crate::{Error, Fault, FaultKind, Refusal};

/// Size of a burst, in seconds of the rate.
const BURST_SECONDS: u64 = 10;
/// Conditional updates per request: two, unless requests of the same owner interleave.
const ATTEMPTS: u32 = 6;
const SECOND_US: u64 = 1_000_000;

/// Requests per second of an owner, and ten times as many in a burst; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate(pub u64);

/// Counts one request.
///
/// # Errors
/// `rate_limited`, with the exact time until the next request is allowed; or a fault of the table,
/// which is never reported as a refusal.
pub async fn admit(
    rows: &impl AdvanceRate,
    owner: &OwnerId,
    rate: Rate,
    now_ms: u64,
) -> Result<(), Error> {
    if rate.0 == 0 {
        return Ok(());
    }
    let now = now_ms.saturating_mul(1_000);
    let step = (SECOND_US / rate.0).max(1);
    let burst = rate.0.saturating_mul(BURST_SECONDS);
    let latest = now.saturating_add(step.saturating_mul(burst - 1));
    let mut advance = Advance::Extend { now, latest, step };
    for _ in 0..ATTEMPTS {
        let Err(at) = rows.advance_rate(owner, advance).await? else {
            return Ok(());
        };
        if at > latest {
            return Err(refusal(rate, at - latest).into());
        }
        advance = if at > now {
            Advance::Extend { now, latest, step }
        } else {
            Advance::Restart { now, step }
        };
    }
    let detail = "concurrent requests of one owner kept conflicting";
    Err(Fault::new("dynamodb.UpdateItem", FaultKind::Throttled, detail).into())
}

fn refusal(rate: Rate, wait_us: u64) -> Refusal {
    Refusal {
        retry_after_ms: Some(wait_us.div_ceil(1_000)),
        ..Refusal::new(
            ErrorCode::RateLimited,
            format!(
                "too many requests; at most {} a second are allowed, and {} at once",
                rate.0,
                rate.0.saturating_mul(BURST_SECONDS)
            ),
        )
    }
}
