//! The packages that are compiled for this machine.

use crate::process::Cmd;

/// Selects them. All commands use the same selection: another one could enable other features of shared
/// dependencies and recompile them.
pub(crate) const NATIVE: [&str; 3] = ["--workspace", "--exclude", "crowfly"];

/// A command of cargo on these packages, such as `clippy --all-targets`.
pub(crate) fn cargo(words: &str) -> Cmd {
    let (command, rest) = words.split_once(' ').unwrap_or((words, ""));
    Cmd::new("cargo").arg(command).args(NATIVE).words(rest)
}
