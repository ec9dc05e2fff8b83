//! Faults that a test puts between the engine and the world.

use crowfly_engine::Event;

use super::World;
use super::reads::ends_read;

/// A deliberate fault between the engine and the world, to prove that the monitor sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    SwallowsCancel,
    SwallowsEnding,
    SwallowsTimer,
    RepeatsEnding,
    RepeatsCommand,
    RepeatsProgress,
    SaysFullTooEarly,
    LetsConfirmedFall,
    NeverRests,
    /// The engine does not wait for the journal.
    SkipsJournal,
    /// The same part goes out twice at a time.
    RepeatsPart,
    SwallowsReadEnding,
    RepeatsReadEnding,
    /// More parts are signed at once than the API takes.
    SignsTooMany,
}

impl World {
    /// Changes an event as the fault demands. Returns how often it is delivered.
    pub(super) fn distort(&mut self, event: &mut Event) -> u32 {
        let mut times = 1;
        match (self.fault, event) {
            (Some(Fault::SwallowsEnding), Event::Stored { .. } | Event::Failed { .. })
                if self.random.percent(20) =>
            {
                return 0;
            }
            (Some(Fault::RepeatsEnding), Event::Stored { .. } | Event::Aborted { .. }) => times = 2,
            (Some(Fault::SwallowsReadEnding), event) if ends_read(event) => return 0,
            (Some(Fault::RepeatsReadEnding), event) if ends_read(event) => times = 2,
            (Some(Fault::RepeatsProgress), Event::Progress { .. }) => times = 2,
            (Some(Fault::SaysFullTooEarly), Event::Progress { progress, .. })
                if progress.sent > 0 =>
            {
                progress.sent = progress.total;
            }
            (Some(Fault::LetsConfirmedFall), Event::Progress { progress, .. }) => {
                progress.confirmed = progress.total - progress.sent;
            }
            _ => {}
        }
        times
    }
}
