//! The `read` function: returns the records of an owner.

use crowfly_lambdas::{read::Read, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Read>()
}
