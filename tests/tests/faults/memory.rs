//! The resident memory of the browser's largest renderer process, from `/proc`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Samples it until stopped.
pub(crate) struct Watch {
    most: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let (most, ended) = (
            Arc::new(AtomicU64::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let (all, end) = (Arc::clone(&most), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                all.fetch_max(largest(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Self {
            most,
            ended,
            thread: Some(thread),
        }
    }

    /// The peak, in bytes.
    pub(crate) fn end(mut self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.most.load(Ordering::Relaxed)
    }
}

/// Resident bytes of the largest renderer among this process's descendants, now.
pub(crate) fn largest() -> u64 {
    let ids = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|&id| is_renderer(id) && is_ours(id))
        .filter_map(resident)
        .max()
        .unwrap_or_default()
}

fn is_renderer(id: u32) -> bool {
    std::fs::read(format!("/proc/{id}/cmdline"))
        .is_ok_and(|line| String::from_utf8_lossy(&line).contains("--type=renderer"))
}

fn is_ours(mut id: u32) -> bool {
    let own = std::process::id();
    // Deeper than any process tree.
    for _ in 0..32 {
        if id == own {
            return true;
        }
        match parent(id) {
            Some(next) if next > 1 => id = next,
            _ => return false,
        }
    }
    false
}

/// The parent in `/proc/<id>/stat`; the process name before it may hold any character.
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn parent(id: u32) -> Option<u32> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn resident(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024)
}
