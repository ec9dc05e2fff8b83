//! The source of the standard library, which the published module is built with.

use crate::process::{self, Cmd};
use crate::setup::wasm_target;

/// Whether the toolchain that builds for wasm32 has it; rustup is asked for it once.
///
/// Debian's toolchain comes with it. Where it cannot be had, the library is used as it was compiled by
/// others: for speed, and with the texts of its panics.
pub(crate) fn ready() -> bool {
    if there() {
        return true;
    }
    // A refusal shows in the next look.
    let _ = process::find("rustup").is_some()
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
