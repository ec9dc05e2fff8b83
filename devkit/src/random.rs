//! Randomness: what must not be guessed, and content that is the same for the same seed.

use std::fs::File;
use std::io::{self, Read};

use data_encoding::HEXLOWER;

/// Fills `bytes` from the operating system.
///
/// # Errors
/// When it has no randomness.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    File::open("/dev/urandom")?.read_exact(bytes)
}

/// `bytes` random bytes in hexadecimal.
///
/// # Panics
/// When the system has no randomness.
pub fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    fill(&mut random).expect("randomness");
    HEXLOWER.encode(&random)
}

/// Words of incompressible content, the same for the same `seed` (xorshift64*):
/// <https://doi.org/10.18637/jss.v008.i14>.
pub fn words(seed: u64) -> impl Iterator<Item = [u8; 8]> {
    let mut state = seed | 1;
    std::iter::repeat_with(move || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    })
}

/// `size` bytes of [`words`].
pub fn content(seed: u64, size: usize) -> Vec<u8> {
    let mut out: Vec<u8> = words(seed).take(size.div_ceil(8)).flatten().collect();
    out.truncate(size);
    out
}
