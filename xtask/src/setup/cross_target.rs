//! Rust's library for the other processor that Lambda runs on.

use super::wasm_target::sysroot;
use crate::error::Error;
use crate::process::Cmd;
use crate::{paths, step};

/// Installs the library for functions of this architecture.
pub(crate) fn ready(architecture: &str) -> Result<(), Error> {
    let target = triple(architecture);
    if has_std(&target) {
        return Ok(());
    }
    if paths::on_path("rustup").is_some() {
        step::step(&format!("rustup target add {target}"), || {
            Cmd::new("rustup")
                .args(["target", "add", &target])
                .log("rustup-target-add")
                .succeeds()
        })?;
    }
    match has_std(&target) {
        true => Ok(()),
        false => Err(Error::Missing(format!(
            "the target {target} is missing and `rustup target add {target}` failed (see \
             target/logs/rustup-target-add.log); `--architecture {}` builds for this machine's own processor",
            std::env::consts::ARCH
        ))),
    }
}

fn triple(architecture: &str) -> String {
    let processor = match architecture {
        "arm64" => "aarch64",
        other => other,
    };
    format!("{processor}-unknown-linux-gnu")
}

fn has_std(target: &str) -> bool {
    sysroot("rustc").is_some_and(|root| root.join("lib/rustlib").join(target).join("lib").is_dir())
}
