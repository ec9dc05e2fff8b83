//! Child processes, each in a process group of its own. None of them outlives this process.

mod group;
mod log;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::error::Error;
use crate::{files, paths, step};

pub(crate) use group::{Service, end_on_signals, stopping};
pub(crate) use log::tail;

/// Whether cargo set this variable for this process: it would mislead a cargo started by it.
fn is_cargos(variable: &str) -> bool {
    let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
    of_package.iter().any(|start| variable.starts_with(start))
        || ["CARGO", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"].contains(&variable)
}

/// A command to run; its output goes to a log file, its input is empty.
#[derive(Debug)]
pub(crate) struct Cmd {
    command: Command,
    what: String,
    log: PathBuf,
}

impl Cmd {
    /// A command of this program. Its log is named after the program unless [`Cmd::log`] names it.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let name = Path::new(program).file_name().unwrap_or(program);
        let name = name.to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.current_dir(paths::root());
        for (variable, _) in std::env::vars_os() {
            if is_cargos(&variable.to_string_lossy()) {
                command.env_remove(variable);
            }
        }
        // Without colours: the output goes to files and from there into reports.
        command
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "1");
        Self {
            command,
            log: paths::log(&name),
            what: name,
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Adds the words of a text, separated by blanks, as arguments.
    pub(crate) fn words(self, words: &str) -> Self {
        self.args(words.split_ascii_whitespace())
    }

    pub(crate) fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    pub(crate) fn envs<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.command.envs(pairs);
        self
    }

    /// Removes an environment variable that the child would inherit.
    pub(crate) fn env_remove(mut self, key: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(key);
        self
    }

    /// Sets the working directory; by default the repository's root.
    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Names the command for people and its log file: `target/logs/<name>.log`.
    pub(crate) fn log(mut self, name: &str) -> Self {
        self.log = paths::log(name);
        name.clone_into(&mut self.what);
        self
    }

    pub(crate) fn run(self) -> Result<(), Error> {
        self.finish(false).and_then(checked)
    }

    /// Runs it to the end as a step of this name.
    pub(crate) fn step(self, what: &str) -> Result<(), Error> {
        step::step(what, || self.run())
    }

    /// Runs it to the end and returns its standard output, which the log then lacks.
    pub(crate) fn output(self) -> Result<String, Error> {
        let out = stdout_file(&self.log);
        self.finish(true).and_then(checked)?;
        Ok(String::from_utf8_lossy(&files::read(&out)?).into_owned())
    }

    /// Runs it to the end and returns whether it succeeded.
    pub(crate) fn succeeds(self) -> Result<bool, Error> {
        Ok(self.finish(false)?.0.success())
    }

    pub(crate) fn spawn(self) -> Result<Service, Error> {
        self.start(false)
    }

    fn finish(self, apart: bool) -> Result<(ExitStatus, String, PathBuf), Error> {
        let (what, log) = (self.what.clone(), self.log.clone());
        let status = self.start(apart)?.wait()?;
        Ok((status, what, log))
    }

    fn start(mut self, apart: bool) -> Result<Service, Error> {
        if let Some(folder) = self.log.parent() {
            files::create(folder)?;
        }
        let create = |path: &Path| {
            File::create(path).map_err(Error::io(format!("write {}", paths::short(path))))
        };
        let stderr = create(&self.log)?;
        let stdout = match apart {
            true => create(&stdout_file(&self.log))?,
            false => stderr
                .try_clone()
                .map_err(Error::io("duplicate a log file"))?,
        };
        self.command
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0);
        Service::start(self.what, self.log, || self.command.spawn())
    }
}

/// The whole output of the latest command whose log has this name; empty when it cannot be read.
pub(crate) fn logged(name: &str) -> String {
    let bytes = std::fs::read(paths::log(name)).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `PATH` with `folders` in front.
pub(crate) fn path_with(folders: &[PathBuf]) -> OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&old));
    std::env::join_paths(all).unwrap_or(old)
}

fn stdout_file(log: &Path) -> PathBuf {
    log.with_extension("out")
}

fn checked((status, what, log): (ExitStatus, String, PathBuf)) -> Result<(), Error> {
    match status.success() {
        true => Ok(()),
        false => Err(failure(what, status, log)),
    }
}

fn failure(what: String, status: ExitStatus, log: PathBuf) -> Error {
    let mut tail = tail(&log);
    if tail.is_empty() {
        tail = self::tail(&stdout_file(&log));
    }
    let status = status.to_string();
    Error::Command {
        what,
        status,
        log,
        tail,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cmd, Error};

    #[test]
    fn a_failing_command_says_its_name_its_status_and_its_last_words() {
        let error = Cmd::new("sh")
            .args(["-c", "echo working; echo broken >&2; exit 3"])
            .log("unit-failing")
            .run()
            .expect_err("it failed");
        let text = error.to_string();
        let status = text.contains("unit-failing failed (exit status: 3)");
        assert!(status, "{text}");
        assert!(text.contains("    broken"), "{text}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Cmd::new("no-such-program").run();
        let error = error.expect_err("it cannot start");
        assert!(matches!(error, Error::Io { .. }));
        let named = error.to_string().contains("start no-such-program");
        assert!(named, "{error}");
    }

    #[test]
    fn a_dropped_service_takes_its_children_along() {
        let service = Cmd::new("sh")
            .args(["-c", "sleep 1000 & echo $!; wait"])
            .log("unit-service")
            .spawn()
            .expect("it starts");
        let grandchild = loop {
            let text = super::logged("unit-service");
            if let Ok(id) = text.trim().parse::<u32>() {
                break id;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        assert!(service.alive().is_ok());
        drop(service);
        // Killed, but on a busy computer not gone at once; or a zombie that init has not reaped yet.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let stat = std::fs::read_to_string(format!("/proc/{grandchild}/stat"));
            let stat = stat.unwrap_or_default();
            if stat.is_empty() || stat.contains(") Z ") {
                break;
            }
            assert!(std::time::Instant::now() < end, "{stat}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}
