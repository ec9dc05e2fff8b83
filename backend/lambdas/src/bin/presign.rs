//! The `presign` function: creates, settles and cancels uploads.

use crowfly_lambdas::{presign::Presign, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Presign>()
}
