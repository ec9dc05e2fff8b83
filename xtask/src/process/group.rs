//! Process groups: which are running, and how all of them are stopped.

use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::failure;
use crate::error::Error;
use crate::{paths, step};

/// How long a process may take to exit after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(5);

static STOPPING: AtomicBool = AtomicBool::new(false);
static LIVE: Mutex<Vec<Arc<Group>>> = Mutex::new(Vec::new());

struct Group {
    pid: Pid,
    child: Mutex<Child>,
}

/// A background child process; stopped when dropped.
pub(crate) struct Service {
    group: Arc<Group>,
    what: String,
    log: PathBuf,
}

impl Service {
    /// Starts what `launch` launches, as the leader of its own process group.
    pub(super) fn start(
        what: String,
        log: PathBuf,
        launch: impl FnOnce() -> std::io::Result<Child>,
    ) -> Result<Self, Error> {
        // Locked during the launch, so that no child escapes a stop that has begun.
        let mut live = live();
        if stopping() {
            return Err(Error::Interrupted);
        }
        let child = launch().map_err(Error::io(format!("start {what}")))?;
        let group = Arc::new(Group {
            pid: Pid::from_child(&child),
            child: Mutex::new(child),
        });
        live.push(Arc::clone(&group));
        Ok(Self { group, what, log })
    }

    pub(crate) fn id(&self) -> u32 {
        self.group.child().id()
    }

    /// Fails, with the tail of the log, if the process has exited.
    pub(crate) fn alive(&self) -> Result<(), Error> {
        match self.group.poll() {
            None => Ok(()),
            Some(_) if stopping() => Err(Error::Interrupted),
            Some(status) => {
                let what = format!("{} ended before it should and", self.what);
                Err(failure(what, status, self.log.clone()))
            }
        }
    }

    pub(crate) fn until(&self, limit: Duration, ready: impl Fn() -> bool) -> Result<(), Error> {
        let started = Instant::now();
        while !ready() {
            self.alive()?;
            if started.elapsed() > limit {
                let (what, log) = (&self.what, paths::short(&self.log));
                let text = format!("{what} did not answer within {limit:?}; see {log}");
                return Err(Error::failed(text));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Stops the process and its descendants: SIGTERM first, then SIGKILL.
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

    pub(super) fn wait(&self) -> Result<ExitStatus, Error> {
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

/// Whether Ctrl-C or SIGTERM was received.
pub(crate) fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// On Ctrl-C, SIGTERM or SIGHUP, stops every child and then this process.
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
