//! Resource use of processes, from `/proc`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const EVERY: Duration = Duration::from_millis(50);
/// Clock ticks a second in `/proc`: `USER_HZ`, the same on every Linux
/// (<https://man7.org/linux/man-pages/man7/time.7.html>).
const TICKS: f64 = 100.0;

/// What a browser used between start and end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// The peak resident size of one renderer process, in bytes.
    pub renderer: u64,
    /// Seconds of CPU time, over all processes.
    pub seconds: f64,
}

/// Samples a tree of processes until stopped.
#[derive(Debug)]
pub struct Watch {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Used>,
}

impl Watch {
    /// Samples `root` and all its descendants.
    pub fn start(root: u32) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let mut seen = Seen::default();
            while !end.load(Ordering::SeqCst) {
                seen.look(root);
                std::thread::sleep(EVERY);
            }
            seen.look(root);
            seen.used()
        });
        Self { ended, thread }
    }

    /// What was used.
    pub fn end(self) -> Used {
        self.ended.store(true, Ordering::SeqCst);
        self.thread.join().unwrap_or_default()
    }
}

#[derive(Default)]
struct Seen {
    looked: bool,
    /// First and last tick counts, by process; a process that started later started from 0.
    ticks: BTreeMap<u32, (u64, u64)>,
    renderer: u64,
}

impl Seen {
    fn look(&mut self, root: u32) {
        for (id, ticks) in tree(root) {
            let first = if self.looked { 0 } else { ticks };
            self.ticks.entry(id).or_insert((first, ticks)).1 = ticks;
            if is_renderer(id) {
                self.renderer = self.renderer.max(size(id, "VmRSS").unwrap_or_default());
            }
        }
        self.looked = true;
    }

    fn used(&self) -> Used {
        let ticks: u64 = self.ticks.values().map(|(first, last)| last - first).sum();
        Used {
            renderer: self.renderer,
            #[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
            seconds: ticks as f64 / TICKS,
        }
    }
}

/// Every process of the tree below `root`, with its ticks.
pub fn tree(root: u32) -> Vec<(u32, u64)> {
    let mut all: BTreeMap<u32, (u32, u64)> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let text = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let (Ok(id), Some(found)) = (name.to_string_lossy().parse(), stat(&text)) {
            all.insert(id, found);
        }
    }
    let below = |mut id: u32| {
        // Deeper than any process tree.
        for _ in 0..32 {
            if id == root {
                return true;
            }
            match all.get(&id) {
                Some((parent, _)) => id = *parent,
                None => return false,
            }
        }
        false
    };
    let found = all.iter().filter(|(id, _)| below(**id));
    found.map(|(id, (_, ticks))| (*id, *ticks)).collect()
}

/// Parent, and ticks in user and in system mode, from `/proc/<id>/stat`:
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
fn stat(text: &str) -> Option<(u32, u64)> {
    // The name is in parentheses and may contain any character.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some((number(1)?.try_into().ok()?, number(11)? + number(12)?))
}

fn is_renderer(id: u32) -> bool {
    std::fs::read(format!("/proc/{id}/cmdline"))
        .is_ok_and(|line| String::from_utf8_lossy(&line).contains("--type=renderer"))
}

/// A size of a process in bytes, by its name in `/proc/<id>/status`, such as `VmRSS`, or `VmHWM` for the peak:
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
pub fn size(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib = line.trim_start_matches(':').trim().trim_end_matches(" kB");
    Some(kib.parse::<u64>().ok()? * 1024)
}

/// Seconds of CPU time of a process so far, without its children.
pub fn cpu_seconds(id: u32) -> Option<f64> {
    let (_, ticks) = stat(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?;
    #[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
    Some(ticks as f64 / TICKS)
}

/// Resident bytes of the largest renderer of a browser below `root`, now.
pub fn largest_renderer(root: u32) -> u64 {
    let renderers = tree(root).into_iter().filter(|(id, _)| is_renderer(*id));
    let sizes = renderers.filter_map(|(id, _)| size(id, "VmRSS"));
    sizes.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{stat, tree};

    #[test]
    fn parent_and_ticks_are_read_whatever_the_name() {
        let text =
            "4242 (a) b (c) S 17 4242 4242 0 -1 4194560 100 0 0 0 250 50 7 8 20 0 3 0 99 0 0";
        assert_eq!(stat(text), Some((17, 300)));
        assert_eq!(stat(""), None);
    }

    #[test]
    fn this_very_process_is_in_its_own_tree() {
        let me = std::process::id();
        assert!(tree(me).iter().any(|(id, _)| *id == me));
    }
}
