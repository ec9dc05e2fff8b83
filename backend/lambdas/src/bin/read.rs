//! The `read` function: shows an owner's records.

use crowfly_lambdas::{read::Read, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Read>()
}
