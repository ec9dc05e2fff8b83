//! The journal, and what it is for: pages that end without a word, and computers that sleep.

use crowfly_contract::{CreateItem, UploadId};
use crowfly_engine::{Config, Input, NewUpload, Queue};

use super::world::{What, World};

/// An entry of the journal.
#[derive(Clone, Debug)]
pub struct Entry {
    pub new: NewUpload,
    /// It is to be cancelled on the server.
    pub cancelled: bool,
}

impl World {
    pub(super) fn journal_saves(&mut self, id: UploadId, item: &CreateItem) {
        let new = NewUpload {
            resumed: true,
            ..self.wishes[&id].clone()
        };
        let size = new.live.is_none().then_some(new.size);
        let same = item.name == new.name && item.path == new.path && item.size == size;
        if !same {
            self.monitor
                .violate(format!("{id:?} is saved as another upload"));
        }
        if !self.journal_refused {
            let cancelled = false;
            self.journal.insert(id, Entry { new, cancelled });
        }
    }

    pub(super) fn journal_notes_cancel(&mut self, id: UploadId) {
        if let Some(entry) = self.journal.get_mut(&id) {
            entry.cancelled = true;
        }
    }

    /// The page ends. What is on its way to the server may still arrive, but no answer comes back.
    pub(super) fn crash(&mut self, back: u64) {
        if self.down {
            return;
        }
        self.down = true;
        self.life += 1;
        self.deadline = None;
        let now = self.now;
        self.flights
            .retain(|_, flight| flight.body_ends <= now && flight.arrives_without_page());
        // As the browser keeps it for the next page.
        let path = self.queue.path();
        let config = Config {
            path,
            ..self.config.clone()
        };
        self.queue = Queue::new(config, u64::from(self.life));
        self.monitor.crashed();
        self.enqueue(back, What::Reload);
    }

    /// Another page goes on with what the journal has.
    pub(super) fn reload(&mut self) {
        self.down = false;
        self.closed = false;
        for Entry { mut new, cancelled } in self.journal.values().cloned().collect::<Vec<_>>() {
            let id = new.id;
            // The source went with the page; its spool did not.
            let spool = self.spools.get_mut(&id);
            new.live = spool.map(|spool| {
                spool.ended = true;
                *spool
            });
            // The upload may have ended in an earlier page, which reported it.
            self.monitor.uploads.remove(&id);
            self.monitor.opened(&new);
            self.add_known(new);
            if cancelled {
                self.input(Input::Abort(id));
            }
        }
    }

    /// Nothing happens for a while; then all that should have happens at once.
    pub(super) fn sleep(&mut self, millis: u64) {
        self.now += millis;
        self.monitor.waits_asleep();
    }
}
