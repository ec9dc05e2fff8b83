//! The toolchain that builds for wasm32: rustup's where available, else Debian's.
//!
//! Debian's compiler comes without a wasm32 library but with its source, in `rust-web-src`: for machines that reach a
//! package mirror but not rustup's servers.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::apt;
use crate::error::Error;
use crate::process::Cmd;
use crate::{files, paths, step};

pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// The name of Debian's toolchain in rustup:
/// <https://rust-lang.github.io/rustup/concepts/toolchains.html#custom-toolchains>.
const FALLBACK: &str = "debian";

/// Debian's compiler; rustup's stays first on `PATH`.
const DEBIANS_RUSTC: &str = "/usr/bin/rustc";
const DEBIANS_CARGO: &str = "/usr/bin/cargo";

/// Linkers for wasm32 on `PATH`, in order of preference.
const LINKERS: &str = "rust-lld wasm-ld wasm-ld-22 wasm-ld-21 wasm-ld-20 wasm-ld-19";

/// The environment of every wasm build, as `cargo xtask env` prints it.
pub(crate) type WasmEnv = Vec<(&'static str, String)>;

pub(crate) fn ready() -> Result<(), Error> {
    if find().is_some() {
        return Ok(());
    }
    let by_rustup = paths::on_path("rustup").is_some()
        && step::step("rustup target add wasm32-unknown-unknown", || {
            Cmd::new("rustup")
                .args(["target", "add", TRIPLE])
                .log("rustup-target-add")
                .succeeds()
        })?;
    if !by_rustup || find().is_none() {
        step::say("     rustup cannot install the wasm32 target; building Debian's from source");
        install_debians()?;
    }
    let no_linker = "the wasm32 target is installed, but no linker for it was found; install lld";
    find()
        .map(drop)
        .ok_or_else(|| Error::Missing(format!("{no_linker} (wasm-ld)")))
}

/// The environment for wasm builds; call [`ready`] first.
pub(crate) fn env() -> Result<WasmEnv, Error> {
    static FOUND: OnceLock<WasmEnv> = OnceLock::new();
    let missing = "the wasm32 target is missing; run `cargo xtask setup`";
    let found = FOUND.get().cloned().or_else(find);
    let found = found.ok_or_else(|| Error::Missing(missing.to_owned()))?;
    Ok(FOUND.get_or_init(|| found).clone())
}

/// The message when neither rustup nor apt provides the target.
fn cannot() -> Error {
    let rest = if paths::on_path("apt-get").is_some() && !apt::usable() {
        "apt-get needs root; run `cargo xtask setup` once as root"
    } else {
        "install it as your system does"
    };
    Error::Missing(format!(
        "the target {TRIPLE} is missing and `rustup target add {TRIPLE}` failed (see \
         target/logs/rustup-target-add.log); {rest}"
    ))
}

fn find() -> Option<WasmEnv> {
    let own = sysroot("rustc")?;
    if has_std(&own) {
        return with_linker(&own, Vec::new());
    }
    let debian = sysroot(DEBIANS_RUSTC)?;
    if !has_std(&debian) {
        return None;
    }
    let toolchain = if paths::on_path("rustup").is_some() {
        ("RUSTUP_TOOLCHAIN", FALLBACK.to_owned())
    } else {
        ("RUSTC", DEBIANS_RUSTC.to_owned())
    };
    with_linker(&own, vec![toolchain])
}

fn with_linker(own: &Path, mut variables: Vec<(&'static str, String)>) -> Option<WasmEnv> {
    let bundled = bundled_linker(own);
    if bundled.is_some() && variables.is_empty() {
        return Some(variables);
    }
    let mut names = LINKERS.split(' ');
    let linker = bundled.or_else(|| names.find_map(paths::on_path))?;
    let name = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
    variables.push((name, linker.display().to_string()));
    Some(variables)
}

fn bundled_linker(sysroot: &Path) -> Option<PathBuf> {
    let hosts = std::fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    let mut linkers = hosts.flatten().map(|host| host.path().join("bin/rust-lld"));
    linkers.find(|lld| lld.is_file())
}

/// Whether a toolchain has its standard library for wasm32.
fn has_std(sysroot: &Path) -> bool {
    let files = std::fs::read_dir(std_folder(sysroot));
    let mut files = files.into_iter().flatten().flatten();
    files.any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Where a toolchain keeps its standard library for wasm32.
fn std_folder(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TRIPLE).join("lib")
}

/// The root of the toolchain that `rustc` belongs to.
pub(super) fn sysroot(rustc: &str) -> Option<PathBuf> {
    let output = std::process::Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir(devkit::paths::root())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}

/// Installs Debian's compiler and builds the library for it.
fn install_debians() -> Result<(), Error> {
    if !apt::usable() {
        return Err(cannot());
    }
    apt::install(&["rustc-web", "cargo-web", "rust-web-src"])?;
    let sysroot = sysroot(DEBIANS_RUSTC)
        .ok_or_else(|| Error::failed("Debian's rustc was installed but does not start"))?;
    step::step("standard library for wasm32", || build_std(&sysroot))?;
    if paths::on_path("rustup").is_some() {
        let link = Cmd::new("rustup").args(["toolchain", "link", FALLBACK, "/usr"]);
        link.log("rustup-toolchain-link").run()?;
    }
    Ok(())
}

/// Builds std in an empty sysroot and copies it to where the compiler looks for it.
fn build_std(sysroot: &Path) -> Result<(), Error> {
    // Half a gigabyte that is not needed afterwards.
    let empty = paths::temporary("wasm32-std");
    let empty = empty.path();
    let manifest =
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    files::write(&empty.join("Cargo.toml"), manifest)?;
    files::write(&empty.join("src/lib.rs"), "#![no_std]\n")?;
    // wasm-bindgen-test needs `test`; link-time optimisation needs the bitcode.
    Cmd::new(DEBIANS_CARGO)
        .args(["build", "--release", "--target", TRIPLE])
        .args(["-Z", "build-std=std,panic_abort,test"])
        .env("RUSTC", DEBIANS_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", empty.join("target"))
        .env_remove("RUSTUP_TOOLCHAIN")
        .dir(empty)
        .log("wasm32-std")
        .run()?;
    let made = empty.join("target").join(TRIPLE).join("release/deps");
    copy_libraries(&made, &std_folder(sysroot))
}

fn copy_libraries(from: &Path, to: &Path) -> Result<(), Error> {
    files::create(to)?;
    for file in files::list(from)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            files::copy(&file, &to.join(&*name))?;
        }
    }
    Ok(())
}

/// Whether the toolchain has the source of the standard library, with which the published module is built; rustup is
/// asked once to install it.
///
/// Debian's toolchain includes it. Without it the precompiled library is used, which is optimised for speed and
/// contains panic messages.
pub(crate) fn has_source() -> bool {
    if source_is_there() {
        return true;
    }
    // A failure shows in the check below.
    let _ = paths::on_path("rustup").is_some()
        && Cmd::new("rustup")
            .args(["component", "add", "rust-src"])
            .log("rustup-rust-src")
            .succeeds()
            .unwrap_or(false);
    source_is_there()
}

fn source_is_there() -> bool {
    let variables = env().unwrap_or_default();
    let debians = variables
        .iter()
        .any(|(name, _)| ["RUSTC", "RUSTUP_TOOLCHAIN"].contains(name));
    sysroot(if debians { DEBIANS_RUSTC } else { "rustc" })
        .is_some_and(|root| root.join("lib/rustlib/src/rust/library/std").is_dir())
}
