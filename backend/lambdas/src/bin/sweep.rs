//! The `sweep` function: repairs what lost events left open, and ends what never came.

use crowfly_lambdas::{runtime, sweep::Sweep};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Sweep>()
}
