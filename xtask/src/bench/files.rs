//! Files of pseudo-random content on disk, written once.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use devkit::random::words;

use crate::error::Error;
use crate::{files, paths, step};

/// `count` files of `size` bytes each; existing ones are reused.
pub(super) fn ready(count: u64, size: u64) -> Result<Vec<PathBuf>, Error> {
    let folder = paths::target().join("bench/files");
    files::create(&folder)?;
    let file = |number| folder.join(format!("{size}-{number}.bin"));
    let all: Vec<PathBuf> = (0..count).map(file).collect();
    let whole = |file: &PathBuf| std::fs::metadata(file).is_ok_and(|found| found.len() == size);
    if all.iter().all(whole) {
        return Ok(all);
    }
    step::step(&format!("{count} files of {size} bytes"), || {
        for (seed, file) in (1..).zip(&all) {
            write(file, seed, size).map_err(Error::io("write a file to send"))?;
        }
        Ok(())
    })?;
    Ok(all)
}

/// Content that cannot be compressed or stored sparsely.
fn write(file: &Path, seed: u64, size: u64) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    for word in words(seed).zip(0..size / 8).map(|(word, _)| word) {
        out.write_all(&word)?;
    }
    let rest = usize::try_from(size % 8).unwrap_or_default();
    out.write_all(&[0; 8][..rest])?;
    out.flush()
}
