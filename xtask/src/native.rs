//! The packages that are compiled for this machine.

/// Selects them. All commands use the same selection: another one could enable other features of shared
/// dependencies and recompile them.
pub(crate) const NATIVE: [&str; 3] = ["--workspace", "--exclude", "crowfly"];
