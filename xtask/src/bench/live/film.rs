//! What the camera of the benchmarks shows: a picture with so much noise in it that an encoder needs all the bits that it
//! is given.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use devkit::random::words;

use crate::error::Error;
use crate::{files, paths, step};

/// Pixels; `xtask/bench/live.js` asks for the same.
const WIDTH: usize = 640;
const HEIGHT: usize = 480;
/// Two seconds, which Chromium repeats.
const FRAMES: usize = 50;
/// Noise, in steps of brightness.
const NOISE: u8 = 32;

/// The film, in a form that Chromium's camera takes: <https://wiki.multimedia.cx/index.php/YUV4MPEG2>.
pub(super) fn ready() -> Result<PathBuf, Error> {
    let file = paths::target().join("bench/files/camera.y4m");
    if file.is_file() {
        return Ok(file);
    }
    if let Some(folder) = file.parent() {
        files::create(folder)?;
    }
    step::step("a film for the camera", || {
        let unfinished = file.with_extension("part");
        write(&unfinished).map_err(Error::io("write a film"))?;
        std::fs::rename(&unfinished, &file).map_err(Error::io("name a film"))
    })?;
    Ok(file)
}

fn write(file: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    writeln!(out, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 Ip A1:1 C420jpeg")?;
    let mut noise = words(1).flatten();
    for frame in 0..FRAMES {
        writeln!(out, "FRAME")?;
        let pixels = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| x + y));
        // A slope that moves.
        let slope = pixels.map(|at| (at + 8 * frame) / 8 % 192);
        let slope = slope.filter_map(|at| u8::try_from(at).ok());
        let luma: Vec<u8> = slope
            .zip(&mut noise)
            .map(|(at, noise)| 16 + at + noise % NOISE)
            .collect();
        out.write_all(&luma)?;
        out.write_all(&vec![128; WIDTH * HEIGHT / 2])?;
    }
    out.flush()
}
