use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The WebDriver process of one session, on its own port, with any helper process; stopped with the session.
#[derive(Debug)]
pub(super) struct Driver {
    children: Vec<Child>,
    /// Its base URL, without a trailing slash.
    pub(super) address: String,
    /// The browser's profile; removed at the end.
    pub(super) profile: PathBuf,
}

impl Driver {
    pub(super) fn new(children: Vec<Child>, port: u16, profile: PathBuf) -> Self {
        Self {
            children,
            address: format!("http://127.0.0.1:{port}"),
            profile,
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// A proxy as a WebDriver capability: <https://www.w3.org/TR/webdriver2/#proxy>.
pub(super) fn manual(proxy: SocketAddr) -> Value {
    json!({"proxyType": "manual", "httpProxy": proxy.to_string()})
}

/// The program that `variable` names, else the first of `paths` that is a file, else `name` from `PATH`.
pub(super) fn program(variable: &str, name: &str, paths: &[PathBuf]) -> OsString {
    std::env::var_os(variable)
        .or_else(|| {
            let path = paths.iter().find(|path| path.is_file())?;
            Some(path.clone().into_os_string())
        })
        .unwrap_or_else(|| name.into())
}

/// A path for a new, not yet existing profile.
pub(super) fn new_profile() -> PathBuf {
    devkit::paths::scratch("profiles").join(devkit::random::random_hex(8))
}

/// Starts `command` with its standard output piped.
///
/// # Panics
/// When it cannot be started.
pub(super) fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            let program = Path::new(command.get_program()).display();
            panic!("cannot start {program}: {error}")
        })
}

/// The first line in which `find` finds something. The rest is read and dropped as long as the process
/// writes, so that it never blocks on a full pipe.
///
/// # Panics
/// When the process exits first.
pub(super) fn announced<T>(child: &mut Child, find: impl Fn(&str) -> Option<T>, what: &str) -> T {
    announcement(child, find).unwrap_or_else(|| panic!("{what} ended without saying where it is"))
}

/// As [`announced`]; `None` when the process exits first.
pub(super) fn announcement<T>(child: &mut Child, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let from: Box<dyn Read + Send> = match child.stdout.take() {
        Some(out) => Box::new(out),
        None => Box::new(std::io::empty()),
    };
    let mut lines = BufReader::new(from).lines();
    let found = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| find(&line));
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    found
}
