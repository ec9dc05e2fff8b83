//! The `remove` function: deletes the stored objects of their owners.

use crowfly_lambdas::{remove::Remove, runtime};

fn main() -> Result<(), runtime::Error> {
    runtime::run::<Remove>()
}
