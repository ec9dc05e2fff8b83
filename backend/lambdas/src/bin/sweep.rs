//! The `sweep` function: repairs what lost events left open, and ends what never came.

use crowfly_lambdas::{runtime, sweep::Sweep};

fn main() -> Result<(), runtime::Error> {
    runtime::run(async {
        let function = Sweep::from_environment()?;
        runtime::serve(|event, now| function.call(event, now)).await
    })
}
