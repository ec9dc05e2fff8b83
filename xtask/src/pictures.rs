//! The pictures of the documentation: taken by the tests of the demo page, made small by Pillow.

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::python;
use crate::{paths, step, test};

/// Takes them and writes them to `docs/pictures`.
pub(crate) fn run() -> Result<(), Error> {
    let python = python::pictures()?.join("python");
    test::pictures()?;
    let sizes = step::step("docs/pictures", || {
        Cmd::new(python)
            .arg(paths::root().join("xtask/pictures/encode.py"))
            .arg(paths::target().join("pictures"))
            .arg(paths::root().join("docs/pictures"))
            .log("pictures")
            .output()
    })?;
    step::quote(sizes.lines());
    Ok(())
}
