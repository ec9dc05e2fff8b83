//! The `record` function: turns queue messages into records.

use crowfly_lambdas::{record::Record, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Record>()
}
