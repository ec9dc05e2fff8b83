//! The `read` function: shows an owner's records.

use crowfly_lambdas::{read::Read, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run(async {
        let function = Read::from_environment()?;
        runtime::serve(|event, now| function.call(event, now.ms)).await
    })
}
