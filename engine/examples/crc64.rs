//! Measures CRC64NVME: `cargo run --release -p crowfly-engine --example crc64`.

use std::time::Instant;

use crowfly_engine::crc64::Crc64;

fn main() {
    let bytes: Vec<u8> = (0..64u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let started = Instant::now();
    let mut crc = Crc64::new();
    println!("tables: {:?}", started.elapsed());
    let started = Instant::now();
    for chunk in bytes.chunks(1 << 20).cycle().take(512) {
        crc.update(chunk);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{:.2} GiB/s ({})", 0.5 / seconds, crc.value());
}
