//! A few seconds of fuzzing for each target; the long form is in `soak`.

use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::fuzz::{self, Plan};

const SECONDS: u64 = 5;

/// Fuzzes every target, from the committed inputs on.
pub(super) fn each(counts: &mut Counts) -> Result<(), Error> {
    let plan = Plan {
        seconds: SECONDS,
        seed: 0,
        goes_on: false,
    };
    let targets = fuzz::run(plan)?;
    counts.add(Kind::Fuzz, targets, 0);
    Ok(())
}
