//! The package's files: minified JavaScript, everything else as it is.

use std::path::Path;

use super::{module, source, tarball};
use crate::error::Error;
use crate::paths;
use crate::process::Cmd;
use crate::setup::node;

/// Fills the package's folder.
pub(super) fn assemble(package: &Path) -> Result<(), Error> {
    let listed = tarball::listed_in(&source())?;
    let what = "copy the package's files";
    for entry in std::fs::read_dir(source())
        .map_err(Error::io(what))?
        .flatten()
    {
        let (from, name) = (
            entry.path(),
            entry.file_name().to_string_lossy().into_owned(),
        );
        let to = package.join(&name);
        if !listed.contains(&name) {
            // Needed by developers of the package, not by its users.
            continue;
        }
        if name == "start.js" {
            start(&to)?;
        } else if name.ends_with(".js") {
            minify(&from, &to, &[])?;
        } else {
            copy(&from, &to)?;
        }
    }
    copy(
        &module::glue().join("crowfly_bg.wasm"),
        &package.join("crowfly_bg.wasm"),
    )?;
    for text in tarball::texts() {
        if let Some(name) = text.file_name() {
            copy(&text, &package.join(name))?;
        }
    }
    inline(package)
}

/// `start.js`, the glue and all that they import as one file, as it is one download. What of the glue nobody calls is
/// left out.
fn start(to: &Path) -> Result<(), Error> {
    let folder = module::glue();
    for entry in std::fs::read_dir(source())
        .map_err(Error::io("read the package's files"))?
        .flatten()
    {
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "js")
        {
            copy(&entry.path(), &folder.join(entry.file_name()))?;
        }
    }
    // Names of the glue that only the glue uses.
    let own = "--mangle-props=^_+(wbg|wrap|destroy)";
    minify(&folder.join("start.js"), to, &["--bundle", own])
}

/// One file, minified; its imports stay as they are, unless `more` says otherwise.
fn minify(from: &Path, to: &Path, more: &[&str]) -> Result<(), Error> {
    Cmd::new(node::tool("esbuild"))
        .arg(from)
        .args([
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--charset=utf8",
        ])
        .args(["--legal-comments=none", "--log-level=warning"])
        .args(more)
        .arg(format!("--outfile={}", to.display()))
        .log("esbuild")
        .run()
}

/// The module and the worker as text, for the entry `crowfly/inline`.
fn inline(package: &Path) -> Result<(), Error> {
    let read = |name: &str| {
        let what = format!("read {name} of the package");
        std::fs::read(package.join(name)).map_err(Error::io(what))
    };
    let wasm = base64(&read("crowfly_bg.wasm")?);
    let worker = String::from_utf8_lossy(&read("worker.js")?).into_owned();
    let worker = serde_json::Value::from(worker);
    let text = format!("export const wasm=\"{wasm}\";export const worker={worker};\n");
    std::fs::write(package.join("inline-data.js"), text).map_err(Error::io("write inline-data.js"))
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::copy(from, to)
        .map(drop)
        .map_err(Error::io(format!("copy {}", paths::short(from))))
}

/// Base64 with padding (<https://www.rfc-editor.org/rfc/rfc4648#section-4>).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = [0_u8; 3];
        three
            .iter_mut()
            .zip(chunk)
            .for_each(|(to, from)| *to = *from);
        let word = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            if place <= chunk.len() {
                let index = (word >> (18 - 6 * place)) & 63;
                text.push(char::from(DIGITS[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let known = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ];
        for (length, text) in known.iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), *text);
        }
        assert_eq!(base64(&[0xff, 0xef, 0xfe]), "/+/+");
    }
}
