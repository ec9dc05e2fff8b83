use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::programs::Programs;

/// The WebDriver process of one session, on its own port, with any helper process; stopped with the session.
#[derive(Debug)]
pub(super) struct Driver {
    children: Vec<Child>,
    /// Its base URL, without a trailing slash.
    pub(super) address: String,
    pub(super) profile: Profile,
    pub(super) programs: Programs,
}

impl Driver {
    pub(super) fn new(
        children: Vec<Child>,
        port: u16,
        profile: Profile,
        programs: Programs,
    ) -> Self {
        Self {
            children,
            address: format!("http://127.0.0.1:{port}"),
            profile,
            programs,
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A proxy as a WebDriver capability: <https://www.w3.org/TR/webdriver2/#proxy>.
pub(super) fn manual(proxy: SocketAddr) -> Value {
    json!({"proxyType": "manual", "httpProxy": proxy.to_string()})
}

/// A folder for a browser's profile; removed when dropped.
#[derive(Debug)]
pub struct Profile(PathBuf);

impl Profile {
    /// A new one.
    ///
    /// # Panics
    /// When it cannot be created.
    pub fn new() -> Self {
        let path = crate::paths::scratch("profiles").join(crate::random::random_hex(8));
        std::fs::create_dir_all(&path)
            .unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts `command` with its standard output piped.
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
