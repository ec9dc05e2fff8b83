//! The source of the standard library, with which the published module is built.

use crate::paths;
use crate::process::Cmd;
use crate::setup::wasm_target;

/// Whether the toolchain for wasm32 has it; rustup is asked once to install it.
///
/// Debian's toolchain includes it. Without it the precompiled library is used, which is optimised for speed and
/// contains panic messages.
pub(crate) fn ready() -> bool {
    if there() {
        return true;
    }
    // A failure shows in the check below.
    let _ = paths::on_path("rustup").is_some()
        && Cmd::new("rustup")
            .args(["component", "add", "rust-src"])
            .log("rustup-rust-src")
            .succeeds()
            .unwrap_or(false);
    there()
}

fn there() -> bool {
    let rustc = wasm_target::env().ok().and_then(|env| {
        let own = |name| env.variables.iter().find(|(key, _)| *key == name);
        own("RUSTC")
            .map(|(_, rustc)| rustc.clone())
            .or_else(|| own("RUSTUP_TOOLCHAIN").map(|_| super::debian_std::RUSTC.to_owned()))
    });
    wasm_target::sysroot(rustc.as_deref().unwrap_or("rustc"))
        .is_some_and(|root| root.join("lib/rustlib/src/rust/library/std").is_dir())
}
