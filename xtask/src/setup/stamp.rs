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
    if is(name, fingerprint) {
        return Ok(());
    }
    step::step(what, make)?;
    write(name, fingerprint)
}

pub(crate) fn forget(name: &str) {
    let _ = std::fs::remove_file(file(name));
}

fn is(name: &str, fingerprint: &str) -> bool {
    std::fs::read_to_string(file(name)).is_ok_and(|found| found == fingerprint)
}

fn write(name: &str, fingerprint: &str) -> Result<(), Error> {
    let file = file(name);
    if let Some(folder) = file.parent() {
        files::create(folder)?;
    }
    let what = format!("write {}", paths::short(&file));
    std::fs::write(&file, fingerprint).map_err(Error::io(what))
}

fn file(name: &str) -> PathBuf {
    paths::tools().join("stamps").join(name)
}
