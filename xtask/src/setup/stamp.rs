//! Stamp files: what has been built, with a fingerprint of its inputs.

use std::path::PathBuf;

use crate::error::Error;
use crate::{files, paths, step};

/// Runs `make` as a step unless the stamp `name` already holds `fingerprint`.
pub(crate) fn once(
    name: &str,
    what: &str,
    fingerprint: &str,
    make: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let stamp = file(name);
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == fingerprint) {
        return Ok(());
    }
    step::step(what, make)?;
    files::write(&stamp, fingerprint)
}

pub(crate) fn forget(name: &str) {
    let _ = std::fs::remove_file(file(name));
}

fn file(name: &str) -> PathBuf {
    paths::tools().join("stamps").join(name)
}
