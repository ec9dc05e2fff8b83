//! How many requests to storage run at a time, over all host names.
//!
//! Up to [`Config::window`](crate::Config::window) by additive increase and multiplicative decrease, beginning with
//! all of it: plus one per successful round, halved when storage throttles or the link fails.
//!
//! Where grants name several hosts, a third of the first ones is added, as long as those that were added bring nearly
//! the bytes a second that the first ones do. Where a path limits each connection they do; on a link that is full they
//! bring nothing, and would take from other uploads, tabs and people. Fewer would be lost in the noise of what is
//! measured, and more would leave too little to others while they are tried.

use crate::Millis;

/// Least and most time of one look at the rate, in milliseconds; in between it is the time from the start of a request
/// to its first progress, a few round trips of the path.
const LOOK_MS: (u64, u64) = (50, 1_000);
/// Least and most pause before the next attempt to add some, in milliseconds. It doubles with each that brought too
/// little, and is as long as the connection lives on at least: its request is not cancelled.
const HOLD_MS: (u64, u64) = (1_000, 300_000);

/// Two rates of which the lower is at least this part of the other agree.
const STEADY: f64 = 0.8;

#[derive(Debug)]
pub(crate) struct Window {
    open: usize,
    /// What it begins with, and the limit of one host.
    first: usize,
    succeeded: usize,
    cut_at: Option<Millis>,
    /// Bytes that connections moved since the last look, and the milliseconds that each took for its own.
    moved: (f64, f64),
    looked_at: Millis,
    look_ms: u64,
    /// Bytes per millisecond of one connection while only the first ones were in use.
    alone: f64,
    /// The last look allows more.
    ripe: bool,
    /// Some were added then, and have not moved yet.
    added_at: Option<Millis>,
    /// Whether those that were added last bring their share is not known yet.
    on_trial: bool,
    /// How many there were before.
    before: usize,
    held_at: Millis,
    held_until: Millis,
    hold_ms: u64,
}

impl Window {
    pub(crate) fn new(first: usize) -> Self {
        let first = first.max(1);
        Self {
            open: first,
            first,
            succeeded: 0,
            cut_at: None,
            moved: (0.0, 0.0),
            looked_at: Millis(0),
            look_ms: LOOK_MS.0,
            alone: 0.0,
            ripe: false,
            added_at: None,
            on_trial: false,
            before: first,
            held_at: Millis(0),
            held_until: Millis(0),
            hold_ms: 0,
        }
    }

    pub(crate) fn open(&self) -> usize {
        self.open
    }

    /// Most requests to one host.
    pub(crate) fn of_host(&self) -> usize {
        self.first
    }

    /// How long what a connection moves, from its first progress on, mostly fills buffers: those of the system grow with
    /// the first round trips. Counted, it would make the first connections seem fast, and those added later slow.
    pub(crate) fn settles_ms(&self) -> u64 {
        self.look_ms.max(LOOK_MS.0.saturating_mul(2))
    }

    pub(crate) fn succeeded(&mut self) {
        self.succeeded = self.succeeded.wrapping_add(1);
        if self.succeeded >= self.open && self.open < self.first {
            self.succeeded = 0;
            self.open = self.open.wrapping_add(1);
        }
    }

    /// Halves, once for all requests that were in flight together.
    pub(crate) fn cut(&mut self, now: Millis, started: Millis) {
        if self.cut_at.is_none_or(|cut_at| started > cut_at) {
            self.cut_at = Some(now);
            self.succeeded = 0;
            self.open = (self.open / 2).max(1);
            self.hold(now);
        }
    }

    /// Some may be added for requests that are ready.
    pub(crate) fn is_ripe(&self) -> bool {
        self.ripe
    }

    /// More than before, by one at least, and at most so many.
    pub(crate) fn add(&mut self, now: Millis, most: usize) {
        let least = self.open.wrapping_add(1);
        self.before = self.open;
        self.open = self
            .open
            .saturating_add(self.first.div_ceil(3))
            .min(most.max(least));
        self.ripe = false;
        self.on_trial = true;
        self.added_at = Some(now);
    }

    /// A request that was started at that moment shows its first progress.
    pub(crate) fn began(&mut self, now: Millis, started: Millis) {
        self.look_ms = now.since(started).clamp(LOOK_MS.0, LOOK_MS.1);
        if self.added_at.is_some_and(|at| started >= at) {
            self.added_at = None;
            self.look_anew(now);
        }
    }

    /// One of `busy` connections moved this many bytes within so many milliseconds.
    pub(crate) fn moved(&mut self, now: Millis, busy: usize, bytes: u64, millis: u64) {
        if busy > self.open {
            self.hold_for(now, now.since(self.held_at));
        }
        if busy != self.open || busy < self.first || self.added_at.is_some() {
            return self.look_anew(now);
        }
        self.moved.0 += bytes as f64;
        self.moved.1 += millis as f64;
        // Half the time of all connections must be covered.
        let seen = self.moved.1 + self.moved.1 >= busy as f64 * self.look_ms as f64;
        if seen && now.since(self.looked_at) >= self.look_ms {
            self.look(now);
        }
    }

    fn look(&mut self, now: Millis) {
        let rate = self.moved.0 / self.moved.1;
        self.look_anew(now);
        let (open, first) = (self.open as f64, self.first as f64);
        let (all, least) = (rate * open, self.alone * first);
        let extra = open - first;
        if extra == 0.0 {
            // Buffers may take longer to fill than expected, and the path to show its rate: two looks must agree.
            let steady = rate >= self.alone * STEADY && self.alone >= rate * STEADY;
            let known = if steady { self.alone } else { rate };
            self.alone = (known + rate) / 2.0;
            self.ripe = steady && now >= self.held_until;
        } else if all * 3.0 >= (least + self.alone * extra) * 2.0 + least {
            self.ripe = now >= self.held_until;
            // Those that stay after an attempt that brought too little say nothing of the next one.
            if std::mem::take(&mut self.on_trial) {
                self.hold_ms = 0;
            }
        } else {
            let fewer = if all < least {
                self.open / 2
            } else if self.on_trial {
                self.before
            } else {
                self.open.saturating_sub(self.first.div_ceil(3))
            };
            self.open = fewer.max(self.first);
            self.hold(now);
        }
    }

    fn look_anew(&mut self, now: Millis) {
        self.moved = (0.0, 0.0);
        self.looked_at = now;
    }

    fn hold(&mut self, now: Millis) {
        self.ripe = false;
        self.added_at = None;
        self.on_trial = false;
        self.held_at = now;
        self.hold_for(now, self.hold_ms.saturating_add(self.hold_ms));
    }

    fn hold_for(&mut self, now: Millis, millis: u64) {
        self.hold_ms = self.hold_ms.max(millis).clamp(HOLD_MS.0, HOLD_MS.1);
        self.held_until = now.after(self.hold_ms);
    }
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
