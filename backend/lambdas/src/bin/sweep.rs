//! The `sweep` function: repairs uploads whose events were lost, and expires unused ones.

use crowfly_lambdas::{runtime, sweep::Sweep};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Sweep>()
}
