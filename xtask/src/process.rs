//! Child processes: each in a process group of its own, none of which outlives this one.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::Error;
use crate::{paths, step};

/// How long a process may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const TAIL_LINES: usize = 40;

/// What cargo told this process about itself, and what would mislead another cargo.
const OURS: &[&str] = &[
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
];

static STOPPING: AtomicBool = AtomicBool::new(false);
static LIVE: Mutex<Vec<Arc<Group>>> = Mutex::new(Vec::new());

struct Group {
    pid: Pid,
    child: Mutex<Child>,
}

/// A command to be run; its output goes to a log file, its input is empty.
#[derive(Debug)]
pub(crate) struct Cmd {
    command: Command,
    what: String,
    log: PathBuf,
    input: Option<Vec<u8>>,
}

/// A child process that runs beside us until it is stopped or dropped.
pub(crate) struct Service {
    group: Arc<Group>,
    what: String,
    log: PathBuf,
}

impl Cmd {
    /// A command by its program. Its log is named after the program until [`Cmd::log`] names it.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let name = Path::new(program)
            .file_name()
            .unwrap_or(program)
            .to_string_lossy()
            .into_owned();
        let mut command = Command::new(program);
        command.current_dir(paths::root());
        for variable in OURS {
            command.env_remove(variable);
        }
        Self {
            command,
            log: paths::log(&name),
            what: name,
            input: None,
        }
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets one environment variable.
    pub(crate) fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Sets environment variables.
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

    /// Runs in `dir` instead of the repository's root.
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

    /// Bytes for the command's standard input.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// With the tail of the log if the command cannot start or ends with a failure.
    pub(crate) fn run(self) -> Result<(), Error> {
        let (status, what, log) = self.finish(false)?;
        checked(status, what, log)
    }

    /// Runs to the end and hands back what was written to standard output (which the log then lacks).
    ///
    /// # Errors
    /// As [`Cmd::run`].
    pub(crate) fn output(self) -> Result<String, Error> {
        let out = stdout_file(&self.log);
        let (status, what, log) = self.finish(true)?;
        checked(status, what, log)?;
        let text =
            std::fs::read(&out).map_err(Error::io(format!("read {}", paths::short(&out))))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Runs to the end and tells whether it succeeded, whatever it wrote.
    ///
    /// # Errors
    /// If the command cannot start.
    pub(crate) fn succeeds(self) -> Result<bool, Error> {
        Ok(self.finish(false)?.0.success())
    }

    /// Starts the command and leaves it running.
    ///
    /// # Errors
    /// If it cannot start.
    pub(crate) fn spawn(self) -> Result<Service, Error> {
        let what = self.what.clone();
        let log = self.log.clone();
        let group = self.start(false)?;
        Ok(Service { group, what, log })
    }

    fn finish(self, apart: bool) -> Result<(ExitStatus, String, PathBuf), Error> {
        let what = self.what.clone();
        let log = self.log.clone();
        let service = Service {
            group: self.start(apart)?,
            what: what.clone(),
            log: log.clone(),
        };
        let status = service.wait()?;
        Ok((status, what, log))
    }

    fn start(mut self, apart: bool) -> Result<Arc<Group>, Error> {
        let Self {
            ref mut command,
            ref what,
            ref log,
            ref mut input,
        } = self;
        if let Some(folder) = log.parent() {
            std::fs::create_dir_all(folder)
                .map_err(Error::io(format!("create {}", paths::short(folder))))?;
        }
        let create = |path: &Path| {
            File::create(path).map_err(Error::io(format!("write {}", paths::short(path))))
        };
        let stderr = create(log)?;
        let stdout = if apart {
            create(&stdout_file(log))?
        } else {
            stderr
                .try_clone()
                .map_err(Error::io("duplicate a log file"))?
        };
        command
            .stdin(if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0);
        let group = {
            // Held over the start, so that no child slips past a stop that has begun.
            let mut live = live();
            if stopping() {
                return Err(Error::Interrupted);
            }
            let child = command
                .spawn()
                .map_err(Error::io(format!("start {what}")))?;
            let pid = Pid::from_child(&child);
            let child = Mutex::new(child);
            let group = Arc::new(Group { pid, child });
            live.push(Arc::clone(&group));
            group
        };
        if let (Some(bytes), Some(mut pipe)) = (input.take(), group.child().stdin.take()) {
            // A child that does not read its input says so by its status.
            let _ = pipe.write_all(&bytes);
        }
        Ok(group)
    }
}

impl Service {
    /// The process id, which is also the id of its process group.
    pub(crate) fn id(&self) -> i32 {
        self.group.pid.as_raw_nonzero().get()
    }

    /// The file that takes the output.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Fails, with the tail of the log, if the process has ended.
    ///
    /// # Errors
    /// If the process has ended, whatever its status.
    pub(crate) fn alive(&self) -> Result<(), Error> {
        match self.group.poll() {
            None => Ok(()),
            Some(_) if stopping() => Err(Error::Interrupted),
            Some(status) => Err(Error::Command {
                what: format!("{} ended before it should and", self.what),
                status: status.to_string(),
                log: self.log.clone(),
                tail: tail(&self.log),
            }),
        }
    }

    /// Ends the process and everything it started: first asks, then kills.
    pub(crate) fn stop(&self) {
        self.group.signal(Signal::TERM);
        let deadline = Instant::now() + GRACE;
        while self.group.poll().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.group.signal(Signal::KILL);
        let _ = self.group.child().wait();
        forget(&self.group);
    }

    fn wait(&self) -> Result<ExitStatus, Error> {
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.group.poll() {
                if stopping() {
                    return Err(Error::Interrupted);
                }
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Group {
    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self) -> Option<ExitStatus> {
        self.child().try_wait().ok().flatten()
    }

    fn signal(&self, signal: Signal) {
        // The group may be gone already.
        let _ = kill_process_group(self.pid, signal);
    }
}

/// Whether Ctrl-C or SIGTERM has come.
pub(crate) fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Ends every child and then this process when Ctrl-C, SIGTERM or SIGHUP comes.
///
/// # Errors
/// If the signals cannot be caught.
pub(crate) fn end_on_signals() -> Result<(), Error> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(Error::io("catch signals"))?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            STOPPING.store(true, Ordering::SeqCst);
            step::clear();
            step::say("stopping");
            end_all();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// The last lines of a log file.
pub(crate) fn tail(log: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(mut file) = File::open(log) {
        let _ = file.read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// The program's full path, if `PATH` holds it.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// `PATH` with `folders` before everything else.
pub(crate) fn path_with(folders: &[PathBuf]) -> OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&old));
    std::env::join_paths(all).unwrap_or(old)
}

fn end_all() {
    let groups: Vec<Arc<Group>> = live().drain(..).collect();
    for group in &groups {
        group.signal(Signal::TERM);
    }
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline && groups.iter().any(|group| group.poll().is_none()) {
        std::thread::sleep(Duration::from_millis(20));
    }
    for group in &groups {
        group.signal(Signal::KILL);
    }
}

fn live() -> MutexGuard<'static, Vec<Arc<Group>>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn forget(group: &Arc<Group>) {
    live().retain(|other| !Arc::ptr_eq(other, group));
}

fn stdout_file(log: &Path) -> PathBuf {
    log.with_extension("out")
}

fn checked(status: ExitStatus, what: String, log: PathBuf) -> Result<(), Error> {
    if status.success() {
        return Ok(());
    }
    let mut tail = tail(&log);
    if tail.is_empty() {
        tail = self::tail(&stdout_file(&log));
    }
    let status = status.to_string();
    Err(Error::Command {
        what,
        status,
        log,
        tail,
    })
}
