//! The WebAssembly module and its glue.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::{node, std_source, wasm_target};
use crate::{paths, wasm};

const PROFILE: &str = "wasm-release";

/// What the compiler may have used; wasm-opt wants each named.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What builds the standard library with the module, for size: it is optimised as the module is, a panic is
/// a trap without a text, and no place in a source file is named. Measured: a tenth of the compressed module.
const SMALL_STD: &[&str] = &[
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
];
///
/// Without reference types the values of JavaScript are kept in a list of the glue, in place of a table that each
/// call across the boundary reads and writes by code of the module.
const SMALL_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none -Ctarget-feature=-reference-types -Cllvm-args=-enable-gvn-hoist -Cllvm-args=-enable-gvn-sink";

/// Compiles the crate and hands back the raw module.
pub(super) fn compile() -> Result<PathBuf, Error> {
    let mut cargo = wasm::cmd("cargo")?
        .args([
            "build",
            "--package",
            "crowfly",
            "--lib",
            "--profile",
            PROFILE,
        ])
        .args(["--target", wasm_target::TRIPLE]);
    if std_source::ready() {
        // The variable lets a stable compiler take options that are still unstable.
        cargo = cargo
            .args(SMALL_STD)
            .env("RUSTFLAGS", SMALL_FLAGS)
            .env("RUSTC_BOOTSTRAP", "1");
    }
    cargo.log("browser-module").run()?;
    let file = raw();
    if file.is_file() {
        return Ok(file);
    }
    Err(Error::failed(format!(
        "the build left no {}",
        paths::short(&file)
    )))
}

/// The module as the compiler leaves it, with the names of its functions.
pub(super) fn raw() -> PathBuf {
    paths::cargo_target()
        .join(wasm_target::TRIPLE)
        .join(PROFILE)
        .join("crowfly.wasm")
}

/// Makes the glue `crowfly.js` and the optimised `crowfly_bg.wasm` in [`glue`].
pub(super) fn bind(raw: &Path) -> Result<(), Error> {
    let out = glue();
    super::empty(&out)?;
    wasm::cmd("wasm-bindgen")?
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--out-name",
            "crowfly",
        ])
        .args(["--remove-name-section", "--remove-producers-section"])
        .arg("--out-dir")
        .arg(&out)
        .arg(raw)
        .log("wasm-bindgen")
        .run()?;
    let module = out.join("crowfly_bg.wasm");
    let small = out.join("crowfly_bg.opt.wasm");
    Cmd::new(node::tool("wasm-opt"))
        // Measured in gzip: -Oz stores up to a tenth less, but what travels weighs more, because it renumbers
        // the locals that LLVM had numbered alike; and inlining repeats code.
        .args([
            "--flexible-inline-max-function-size=0",
            "--one-caller-inline-max-function-size=0",
            "--always-inline-max-function-size=4",
            "-O2",
            "-s",
            "1",
            "--dae-optimizing",
            "--converge",
            "--rse",
            "--vacuum",
            "--strip-debug",
            "--strip-target-features",
        ])
        .args(FEATURES)
        .arg(&module)
        .arg("-o")
        .arg(&small)
        .log("wasm-opt")
        .run()?;
    std::fs::rename(&small, &module)
        .map_err(Error::io("replace the module by its optimised form"))?;
    Cmd::new("node")
        .arg(recipes().join("order.mjs"))
        .arg(&module)
        .log("order")
        .run()?;
    Cmd::new("node")
        .arg(recipes().join("shorten.mjs"))
        .arg(&module)
        .arg(out.join("crowfly.js"))
        .log("shorten")
        .run()
}

/// `client-wasm/build/`: what is done to module and glue besides.
pub(super) fn recipes() -> PathBuf {
    paths::root().join("client-wasm/build")
}

/// `target/npm/glue/`.
pub(super) fn glue() -> PathBuf {
    paths::target().join("npm").join("glue")
}
