//! Child processes on loopback, ended when dropped.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A free port. Another process could take it before its user does; then the user does not start.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A running process; its output goes to a file.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let file = File::options().create(true).append(true).open(log);
        let file = file.unwrap_or_else(|error| panic!("cannot write {}: {error}", log.display()));
        let second = file.try_clone().expect("the same file");
        let started = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(second)
            .spawn();
        let program = command.get_program().to_string_lossy().into_owned();
        Self {
            child: started.unwrap_or_else(|error| panic!("cannot start {program}: {error}")),
            log: log.to_owned(),
        }
    }

    /// Waits until it accepts connections.
    pub(crate) fn wait_for_port(&mut self, port: u16, limit: Duration) {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = self.child.try_wait().ok().flatten();
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(5).collect();
            assert!(
                ended.is_none() && start.elapsed() < limit,
                "nothing listens on port {port} ({ended:?}); the end of {}: {last:#?}",
                self.log.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Process {
    /// As a crash would.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end; its output.
pub(crate) fn run(command: &mut Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let ran = command.stdin(Stdio::null()).output();
    let ran = ran.unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        ran.status.success(),
        "{program}: {} {}",
        ran.status,
        text(&ran.stderr)
    );
    text(&ran.stdout)
}
