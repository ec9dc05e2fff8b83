//! Wake-up after the computer slept: the clock jumped past the deadline of the timer.

use super::Queue;

impl Queue {
    /// Time asleep counts against no budget, and requests in flight get a new deadline, once. Only once, because
    /// timers of a hidden page are throttled too and must not keep a dead request alive.
    /// <https://developer.mozilla.org/docs/Web/API/Window/setTimeout#timeouts_in_inactive_tabs>
    pub(super) fn check_sleep(&mut self) {
        let Some(timer) = self.timer.take() else {
            return;
        };
        let late = self.now.since(timer);
        if late < self.config.sleep_ms {
            return;
        }
        self.link.slept(late);
        self.slowest_step_ms = 0;
        let until = self.now.after(self.config.stall_ms);
        for live in &mut self.live {
            live.began = live.began.after(late);
            live.first_at = live.first_at.after(late);
            if !live.woken {
                live.woken = true;
                live.moved_at = self.now;
                live.deadline = live.deadline.max(until);
                live.armed = live.deadline;
            }
        }
        for id in self.uploads.all() {
            if let Some(upload) = self.alive(id) {
                upload.ledger.rest();
            }
        }
    }
}
