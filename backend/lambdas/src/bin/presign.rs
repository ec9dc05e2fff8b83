//! The `presign` function: creates, signs, completes and cancels uploads.

use crowfly_lambdas::{presign::Presign, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Presign>()
}
