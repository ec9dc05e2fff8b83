//! The `forward` function: turns S3's events into queue messages with the object's address.

use crowfly_lambdas::{forward::Forward, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Forward>()
}
