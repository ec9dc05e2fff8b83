//! Installs what is missing; on a machine that has everything this takes milliseconds.

mod apt;
pub(crate) mod cargo_tools;
pub(crate) mod chromium;
mod debian_std;
pub(crate) mod firefox;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod stamp;
pub(crate) mod std_source;
pub(crate) mod wasm_target;
pub(crate) mod webkit;

use std::thread;

use crate::error::Error;
use crate::step;

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

/// Everything there is.
pub(crate) const ALL: &[Need] = &[
    Need::WasmTarget,
    Need::WasmBindgen,
    Need::WasmPack,
    Need::Node,
    Need::NodeOlder,
    Need::CargoLambda,
    Need::LocalAws,
    Need::Sam,
    Need::AwsCli,
    Need::Chromium,
    Need::CargoDeny,
    Need::CargoFuzz,
];

/// Installs `needs`: what is compiled one by one, and concurrently what is downloaded.
///
/// # Errors
/// The first tool that could not be installed, as a sentence that says what to do.
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
    match need {
        Need::WasmTarget => wasm_target::ready(),
        Need::WasmBindgen => cargo_tools::wasm_bindgen(),
        Need::WasmPack => cargo_tools::wasm_pack(),
        Need::Node => node::ready(),
        Need::NodeOlder => node::older(),
        Need::CargoLambda => python::cargo_lambda().map(drop),
        Need::LocalAws => python::local_aws().map(drop),
        Need::Sam => python::sam().map(drop),
        Need::AwsCli => python::aws_cli().map(drop),
        Need::Chromium => chromium::ready().map(drop),
        Need::CargoDeny => cargo_tools::cargo_deny().map(drop),
        Need::CargoFuzz => cargo_tools::cargo_fuzz().map(drop),
    }
}

/// The browsers besides Chromium on this machine.
#[derive(Debug)]
pub(crate) struct OtherBrowsers {
    pub(crate) firefox: Option<firefox::Firefox>,
    pub(crate) webkit: Option<webkit::WebKit>,
}

/// Installs the browsers besides Chromium, and reports which are not available here, and why.
///
/// # Errors
/// In CI (`CI` is set) if one is not available: there, none may be left out.
pub(crate) fn other_browsers() -> Result<OtherBrowsers, Error> {
    Ok(OtherBrowsers {
        firefox: if_possible("firefox", firefox::ready())?,
        webkit: if_possible("webkit", webkit::ready())?,
    })
}

fn if_possible<T>(name: &str, found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(reason) if std::env::var_os("CI").is_some() => Err(reason),
        Err(reason) => {
            step::say(&format!("skip {name}: {reason}"));
            Ok(None)
        }
    }
}
