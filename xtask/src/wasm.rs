//! The environment of all commands that build for wasm32.

use std::path::PathBuf;

use crate::error::Error;
use crate::process::{self, Cmd};
use crate::setup::{self, browsers, wasm_target};
use crate::{paths, step};

/// A command in that environment.
pub(crate) fn cmd(program: &str) -> Result<Cmd, Error> {
    Ok(Cmd::new(program)
        .env("PATH", process::path_with(&[bin()]))
        .envs(wasm_target::env()?))
}

/// Prints that environment as shell exports, for running wasm-pack by hand.
pub(crate) fn print_env() -> Result<(), Error> {
    setup::ready(setup::WASM_AND_TESTS, &[])?;
    let browser = browsers::chromium()?;
    for (name, value) in wasm_target::env()? {
        println!("export {name}={}", quoted(&value));
    }
    let own = quoted(&bin().display().to_string());
    println!("export PATH={own}:\"$PATH\"");
    // wasm-pack looks for `chromedriver` on PATH and downloads one if there is none.
    if paths::on_path("chromedriver").is_none()
        && let Some(folder) = browser.path("CHROMEDRIVER").parent()
    {
        let folder = quoted(&folder.display().to_string());
        println!("export PATH=\"$PATH\":{folder}");
    }
    step::clear();
    Ok(())
}

fn bin() -> PathBuf {
    paths::tools().join("bin")
}

/// `text` quoted as one word of a POSIX shell.
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
