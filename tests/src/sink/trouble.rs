use std::time::Duration;

/// What goes wrong with the bodies of files, counted from the start or the last reset: the same for every client.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// Of this many bodies one is cut half-way, and its connection with it.
    pub reset_every: Option<u64>,
    /// The third body is not read for this many milliseconds, half-way.
    pub stall_ms: Option<u64>,
    /// This many bodies are answered 503 `SlowDown`, from the first on.
    pub busy: u64,
}

/// What happens to one body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Reset,
    Stall(Duration),
    Busy,
}

impl Trouble {
    /// The fault of the `number`-th body, counted from 1.
    pub(super) fn of(&self, number: u64) -> Option<Fault> {
        let resets = |every: u64| number % every == every / 2;
        match self.stall_ms {
            _ if number <= self.busy => Some(Fault::Busy),
            Some(ms) if number == 3 => Some(Fault::Stall(Duration::from_millis(ms))),
            _ => self
                .reset_every
                .filter(|&every| resets(every))
                .map(|_| Fault::Reset),
        }
    }
}
