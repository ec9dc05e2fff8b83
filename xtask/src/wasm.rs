//! Building for the browser: one environment for every command that does.

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::{self, Need, chromium, wasm_target};
use crate::{paths, step};

/// A command in the environment of wasm builds.
///
/// # Errors
/// If the wasm target is missing.
pub(crate) fn cmd(program: &str) -> Result<Cmd, Error> {
    let env = wasm_target::env()?;
    Ok(Cmd::new(program)
        .env("PATH", process::path_with(&[paths::tools().join("bin")]))
        .envs(env.variables))
}

/// Prints that environment as shell exports, for running wasm-pack by hand.
///
/// # Errors
/// If the tools cannot be made ready.
pub(crate) fn print_env() -> Result<(), Error> {
    setup::ready(&[
        Need::WasmTarget,
        Need::WasmBindgen,
        Need::WasmPack,
        Need::Chromium,
    ])?;
    let mut folders = vec![paths::tools().join("bin")];
    // wasm-pack looks for `chromedriver` on PATH and downloads one where it finds none.
    folders.extend(chromium::ready()?.driver.parent().map(Into::into));
    for (name, value) in wasm_target::env()?.variables {
        println!("export {name}={}", quoted(&value));
    }
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| quoted(&folder.display().to_string()))
        .collect();
    println!("export PATH={}:\"$PATH\"", folders.join(":"));
    step::clear();
    Ok(())
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_path_with_spaces_and_quotes_stays_one_word() {
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
    }
}
