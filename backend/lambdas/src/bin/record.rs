//! The `record` function: turns queue messages into records.

use crowfly_lambdas::{record::Record, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run(async {
        let function = Record::from_environment()?;
        runtime::serve(|event, now| function.call(event, now.ms)).await
    })
}
