//! The `forward` function: turns S3's events into queue messages with the object's address.

use crowfly_lambdas::{forward::Forward, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run(async {
        let function = Forward::from_environment()?;
        runtime::serve(|event, now| function.call(event, now.ms)).await
    })
}
