//! Installs what is missing; on a machine that has everything this takes milliseconds.

mod apt;
pub(crate) mod browsers;
pub(crate) mod cargo_tools;
mod debian_std;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod stamp;
pub(crate) mod std_source;
pub(crate) mod wasm_target;

use std::thread;

use crate::error::Error;

/// A tool that a command needs besides Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A toolchain that builds for wasm32, and a linker for it.
    WasmTarget,
    /// The `wasm-bindgen` command line tool at the version that Cargo.lock names.
    WasmBindgen,
    /// `wasm-pack`.
    WasmPack,
    /// The packages of `xtask/node`.
    Node,
    /// The packages of `xtask/node/older`.
    NodeOlder,
    /// `cargo-lambda`, in a Python environment.
    CargoLambda,
    /// The local AWS, in a Python environment.
    LocalAws,
    /// `sam` and `cfn-lint`, in a Python environment.
    Sam,
    /// `aws`, in a Python environment.
    AwsCli,
    /// Chromium and chromedriver.
    Chromium,
    /// `cargo-deny`.
    CargoDeny,
    /// `cargo-fuzz`.
    CargoFuzz,
}

type Install = fn() -> Result<(), Error>;

/// Everything there is, and how it is installed.
const TOOLS: [(Need, Install); 12] = [
    (Need::WasmTarget, wasm_target::ready),
    (Need::WasmBindgen, cargo_tools::wasm_bindgen),
    (Need::WasmPack, cargo_tools::wasm_pack),
    (Need::Node, node::ready),
    (Need::NodeOlder, node::older),
    (Need::CargoLambda, || python::cargo_lambda().map(drop)),
    (Need::LocalAws, || python::local_aws().map(drop)),
    (Need::Sam, || python::sam().map(drop)),
    (Need::AwsCli, || python::aws_cli().map(drop)),
    (Need::Chromium, || browsers::chromium().map(drop)),
    (Need::CargoDeny, || cargo_tools::cargo_deny().map(drop)),
    (Need::CargoFuzz, || cargo_tools::cargo_fuzz().map(drop)),
];

/// Installs everything.
pub(crate) fn all() -> Result<(), Error> {
    ready(&TOOLS.map(|(need, _)| need))
}

/// Installs `needs`: what is compiled one by one, and concurrently what is downloaded.
pub(crate) fn ready(needs: &[Need]) -> Result<(), Error> {
    let (compiled, downloaded): (Vec<Need>, Vec<Need>) =
        needs.iter().partition(|need| need.compiles());
    thread::scope(|scope| {
        let downloads = scope.spawn(move || downloaded.into_iter().try_for_each(make));
        let compiled = compiled.into_iter().try_for_each(make);
        let downloads = downloads
            .join()
            .unwrap_or_else(|_| Err(Error::failed("the set-up thread panicked")));
        compiled.and(downloads)
    })
}

impl Need {
    fn compiles(self) -> bool {
        matches!(self, Self::WasmTarget | Self::WasmBindgen | Self::WasmPack)
    }
}

fn make(need: Need) -> Result<(), Error> {
    let tool = TOOLS.iter().find(|(other, _)| *other == need);
    tool.map_or(Ok(()), |(_, install)| install())
}
