//! The wasm32 standard library from Debian's `rust-web-src`, for machines that reach a package mirror but
//! not rustup's servers. Debian's compiler comes without a wasm32 library but with its source.

use std::path::Path;

use super::apt;
use super::wasm_target::{self, TRIPLE};
use crate::error::Error;
use crate::process::Cmd;
use crate::{files, paths, step};

/// Debian's compiler; rustup's stays first on `PATH`.
pub(crate) const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Installs Debian's compiler and builds the library for it.
pub(crate) fn install() -> Result<(), Error> {
    if !apt::usable() {
        return Err(wasm_target::cannot());
    }
    apt::install(&["rustc-web", "cargo-web", "rust-web-src"])?;
    let sysroot = wasm_target::sysroot(RUSTC)
        .ok_or_else(|| Error::failed("Debian's rustc was installed but does not start"))?;
    step::step("standard library for wasm32", || build(&sysroot))?;
    if paths::on_path("rustup").is_some() {
        Cmd::new("rustup")
            .args(["toolchain", "link", wasm_target::FALLBACK, "/usr"])
            .log("rustup-toolchain-link")
            .run()?;
    }
    Ok(())
}

/// Builds std in an empty sysroot and copies it to where the compiler looks for it.
fn build(sysroot: &Path) -> Result<(), Error> {
    let empty = paths::tools().join("wasm32-std");
    let made = create(&empty).and_then(|()| {
        // wasm-bindgen-test needs `test`; link-time optimisation needs the bitcode.
        Cmd::new(CARGO)
            .args(["build", "--release", "--target", TRIPLE])
            .args(["-Z", "build-std=std,panic_abort,test"])
            .env("RUSTC", RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("CARGO_TARGET_DIR", empty.join("target"))
            .env_remove("RUSTUP_TOOLCHAIN")
            .dir(&empty)
            .log("wasm32-std")
            .run()?;
        copy(
            &empty.join("target").join(TRIPLE).join("release/deps"),
            &wasm_target::std_folder(sysroot),
        )
    });
    // Half a gigabyte that is no longer needed.
    let _ = std::fs::remove_dir_all(&empty);
    made
}

fn create(folder: &Path) -> Result<(), Error> {
    let what = format!("create {}", paths::short(folder));
    let manifest =
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    std::fs::create_dir_all(folder.join("src"))
        .and_then(|()| std::fs::write(folder.join("Cargo.toml"), manifest))
        .and_then(|()| std::fs::write(folder.join("src/lib.rs"), "#![no_std]\n"))
        .map_err(Error::io(what))
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    files::create(to)?;
    for file in files::list(from)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            files::copy(&file, &to.join(&*name))?;
        }
    }
    Ok(())
}
