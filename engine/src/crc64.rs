//! CRC64NVME, the checksum that S3 computes over a whole object.
//!
//! Reflected polynomial `0x9a6c9329ac4bc9b5`, initial value and final inversion all ones; the check value
//! of `123456789` is `ae8b14860a799888` (NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4;
//! "CRC-64/NVME" in <https://reveng.sourceforge.io/crc-catalogue/17plus.htm>).
//!
//! The tables are computed when a [`Crc64`] is made, in microseconds, so that they add nothing to the published
//! module.

use crowfly_contract::Crc64Nvme;

const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;

/// Bytes per step of the slicing-by-N loop, with one table of 2 KiB each.
const STRIDE: usize = 16;

type Tables = [[u64; 256]; STRIDE];

/// A running checksum with its tables. Make one and [`reset`](Self::reset) it between files.
#[derive(Clone)]
pub struct Crc64 {
    tables: Box<Tables>,
    register: u64,
}

impl std::fmt::Debug for Crc64 {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Crc64")
    }
}

impl Default for Crc64 {
    fn default() -> Self {
        Self::new()
    }
}

impl Crc64 {
    /// The checksum of no bytes, with its tables.
    #[must_use]
    pub fn new() -> Self {
        let mut tables = Box::new([[0u64; 256]; STRIDE]);
        let mut previous = [0u64; 256];
        for (byte, slot) in (0u64..).zip(previous.iter_mut()) {
            *slot = shift(byte);
        }
        let first = previous;
        for table in tables.iter_mut() {
            *table = previous;
            for slot in previous.iter_mut() {
                *slot = step(&first, *slot, 0);
            }
        }
        Self {
            tables,
            register: !0,
        }
    }

    /// Resets to the checksum of no bytes.
    pub fn reset(&mut self) {
        self.register = !0;
    }

    /// Appends bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let tables = &*self.tables;
        let mut register = self.register;
        let (strides, rest) = bytes.as_chunks::<STRIDE>();
        for stride in strides {
            register = stride_step(tables, register, stride);
        }
        let [first, ..] = tables;
        for &byte in rest {
            register = step(first, register, byte);
        }
        self.register = register;
    }

    /// The checksum of all bytes since the start or the last reset.
    #[must_use]
    pub fn value(&self) -> Crc64Nvme {
        Crc64Nvme::new(!self.register)
    }
}

/// One byte through the first table. A `u8` index into a table of 256 is never out of bounds.
#[inline(always)]
fn step(first: &[u64; 256], register: u64, byte: u8) -> u64 {
    at(first, register ^ u64::from(byte)) ^ (register >> 8)
}

#[inline(always)]
fn at(table: &[u64; 256], word: u64) -> u64 {
    #[expect(
        clippy::indexing_slicing,
        reason = "a masked byte cannot leave a table of 256"
    )]
    table[(word & 0xff) as usize]
}

#[inline(always)]
fn stride_step(tables: &Tables, register: u64, stride: &[u8; STRIDE]) -> u64 {
    let [
        t0,
        t1,
        t2,
        t3,
        t4,
        t5,
        t6,
        t7,
        t8,
        t9,
        ta,
        tb,
        tc,
        td,
        te,
        tf,
    ] = tables;
    let [
        a0,
        a1,
        a2,
        a3,
        a4,
        a5,
        a6,
        a7,
        b0,
        b1,
        b2,
        b3,
        b4,
        b5,
        b6,
        b7,
    ] = *stride;
    let a = u64::from_le_bytes([a0, a1, a2, a3, a4, a5, a6, a7]) ^ register;
    let b = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7]);
    let low = at(tf, a) ^ at(te, a >> 8) ^ at(td, a >> 16) ^ at(tc, a >> 24);
    let high = at(tb, a >> 32) ^ at(ta, a >> 40) ^ at(t9, a >> 48) ^ at(t8, a >> 56);
    let next = at(t7, b) ^ at(t6, b >> 8) ^ at(t5, b >> 16) ^ at(t4, b >> 24);
    let last = at(t3, b >> 32) ^ at(t2, b >> 40) ^ at(t1, b >> 48) ^ at(t0, b >> 56);
    (low ^ high) ^ (next ^ last)
}

/// Eight zero bits through the register.
fn shift(mut register: u64) -> u64 {
    for _ in 0..8 {
        register = times_x(register);
    }
    register
}

/// One zero bit through the register: times x, modulo the polynomial (bits are reflected).
fn times_x(register: u64) -> u64 {
    (register >> 1) ^ (POLYNOMIAL & (register & 1).wrapping_neg())
}

/// The checksum of A followed by B, from the checksums of both and the length of B in bytes.
///
/// The number of steps is logarithmic in the length.
#[must_use]
pub fn combine(a: Crc64Nvme, b: Crc64Nvme, len_b: u64) -> Crc64Nvme {
    Appender::default().append(a, b, len_b)
}

/// Combines the checksums of many consecutive ranges. Ranges of equal length, such as parts, cost one
/// multiplication each.
#[derive(Debug, Default)]
pub struct Appender {
    /// The last length, and the factor for appending that many zero bytes.
    last: Option<(u64, u64)>,
}

impl Appender {
    /// As [`combine`].
    pub fn append(&mut self, a: Crc64Nvme, b: Crc64Nvme, len_b: u64) -> Crc64Nvme {
        let power = match self.last {
            Some((len, power)) if len == len_b => power,
            _ => zeros(len_b),
        };
        self.last = Some((len_b, power));
        // The final inversions of A and B cancel out.
        Crc64Nvme::new(multiply(a.value(), power) ^ b.value())
    }
}

/// x^(8n): the factor for appending n zero bytes.
fn zeros(mut left: u64) -> u64 {
    let mut power = 1u64 << 63; // x^0 in reflected bits
    let mut square = 1u64 << (63 - 8); // x^8
    while left > 0 {
        if left & 1 == 1 {
            power = multiply(power, square);
        }
        square = multiply(square, square);
        left >>= 1;
    }
    power
}

/// The product of two polynomials modulo the CRC's, bits reflected.
fn multiply(mut a: u64, b: u64) -> u64 {
    let mut product = 0;
    for bit in (0..64).rev() {
        product ^= a & (b >> bit & 1).wrapping_neg();
        a = times_x(a);
    }
    product
}
