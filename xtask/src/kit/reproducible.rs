//! Two builds of one commit, in two folders: are their functions equal, byte for byte?

use std::path::{Path, PathBuf};

use devkit::hash::sha256_hex;

use super::pack;
use crate::error::Error;
use crate::lambdas::{self, BINS};
use crate::local::architecture;
use crate::process::Cmd;
use crate::{files, paths, step};

/// Builds the functions of the latest commit for this machine's processor twice, each in a folder of its own with a
/// `target` of its own, and packs them as the kit does.
///
/// # Errors
/// If a function's binary or zip differs.
pub(crate) fn compare() -> Result<(), Error> {
    let folder = paths::target().join("reproducible");
    files::empty(&folder)?;
    // Folders of different length, since a path may be part of a binary.
    let [one, other] = ["one", "another-folder"].map(|name| built(&folder.join(name)));
    let (one, other) = (one?, other?);
    for (bin, (left, right)) in BINS.iter().zip(one.iter().zip(&other)) {
        for (what, left, right) in [
            ("binary", &left.binary, &right.binary),
            ("zip", &left.zip, &right.zip),
        ] {
            let [left, right] = [files::read(left)?, files::read(right)?];
            if left != right {
                return Err(Error::failed(differing(bin, what, &left, &right)));
            }
        }
        let sum = sha256_hex(&files::read(&left.zip)?);
        step::say(&format!("{bin:<8} {sum}, twice\n"));
    }
    Ok(())
}

struct Function {
    binary: PathBuf,
    zip: PathBuf,
}

/// The functions of the latest commit, built in this folder.
fn built(folder: &Path) -> Result<Vec<Function>, Error> {
    files::create(folder)?;
    let tar = folder.join("source.tar");
    Cmd::new("git")
        .words("archive --format=tar --output")
        .arg(&tar)
        .arg("HEAD")
        .log("git-archive")
        .run()?;
    Cmd::new("tar")
        .arg("-xf")
        .arg(&tar)
        .arg("-C")
        .arg(folder)
        .run()?;
    let what = format!("functions in {}", paths::short(folder));
    let out = folder.join("functions");
    step::step(&what, || lambdas::release_of(folder, architecture(), &out))?;
    let each = BINS.iter().map(|bin| {
        let of = out.join(bin);
        let (packed, zip) = (of.join("bootstrap.zip"), of.join("function.zip"));
        pack("function", &[&packed, &zip, Path::new(architecture())])?;
        Cmd::new("python3")
            .args(["-m", "zipfile", "-e"])
            .args([&zip, &of])
            .log("unzip")
            .run()?;
        let binary = of.join("bootstrap");
        Ok(Function { binary, zip })
    });
    each.collect()
}

fn differing(bin: &str, what: &str, left: &[u8], right: &[u8]) -> String {
    let at = left
        .iter()
        .zip(right)
        .position(|(left, right)| left != right);
    let (one, other) = (left.len(), right.len());
    let at = at.map_or("the end".to_owned(), |at| format!("byte {at}"));
    format!(
        "two builds of {bin} differ: their {what} at {at} ({one} and {other} bytes); both are in target/reproducible"
    )
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn a_difference_is_located() {
        let text = differing("presign", "zip", b"abc", b"abd");
        assert!(text.contains("byte 2 (3 and 3 bytes)"), "{text}");
        let text = differing("presign", "zip", b"abc", b"abcd");
        assert!(text.contains("the end (3 and 4 bytes)"), "{text}");
    }
}
