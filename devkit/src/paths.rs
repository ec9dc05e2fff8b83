//! Paths. Everything that tests and commands write is below `target/`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The root of the repository.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        here.parent().map_or(here.clone(), Path::to_path_buf)
    })
}

/// `target/`, also when `CARGO_TARGET_DIR` sends cargo's own output elsewhere.
pub fn target() -> PathBuf {
    root().join("target")
}

/// Where cargo puts its output.
pub fn cargo_target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(target, |dir| root().join(dir))
}

/// `target/tools/`: the tools that `cargo xtask` installs.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// `target/logs/<name>.log`: the whole output of one child process.
pub fn log(name: &str) -> PathBuf {
    target().join("logs").join(format!("{name}.log"))
}

/// `target/npm/package/`: the npm package before it is packed.
pub fn npm_package() -> PathBuf {
    target().join("npm").join("package")
}

/// The full path of a program, if it is on `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// `path` for people: relative to the root where it is below it.
pub fn short(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.display().to_string()
}

/// A folder for files that tests write, `target/test/<name>`; created if missing.
///
/// # Panics
/// When it cannot be created.
pub fn scratch(name: &str) -> PathBuf {
    let path = target().join("test").join(name);
    std::fs::create_dir_all(&path)
        .unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
    path
}

/// A new folder in `target/test/<name>`, removed when dropped.
///
/// # Panics
/// When it cannot be created.
pub fn temporary(name: &str) -> TempDir {
    let made = tempfile::Builder::new()
        .prefix("")
        .tempdir_in(scratch(name));
    made.unwrap_or_else(|error| panic!("cannot make a folder for {name}: {error}"))
}
