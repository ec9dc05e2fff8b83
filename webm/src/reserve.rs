//! Makes room in the head of a recording while its first bytes pass.

use std::borrow::Cow;

use crate::ebml::{self, Children};
use crate::head::{Head, NoHead, is_room};
use crate::{HEAD_LIMIT, ROOM_LIMIT, Reason, ids};

/// Room of a SeekHead of three entries with positions of four bytes.
pub(crate) const SEEK_ROOM: usize = 56;
/// Length of a Duration of eight bytes with ID and size, and of the Void in its place.
pub(crate) const DURATION_ROOM: usize = 11;

/// Rewrites the head of a recording once, so that [`finish`](crate::finish) can mend it without a change of its length:
///
/// * a Void for a SeekHead comes first in the Segment, in place of what SeekHead and Voids were there: the SeekHead of
///   Firefox is empty;
/// * a Void for the Duration comes last in Info, in place of a Duration, which is 0 in Firefox: players take it for
///   true, where without one they look for the end. A CRC-32 of Info no longer fits, and is left out;
/// * a Void for Cues comes last before the first Cluster.
///
/// Everything else is unchanged. A head that is not understood stays as it is, and [`Reserve::outcome`] says why.
#[derive(Debug)]
pub struct Reserve {
    room: usize,
    held: Vec<u8>,
    /// With fewer bytes than so many the head is not complete.
    needed: usize,
    outcome: Outcome,
}

/// What became of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It has not passed completely.
    Waiting,
    /// It has room, and this length in bytes.
    Reserved(usize),
    /// All bytes are left as they are.
    AsItIs(Reason),
}

impl Reserve {
    /// `room`: bytes for Cues, at most [`ROOM_LIMIT`]. A cue takes 14 to 20 bytes; if it is too small for all of them,
    /// fewer are kept, evenly. 0: none.
    pub fn new(room: usize) -> Self {
        Self {
            room: room.min(ROOM_LIMIT),
            held: Vec::new(),
            needed: 0,
            outcome: Outcome::Waiting,
        }
    }

    /// Takes the next bytes of the recording; returns those to write in their place. Nothing is returned before the
    /// head is complete, and at most [`HEAD_LIMIT`] bytes besides the last are held.
    pub fn push<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.outcome != Outcome::Waiting {
            return Cow::Borrowed(bytes);
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() < self.needed {
            return Cow::Borrowed(&[]);
        }
        match reserved(&self.held, self.room) {
            Ok((mut head, end)) => {
                self.outcome = Outcome::Reserved(head.len());
                head.extend_from_slice(self.held.get(end..).unwrap_or_default());
                self.held = Vec::new();
                Cow::Owned(head)
            }
            Err(NoHead::More(needed)) if self.held.len() <= HEAD_LIMIT => {
                self.needed = needed;
                Cow::Borrowed(&[])
            }
            Err(NoHead::More(_)) => self.leave(Reason::TooLong),
            Err(NoHead::Not(reason)) => self.leave(reason),
        }
    }

    /// Says that the recording has ended; returns what was held, if it ended in its head.
    pub fn end(&mut self) -> Vec<u8> {
        match self.outcome {
            Outcome::Waiting => self.leave(Reason::Ended).into_owned(),
            _ => Vec::new(),
        }
    }

    fn leave(&mut self, reason: Reason) -> Cow<'static, [u8]> {
        self.outcome = Outcome::AsItIs(reason);
        Cow::Owned(std::mem::take(&mut self.held))
    }

    /// What became of the head.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

/// The head of these first bytes with room in it, and the length that it had.
fn reserved(bytes: &[u8], room: usize) -> Result<(Vec<u8>, usize), NoHead> {
    let head = Head::read(bytes, HEAD_LIMIT)?;
    if head.points_behind() {
        return Err(NoHead::Not(Reason::Finished));
    }
    let mut out = bytes.get(..head.start).unwrap_or_default().to_vec();
    ebml::put_void(&mut out, SEEK_ROOM);
    for child in head.children.iter().filter(|child| !is_room(child.id)) {
        match child.id {
            ids::INFO => {
                let info = info(child.payload).ok_or(NoHead::Not(Reason::Unknown))?;
                ebml::put(&mut out, ids::INFO, &info);
            }
            _ => out.extend_from_slice(child.whole),
        }
    }
    ebml::put_void(&mut out, room);
    Ok((out, head.end))
}

/// The payload of an Info with room for a Duration.
fn info(payload: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for child in Children(payload) {
        let child = child?;
        match child.id {
            ids::DURATION | ids::CRC_32 | ids::VOID => {}
            ids::TIMESTAMP_SCALE if ebml::uint(child.payload) == 0 => return None,
            _ => out.extend_from_slice(child.whole),
        }
    }
    ebml::put_void(&mut out, DURATION_ROOM);
    Some(out)
}
