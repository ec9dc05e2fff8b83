//! Reading and making files and folders, with errors that name them.

use std::path::{Path, PathBuf};

use devkit::paths::short;
use serde::de::DeserializeOwned;

use crate::error::Error;

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(Error::io(format!("read {}", short(file))))
}

pub(crate) fn text(file: &Path) -> Result<String, Error> {
    std::fs::read_to_string(file).map_err(Error::io(format!("read {}", short(file))))
}

/// Writes a file, in a folder that is created if missing.
pub(crate) fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<(), Error> {
    if let Some(folder) = file.parent() {
        create(folder)?;
    }
    std::fs::write(file, content).map_err(Error::io(format!("write {}", short(file))))
}

/// Reads JSON; an error says that `what` is none.
pub(crate) fn json<T: DeserializeOwned>(what: &str, text: impl AsRef<[u8]>) -> Result<T, Error> {
    serde_json::from_slice(text.as_ref())
        .map_err(|error| Error::failed(format!("{what} is not the expected JSON: {error}")))
}

/// Size of a file in bytes.
pub(crate) fn size(file: &Path) -> Result<u64, Error> {
    let about = std::fs::metadata(file);
    about
        .map(|about| about.len())
        .map_err(Error::io(format!("look at {}", short(file))))
}

/// The paths in a folder, in order.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries =
        std::fs::read_dir(folder).map_err(Error::io(format!("read {}", short(folder))))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Creates a folder and those above it, unless it exists.
pub(crate) fn create(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(Error::io(format!("create {}", short(folder))))
}

/// Creates an empty folder in place of what was there.
pub(crate) fn empty(folder: &Path) -> Result<(), Error> {
    let _ = std::fs::remove_dir_all(folder);
    create(folder)
}

/// Copies what is in a folder, with the folders below it.
pub(crate) fn copy_all(from: &Path, to: &Path) -> Result<(), Error> {
    copy_but(from, to, &[])
}

/// The same without the entries of these names.
pub(crate) fn copy_but(from: &Path, to: &Path, without: &[&str]) -> Result<(), Error> {
    create(to)?;
    for path in list(from)? {
        let Some(name) = path.file_name() else {
            continue;
        };
        if without.iter().any(|other| name == *other) {
            continue;
        }
        match path.is_dir() {
            true => copy_all(&path, &to.join(name))?,
            false => copy(&path, &to.join(name))?,
        }
    }
    Ok(())
}

/// Copies a file into a folder that is there.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::copy(from, to)
        .map(drop)
        .map_err(Error::io(format!("copy {}", short(from))))
}
