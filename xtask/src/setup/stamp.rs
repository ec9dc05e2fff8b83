//! Stamp files: what has been built, with a fingerprint of its inputs.

use std::path::PathBuf;

use crate::error::Error;
use crate::{files, paths, step};

/// Runs `make` as a step unless the stamp `name` already holds `fingerprint`, and every output is there.
pub(crate) fn once(
    name: &str,
    what: &str,
    fingerprint: &str,
    outputs: &[PathBuf],
    make: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let stamp = file(name);
    let same = std::fs::read_to_string(&stamp).is_ok_and(|found| found == fingerprint);
    if same && outputs.iter().all(|output| output.exists()) {
        return Ok(());
    }
    step::step(what, make)?;
    files::write(&stamp, fingerprint)
}

fn file(name: &str) -> PathBuf {
    paths::tools().join("stamps").join(name)
}
