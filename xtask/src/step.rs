//! Prints what is being done and how long it takes.
//!
//! On a terminal a status line at the bottom names the running step; elsewhere a step that takes over
//! two seconds is announced once, and again every half minute.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;

const QUIET_FOR: Duration = Duration::from_secs(2);
const REMIND_EVERY: Duration = Duration::from_secs(30);

struct Running {
    id: u64,
    what: String,
    since: Instant,
    said: Option<Instant>,
}

struct Board {
    running: Vec<Running>,
    next: u64,
    drawn: bool,
}

static BOARD: Mutex<Board> = Mutex::new(Board {
    running: Vec::new(),
    next: 0,
    drawn: false,
});

/// Runs `work` as one named step and prints its outcome and its duration.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    ticker();
    let since = Instant::now();
    let id = {
        let mut board = board();
        board.next += 1;
        let id = board.next;
        let what = what.to_owned();
        board.running.push(Running {
            id,
            what,
            since,
            said: None,
        });
        id
    };
    let result = work();
    let mut board = board();
    board.running.retain(|running| running.id != id);
    if !crate::process::stopping() {
        let mark = if result.is_ok() { "ok  " } else { "FAIL" };
        board.line(&format!("{mark} {what}  {}", seconds(since.elapsed())));
    }
    result
}

/// Prints one line without disturbing the status line.
pub(crate) fn say(text: &str) {
    board().line(text);
}

/// Prints lines of a log below the step that they belong to.
pub(crate) fn quote<'a>(lines: impl Iterator<Item = &'a str>) {
    lines.for_each(|line| say(&format!("     {line}")));
}

/// Clears the status line, so that the next output starts on an empty line.
pub(crate) fn clear() {
    board().erase();
}

/// A duration for people: `0.4 s`, `12.0 s`, `3 min 07 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

fn board() -> MutexGuard<'static, Board> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ticker() {
    static START: Once = Once::new();
    START.call_once(|| {
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(Duration::from_millis(250));
                board().tick();
            }
        });
    });
}

impl Board {
    fn line(&mut self, text: &str) {
        self.erase();
        // A closed pipe must not abort the work.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    fn erase(&mut self) {
        if self.drawn {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
            self.drawn = false;
        }
    }

    fn tick(&mut self) {
        if crate::process::stopping() {
            return;
        }
        match std::io::stderr().is_terminal() {
            true => self.draw(),
            false => self.remind(),
        }
    }

    fn draw(&mut self) {
        let running = self.running.iter();
        let slow = running.filter(|running| running.since.elapsed() >= QUIET_FOR);
        let text = |slow: &Running| format!("{} {} s", slow.what, slow.since.elapsed().as_secs());
        let slow: Vec<String> = slow.map(text).collect();
        if slow.is_empty() {
            return;
        }
        let text: String = slow.join("  |  ").chars().take(100).collect();
        let mut stderr = std::io::stderr();
        let _ = write!(stderr, "\r\x1b[2K...  {text}");
        let _ = stderr.flush();
        self.drawn = true;
    }

    fn remind(&mut self) {
        let mut lines = Vec::new();
        for running in &mut self.running {
            let elapsed = running.since.elapsed();
            let due = match running.said {
                None => elapsed >= QUIET_FOR,
                Some(last) => last.elapsed() >= REMIND_EVERY,
            };
            if due {
                running.said = Some(Instant::now());
                lines.push(format!("...  {}  {} s", running.what, elapsed.as_secs()));
            }
        }
        for line in lines {
            self.line(&line);
        }
    }
}
