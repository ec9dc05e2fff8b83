//! The WebAssembly module and its glue, in two builds.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::{node, wasm_target};
use crate::{files, paths, wasm};

const PROFILE: &str = "wasm-release";

/// The WebAssembly features that the compiler may use; wasm-opt requires each by name.
const FEATURES: &str = "--enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
                        --enable-mutable-globals --enable-reference-types --enable-multivalue";

/// Builds the standard library together with the module
/// (<https://doc.rust-lang.org/cargo/reference/unstable.html#build-std>) and optimises it alike; a panic is a trap
/// without a message, and no source location is kept. Measured: this saves a tenth of the compressed module.
const SMALL_STD: &str = "-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size";
/// Without reference types, JavaScript values are kept in a list in the glue, instead of a table that the module's
/// code reads and writes at each call across the boundary. Behind half a MiB of stack instead of one, the addresses of
/// data have three bytes instead of four. LLVM's partial redundancy elimination copies expressions.
const SMALL_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none \
                           -Ctarget-feature=-reference-types -Clink-arg=-zstack-size=524288 \
                           -Cllvm-args=-enable-gvn-hoist -Cllvm-args=-enable-pre=false \
                           -Cllvm-args=-inline-threshold=0 -Cllvm-args=-simplifycfg-sink-common=false";

/// What the browser crate is built as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Build {
    /// The client of `crowfly`.
    Client,
    /// The client of `crowfly/live`: the same with live uploads.
    Live,
}

impl Build {
    pub(super) const ALL: [Self; 2] = [Self::Client, Self::Live];

    /// The module's file in the package.
    pub(super) const fn module(self) -> &'static str {
        match self {
            Self::Client => "crowfly_bg.wasm",
            Self::Live => "live-crowfly_bg.wasm",
        }
    }

    /// As the compiler writes it.
    pub(super) fn raw(self) -> PathBuf {
        out(&self.target()).join("crowfly.wasm")
    }

    /// The compiler's folder. Each build has its own: a module's file has the same name whatever its features, so that
    /// cargo would make it anew each time another one is asked for.
    fn target(self) -> PathBuf {
        let target = paths::cargo_target();
        match self {
            Self::Client => target,
            Self::Live => target.join("live"),
        }
    }

    /// The folder of its glue, `crowfly.js` and `crowfly_bg.wasm`.
    pub(super) fn glue(self) -> PathBuf {
        self.file("glue", "glue-live")
    }

    /// The optimised module with the names of its functions, which `order.mjs` removes from the published one.
    pub(super) fn named(self) -> PathBuf {
        self.file("named.wasm", "named-live.wasm")
    }

    /// The module with its functions in order, whose local variables still have the numbers by which the order knows them.
    pub(super) fn ordered(self) -> PathBuf {
        self.file("ordered.wasm", "ordered-live.wasm")
    }

    fn file(self, client: &str, live: &str) -> PathBuf {
        let name = match self {
            Self::Client => client,
            Self::Live => live,
        };
        paths::target().join("npm").join(name)
    }
}

/// Compiles the crate in both builds, and the doctor's.
pub(super) fn compile() -> Result<(), Error> {
    compile_crate("crowfly-doctor", Build::Client, &[])?;
    compile_crate("crowfly", Build::Client, &[])?;
    compile_crate("crowfly", Build::Live, &["--features", "live"])
}

/// Compiles one crate as a module alone: cargo leaves out link-time optimisation, without a word, of a crate that is a
/// library for other crates at the same time. <https://github.com/rust-lang/cargo/issues/9672>
fn compile_crate(name: &str, build: Build, features: &[&str]) -> Result<(), Error> {
    let mut cargo = wasm::cmd("cargo")?
        .words("rustc --lib --crate-type cdylib --package")
        .args([name, "--profile", PROFILE, "--target", wasm_target::TRIPLE])
        .args(features)
        .arg("--target-dir")
        .arg(build.target());
    if wasm_target::has_source() {
        // Lets a stable compiler accept unstable options.
        cargo = cargo
            .words(SMALL_STD)
            .env("RUSTFLAGS", SMALL_FLAGS)
            .env("RUSTC_BOOTSTRAP", "1");
    }
    cargo.log("browser-module").run()
}

/// Where the compiler writes modules.
fn out(target: &Path) -> PathBuf {
    target.join(wasm_target::TRIPLE).join(PROFILE)
}

/// The module of the doctor as the compiler writes it.
pub(super) fn raw_doctor() -> PathBuf {
    out(&Build::Client.target()).join("crowfly_doctor.wasm")
}

/// Generates the glue `crowfly.js` and the optimised `crowfly_bg.wasm` of a build.
pub(super) fn bind(build: Build) -> Result<(), Error> {
    let out = build.glue();
    files::empty(&out)?;
    let module = bindings(&build.raw(), &out, "crowfly")?;
    let prune = Cmd::new("node").arg(recipes().join("prune.mjs"));
    prune.arg(&module).log("prune").run()?;
    let small = out.join("crowfly_bg.opt.wasm");
    Cmd::new(node::tool("wasm-opt"))
        // Measured in gzip: -Oz makes the file up to a tenth smaller but its compressed size larger, because it renumbers
        // the locals that LLVM had numbered alike; and inlining duplicates code.
        .words("--flexible-inline-max-function-size=0")
        .words("--one-caller-inline-max-function-size=30")
        .words("--always-inline-max-function-size=4 -O2 -s 1")
        // Constants move into the offsets of loads and stores. That would be wrong only for an address that wraps around
        // into the first KiB of memory, which is the far end of the stack.
        .words("--low-memory-unused --optimize-added-constants-propagate")
        .words("--gufa-optimizing --code-folding --dae-optimizing")
        .words("--converge --rse --vacuum --debuginfo --strip-target-features")
        .words(FEATURES)
        .arg(&module)
        .arg("-o")
        .arg(&small)
        .log("wasm-opt")
        .run()?;
    files::copy(&small, &build.named())?;
    std::fs::rename(&small, &module)
        .map_err(Error::io("replace the module by its optimised form"))?;
    let script = out.join("crowfly.js");
    extend(&script)?;
    let shorten = Cmd::new("node").arg(recipes().join("shorten.mjs"));
    shorten.arg(&module).arg(script).log("shorten").run()?;
    order(&module).log("order").run()?;
    files::copy(&module, &build.ordered())?;
    let renumber = Cmd::new("node").arg(recipes().join("locals.mjs"));
    renumber.arg(module).log("locals").run()
}

fn order(module: &Path) -> Cmd {
    let recipe = Cmd::new("node").arg(recipes().join("order.mjs"));
    recipe.arg(module).arg(recipes().join("order.txt"))
}

/// Looks for an order of the module's functions that compresses better, and keeps it in the repository.
pub(super) fn search_order() -> Result<(), Error> {
    let ordered = Build::Client.ordered();
    order(&ordered).arg("--search").log("order-search").run()
}

fn extend(script: &Path) -> Result<(), Error> {
    let more = recipes().join("instantiate.js");
    let text = files::text(script)? + &files::text(&more)?;
    files::write(script, text)
}

/// Generates the glue of the doctor's module, and its module as text, beside the client's.
pub(super) fn bind_doctor() -> Result<(), Error> {
    let out = Build::Client.glue();
    let module = bindings(&raw_doctor(), &out, "doctor-glue")?;
    let small = out.join("doctor.wasm");
    Cmd::new(node::tool("wasm-opt"))
        .words("-Oz --strip-debug --strip-target-features")
        .words(FEATURES)
        .arg(&module)
        .arg("-o")
        .arg(&small)
        .log("wasm-opt")
        .run()?;
    let text = BASE64.encode(&files::read(&small)?);
    let text = format!("export const wasm=\"{text}\";\n");
    files::write(&out.join("doctor-data.js"), text)
}

/// Generates the glue of a module in a folder, under this name; returns the module beside it.
fn bindings(raw: &Path, out: &Path, name: &str) -> Result<PathBuf, Error> {
    wasm::cmd("wasm-bindgen")?
        .words("--target web --no-typescript --out-name")
        .arg(name)
        // Every browser with private methods, which the package's scripts have, has it too.
        .words("--encode-into always --remove-producers-section --out-dir")
        .arg(out)
        .arg(raw)
        .log("wasm-bindgen")
        .run()?;
    Ok(out.join(format!("{name}_bg.wasm")))
}

/// `client-wasm/build/`: further processing of module and glue.
pub(super) fn recipes() -> PathBuf {
    paths::root().join("client-wasm/build")
}
