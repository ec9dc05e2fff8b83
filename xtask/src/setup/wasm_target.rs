//! The toolchain that builds for wasm32: rustup's where available, else Debian's.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{apt, debian_std};
use crate::error::Error;
use crate::process::Cmd;
use crate::{paths, step};

/// The target triple of the browser module.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// The name of Debian's toolchain in rustup:
/// <https://rust-lang.github.io/rustup/concepts/toolchains.html#custom-toolchains>.
pub(crate) const FALLBACK: &str = "debian";

/// The environment of every wasm build, as `cargo xtask env` prints it. Call [`ready`] first.
#[derive(Debug, Clone)]
pub(crate) struct WasmEnv {
    /// Names and values to set.
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// Installs the target.
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
        step::say(
            "     rustup cannot install the wasm32 target; building one from Debian's sources",
        );
        debian_std::install()?;
    }
    match find() {
        Some(_) => Ok(()),
        None => Err(Error::Missing(
            "the wasm32 target is installed, but no linker for it was found; install lld (wasm-ld)"
                .to_owned(),
        )),
    }
}

/// The environment for wasm builds.
pub(crate) fn env() -> Result<WasmEnv, Error> {
    static FOUND: OnceLock<WasmEnv> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let found = find().ok_or_else(|| {
        Error::Missing("the wasm32 target is missing; run `cargo xtask setup`".to_owned())
    })?;
    Ok(FOUND.get_or_init(|| found).clone())
}

/// The message when neither rustup nor apt provides the target.
pub(crate) fn cannot() -> Error {
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
    let debian = sysroot(debian_std::RUSTC)?;
    if !has_std(&debian) {
        return None;
    }
    let toolchain = if paths::on_path("rustup").is_some() {
        ("RUSTUP_TOOLCHAIN", FALLBACK.to_owned())
    } else {
        ("RUSTC", debian_std::RUSTC.to_owned())
    };
    with_linker(&own, vec![toolchain])
}

fn with_linker(own: &Path, mut variables: Vec<(&'static str, String)>) -> Option<WasmEnv> {
    let bundled = bundled_linker(own);
    if bundled.is_some() && variables.is_empty() {
        return Some(WasmEnv { variables });
    }
    let linker = bundled.or_else(|| {
        [
            "rust-lld",
            "wasm-ld",
            "wasm-ld-22",
            "wasm-ld-21",
            "wasm-ld-20",
            "wasm-ld-19",
        ]
        .iter()
        .find_map(|name| paths::on_path(name))
    })?;
    let name = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
    variables.push((name, linker.display().to_string()));
    Some(WasmEnv { variables })
}

fn bundled_linker(sysroot: &Path) -> Option<PathBuf> {
    let hosts = std::fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    hosts
        .filter_map(Result::ok)
        .map(|host| host.path().join("bin/rust-lld"))
        .find(|lld| lld.is_file())
}

/// Whether a toolchain has its standard library for wasm32.
pub(crate) fn has_std(sysroot: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(std_folder(sysroot)) else {
        return false;
    };
    files
        .filter_map(Result::ok)
        .any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Where a toolchain keeps its standard library for wasm32.
pub(crate) fn std_folder(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TRIPLE).join("lib")
}

/// The root of the toolchain that `rustc` belongs to.
pub(crate) fn sysroot(rustc: &str) -> Option<PathBuf> {
    let output = std::process::Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir(devkit::paths::root())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}
