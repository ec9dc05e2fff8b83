//! The next work of an upload and its parts: derived from the facts each time, never stored.

use crowfly_contract::PartToSign;

use crate::facts::Control;
use crate::job::{Step, Work};
use crate::part::{Doubt, Part};
use crate::upload::Upload;

impl Upload {
    /// The next call; `None` while one is in flight, or none is allowed. `first_parts` is how many parts a create call
    /// may ask to have signed along.
    pub(crate) fn next_call(&self, first_parts: usize) -> Option<Work> {
        if self.call != Step::Idle || self.ended() {
            return None;
        }
        if self.aborting() {
            return Some(Work::Delete);
        }
        if self.paused() {
            return None;
        }
        if self.comparing() {
            let part = self.part(0)?;
            let hashed = part.step == Step::Idle && part.crc.is_some();
            return hashed.then_some(Work::Complete);
        }
        if !self.parts.multipart()
            && let Some(part) = self.part(0)
        {
            return match part {
                part if part.step != Step::Idle => None,
                part if part.done || self.doubt => Some(Work::Complete),
                part if self.to_hash(part) => None,
                _ if !self.saved => Some(Work::Save),
                part if part.lease.is_none() => Some(Work::Create),
                _ => None,
            };
        }
        if self.doubt || self.parts.all_done() {
            Some(Work::Complete)
        } else if !self.saved {
            Some(Work::Save)
        } else if !self.multipart_open {
            // Without the checksum of a part nothing could be sent sooner.
            let early = first_parts > 0 && !self.unlisted;
            let unhashed = self.part(0).is_some_and(|part| self.to_hash(part));
            (!early || !unhashed).then_some(Work::Create)
        } else if self.unlisted || self.parts.doubted() {
            Some(Work::List)
        } else {
            None
        }
    }

    /// The next work of an active part.
    pub(crate) fn next_part(&self, index: u16) -> Option<Work> {
        let part = self.part(index)?;
        let stopped = self.ended() || self.control != Control::Run || self.doubt;
        if stopped || part.step != Step::Idle || part.done || part.doubt != Doubt::None {
            None
        } else if self.to_hash(part) {
            Some(Work::Hash(index))
        } else if self.comparing() {
            None
        } else if part.lease.is_some() {
            (self.parts.multipart() || self.call == Step::Idle).then_some(Work::Send(index))
        } else {
            (self.multipart_open && !self.unlisted).then_some(Work::Sign(index))
        }
    }

    /// The first parts that a create call asks to have signed along: those that are ready. None of an upload that an
    /// earlier page began, as storage may hold them.
    pub(crate) fn first_parts(&self, most: usize) -> Vec<PartToSign> {
        let mut parts = Vec::new();
        for part in self.parts.first(most) {
            if !self.parts.multipart() || self.unlisted || self.to_hash(part) {
                break;
            }
            parts.push(part.to_sign());
        }
        parts
    }

    fn to_hash(&self, part: &Part) -> bool {
        part.crc.is_none() && (self.checksum.hashes() || part.claimed.is_some())
    }

    /// Whether more parts may be opened.
    pub(crate) fn can_open(&self) -> bool {
        let free = self.admitted && !self.ended() && self.control == Control::Run;
        // Hashing need not wait until sending is possible.
        let useful = self.checksum.hashes();
        let useful = useful || (self.multipart_open && !self.unlisted);
        free && useful && !self.doubt && !self.comparing() && self.parts.more()
    }
}
