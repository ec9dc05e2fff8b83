//! Test files with known content and awkward names.

use std::path::PathBuf;

use devkit::hash::sha256_hex;
use devkit::paths::temporary;
use devkit::random::{content, fill};
use tempfile::TempDir;

/// One mebibyte.
pub const MIB: usize = 1024 * 1024;

/// A file on disk that a browser can pick; removed when dropped.
#[derive(Debug)]
pub struct TestFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name as the browser reports it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    _folder: TempDir,
}

impl TestFile {
    /// Writes `size` random bytes as `name`, in a folder of its own.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn new(name: &str, size: usize) -> Self {
        let mut seed = [0; 8];
        fill(&mut seed).expect("randomness");
        Self::of(name, &content(u64::from_le_bytes(seed), size))
    }

    /// Writes these bytes as `name`, in a folder of its own.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let folder = temporary("files");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        Self {
            path,
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            _folder: folder,
        }
    }

    /// A sparse file of `size` zero bytes, which takes no disk space; `bytes` stays empty.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn sparse(name: &str, size: u64) -> Self {
        let file = Self::new(name, 0);
        let opened = std::fs::File::options().write(true).open(&file.path);
        opened
            .and_then(|file| file.set_len(size))
            .unwrap_or_else(|error| panic!("cannot stretch {}: {error}", file.path.display()));
        file
    }

    /// SHA-256 of the content, in hexadecimal.
    pub fn sha256(&self) -> String {
        sha256_hex(&self.bytes)
    }
}

/// The same content as the test pages make from these arguments: `size` bytes of xorshift32 from `seed`,
/// words in little-endian order.
pub fn page_content(seed: u32, size: usize) -> Vec<u8> {
    let mut state = seed.max(1);
    let mut out = Vec::with_capacity(size + 4);
    while out.len() < size {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(size);
    out
}
