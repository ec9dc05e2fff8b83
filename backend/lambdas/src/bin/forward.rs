//! The `forward` function: sends S3 events to the queue, with the object's URL.

use crowfly_lambdas::{forward::Forward, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Forward>()
}
