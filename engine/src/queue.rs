use crowfly_contract::UploadId;

use crate::{Config, Input, Millis, Output, Snapshot};

/// All uploads of one client.
#[derive(Debug)]
pub struct Queue {
    _config: Config,
}

impl Queue {
    /// An empty queue. `seed` drives the jitter of back-off; any number will do.
    #[must_use]
    pub fn new(config: Config, _seed: u64) -> Self {
        Self { _config: config }
    }

    /// Takes in what happened at `now`. Never fails, never blocks.
    pub fn handle_input(&mut self, _now: Millis, _input: Input) {}

    /// The next thing to do. Call until it answers [`Output::Idle`] after every input.
    pub fn poll_output(&mut self) -> Output {
        Output::Idle(None)
    }

    /// One upload as it stands.
    #[must_use]
    pub fn snapshot(&self, _id: UploadId) -> Option<Snapshot> {
        None
    }

    /// All uploads as they stand, in the order of adding.
    pub fn snapshots(&self) -> impl Iterator<Item = Snapshot> + '_ {
        std::iter::empty()
    }
}
