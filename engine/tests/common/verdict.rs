//! What a test asks of a world, and what must hold when nothing is left to happen.

use crowfly_contract::{ErrorCode, UploadId};
use crowfly_engine::{ChecksumMode, Event, State};

use super::{Ending, World};

impl World {
    /// Holds an event against what is true in the world.
    pub(super) fn check_news(&mut self, event: &Event) {
        if let Event::Stored {
            upload, verified, ..
        } = event
        {
            let file = &self.files[upload];
            let picked = file.whole();
            let hashed = self.wishes[upload].checksum != ChecksumMode::None;
            // The file is not read for verification once an abort was requested.
            let proof = hashed && !self.server.mute && !self.aborted.contains(upload);
            if (proof && !verified) || (*verified && (!hashed || self.server.mute)) {
                self.monitor
                    .violate(format!("{upload:?} said to be verified: {verified}"));
            }
            if self.server.confirms && !self.server.confirmed.contains(upload) {
                self.monitor
                    .violate(format!("{upload:?} is stored, and its server was not told"));
            }
            let exact = self
                .server
                .objects
                .get(upload)
                .is_some_and(|object| object.size == file.size && object.crc == picked);
            if !exact {
                self.monitor
                    .violate(format!("{upload:?} said to be stored, but storage differs"));
            }
        }
        if let Event::State { upload, state } = event {
            let shown = self.queue.snapshot(*upload).map(|snapshot| snapshot.state);
            // States are emitted at the end of a drain, so the snapshot may be ahead, never behind.
            if shown.is_none() {
                self.monitor
                    .violate(format!("{upload:?} is {state:?}, but unknown"));
            }
        }
    }

    pub fn ending(&self, id: UploadId) -> Option<&Ending> {
        self.monitor.uploads.get(&id)?.ending.as_ref()
    }

    /// The code that the upload failed with.
    pub fn failed_with(&self, id: UploadId) -> Option<ErrorCode> {
        match self.ending(id)? {
            Ending::Failed(failure) => Some(failure.code),
            _ => None,
        }
    }

    pub fn states(&self, id: UploadId) -> &[State] {
        self.monitor
            .uploads
            .get(&id)
            .map_or(&[], |watched| watched.states.as_slice())
    }

    pub fn sends(&self, id: UploadId) -> u32 {
        self.monitor
            .uploads
            .get(&id)
            .map_or(0, |watched| watched.sends)
    }

    /// What must hold when nothing is left to happen.
    pub fn check_end(&mut self) {
        if let Some(at) = self.deadline() {
            self.monitor.violate(format!("a timer is left, for {at}"));
        }
        self.monitor.check_reads();
        let live = self.monitor.live();
        if live > 0 {
            self.monitor
                .violate(format!("{live} requests are left running"));
        }
        let open: Vec<_> = self
            .monitor
            .uploads
            .iter()
            .filter(|(_, watched)| watched.ending.is_none())
            .map(|(id, watched)| (*id, watched.state))
            .collect();
        if !open.is_empty() {
            self.monitor.violate(format!("never ended: {open:?}"));
        }
        for (id, watched) in &self.monitor.uploads {
            if watched.endings != watched.openings {
                let (endings, openings) = (watched.endings, watched.openings);
                self.monitor
                    .violations
                    .push(format!("{id:?}: {endings} endings of {openings} openings"));
            }
        }
    }

    /// Runs to the end and expects nothing to be wrong.
    pub fn finish(&mut self) {
        self.run();
        self.check_end();
        assert_eq!(self.monitor.violations, Vec::<String>::new());
    }
}
