//! Limits the requests of an owner.
//!
//! The generic cell rate algorithm (<https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>):
//! each request moves a timestamp forward by one interval for each token that it costs, and the
//! timestamp may be ahead of the clock by at most one burst. It needs one number per owner.
//!
//! A request costs what it makes the backend do: a create call one token for each item, and a read
//! one for up to ten records. So batching saves calls, but evades no limit.

use crowfly_contract::{ErrorCode, OwnerId};

use crate::ports::{Advance, AdvanceRate};
use crate::{Error, Fault, FaultKind, Refusal};

pub use crate::ports::Limited;

/// Size of a burst, in seconds of the rate: with the default rate a thousand uploads, as many as
/// may be open by default.
const BURST_SECONDS: u64 = 20;
/// Records that are read for one token: reading a record costs the table a small part of what the
/// call around it costs.
const RECORDS_PER_TOKEN: usize = 10;
/// Conditional updates per request: two, unless requests of the same owner interleave.
const ATTEMPTS: u32 = 6;
const SECOND_US: u64 = 1_000_000;

/// Tokens per second of an owner, and twenty times as many in a burst; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What it limits.
    pub of: Limited,
    /// Tokens per second.
    pub per_second: u64,
}

/// What a read of this many records costs, in tokens.
pub fn reading(records: usize) -> u64 {
    u64::try_from(records.div_ceil(RECORDS_PER_TOKEN).max(1)).unwrap_or(u64::MAX)
}

/// Pays for one request that costs this many tokens. One that costs more than a burst is allowed
/// when none of the burst is used, and delays the next ones accordingly.
///
/// # Errors
/// `rate_limited`, with the exact time until this request is allowed; or a fault of the table,
/// which is never reported as a refusal.
pub async fn admit(
    rows: &impl AdvanceRate,
    owner: &OwnerId,
    rate: Rate,
    cost: u64,
    now_ms: u64,
) -> Result<(), Error> {
    if rate.per_second == 0 {
        return Ok(());
    }
    let now = now_ms.saturating_mul(1_000);
    let interval = (SECOND_US / rate.per_second).max(1);
    let step = interval.saturating_mul(cost);
    let left = rate.burst().saturating_sub(cost);
    let latest = now.saturating_add(interval.saturating_mul(left));
    let mut advance = Advance::Extend { now, latest, step };
    for _ in 0..ATTEMPTS {
        let Err(at) = rows.advance_rate(owner, rate.of, advance).await? else {
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

impl Rate {
    fn burst(self) -> u64 {
        self.per_second.saturating_mul(BURST_SECONDS)
    }
}

fn refusal(rate: Rate, wait_us: u64) -> Refusal {
    let (what, counted) = match rate.of {
        Limited::Uploads => ("requests", "each upload of a create call counts"),
        Limited::Reads => ("reads", "every ten records of a call count"),
    };
    let (per_second, burst) = (rate.per_second, rate.burst());
    Refusal {
        retry_after_ms: Some(wait_us.div_ceil(1_000)),
        ..Refusal::new(
            ErrorCode::RateLimited,
            format!(
                "too many {what}; at most {per_second} a second are allowed, and {burst} at once; {counted}"
            ),
        )
    }
}
