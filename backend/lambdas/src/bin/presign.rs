//! The `presign` function: creates, settles and cancels uploads.

use crowfly_lambdas::{presign::Presign, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run(async {
        let function = Presign::from_environment()?;
        runtime::serve(|event, now| function.call(event, now)).await
    })
}
