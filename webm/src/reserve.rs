//! Makes room in the head of a recording while its first bytes pass.

use std::borrow::Cow;

use crate::ebml::{self, Element, Header, Lack, UNKNOWN, uint};
use crate::layout::{DURATION_ROOM, SEEK_ROOM, overwrite};
use crate::{HEAD_LIMIT, ROOM_LIMIT, Reason, ids};

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
    /// `room`: bytes for Cues, at most [`ROOM_LIMIT`]. Each cue takes 23, and all together 10; if there is room for fewer
    /// than there are, they are thinned out evenly. 0: none.
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
            Err(NoHead::More(needed)) if needed <= HEAD_LIMIT.wrapping_add(12) => {
                self.needed = needed;
                Cow::Borrowed(&[])
            }
            Err(NoHead::More(_)) => Cow::Owned(self.leave(Reason::TooLong)),
            Err(NoHead::Not(reason)) => Cow::Owned(self.leave(reason)),
        }
    }

    /// Says that the recording has ended; returns what was held, if it ended in its head.
    pub fn end(&mut self) -> Vec<u8> {
        match self.outcome {
            Outcome::Waiting => self.leave(Reason::Ended),
            _ => Vec::new(),
        }
    }

    fn leave(&mut self, reason: Reason) -> Vec<u8> {
        self.outcome = Outcome::AsItIs(reason);
        std::mem::take(&mut self.held)
    }

    /// What became of the head.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

/// Why there is no head yet, or none at all.
enum NoHead {
    /// Fewer bytes than so many do not suffice.
    More(usize),
    Not(Reason),
}

/// The head of these first bytes with room in it, and the length that it had.
fn reserved(bytes: &[u8], room: usize) -> Result<(Vec<u8>, usize), NoHead> {
    let not = |reason| Err(NoHead::Not(reason));
    let magic = ids::EBML.to_be_bytes();
    if !bytes
        .iter()
        .zip(magic)
        .all(|(byte, wanted)| *byte == wanted)
    {
        return not(Reason::NotWebm);
    }
    let document = within(bytes, 0)?;
    if !is_webm(document.payload) {
        return not(Reason::NotWebm);
    }
    let mut at = document.whole.len();
    let segment = header(bytes, at)?;
    if segment.id != ids::SEGMENT {
        return not(Reason::Unknown);
    }
    // Its size was entered at its end.
    if segment.size != UNKNOWN {
        return not(Reason::Finished);
    }
    at = at.wrapping_add(segment.len);
    let start = at;
    let mut out = bytes.get(..start).unwrap_or_default().to_vec();
    ebml::put_void(&mut out, SEEK_ROOM);
    let (mut infos, mut tracks, mut farthest) = (0_u32, 0_u32, 0);
    while header(bytes, at)?.id != ids::CLUSTER {
        let child = within(bytes, at)?;
        at = at.wrapping_add(child.whole.len());
        let is_good = match child.id {
            ids::VOID => true,
            ids::SEEK_HEAD => {
                farthest = farthest.max(sought(child.payload));
                true
            }
            ids::INFO => {
                infos = infos.wrapping_add(1);
                put_info(&mut out, child.payload)
            }
            // Positions behind the head, which must not move.
            ids::CUES => return not(Reason::Finished),
            ids::TRACKS | ids::TAGS | ids::CHAPTERS | ids::ATTACHMENTS => {
                tracks = tracks.wrapping_add(u32::from(child.id == ids::TRACKS));
                out.extend_from_slice(child.whole);
                true
            }
            // A checksum over the Segment among them, and what may hold positions.
            _ => false,
        };
        if !is_good {
            return not(Reason::Unknown);
        }
    }
    if (infos, tracks) != (1, 1) {
        return not(Reason::Unknown);
    }
    if farthest >= at.wrapping_sub(start) as u64 {
        return not(Reason::Finished);
    }
    ebml::put_void(&mut out, room);
    Ok((out, at))
}

fn header(bytes: &[u8], at: usize) -> Result<Header, NoHead> {
    ebml::header(bytes.get(at..).unwrap_or_default()).map_err(|lack| match lack {
        Lack::More => NoHead::More(bytes.len().wrapping_add(1)),
        Lack::Invalid => NoHead::Not(Reason::Unknown),
    })
}

/// The element at `at`, which must end within the limit: a longer one is not waited for.
fn within(bytes: &[u8], at: usize) -> Result<Element<'_>, NoHead> {
    let Header { id, size, len } = header(bytes, at)?;
    if size == UNKNOWN {
        return Err(NoHead::Not(Reason::Unknown));
    }
    let payload = at.wrapping_add(len);
    if size > HEAD_LIMIT.saturating_sub(payload) as u64 {
        return Err(NoHead::Not(Reason::TooLong));
    }
    let end = payload.wrapping_add(size as usize);
    let whole = bytes.get(at..end).ok_or(NoHead::More(end))?;
    let payload = whole.get(len..).unwrap_or_default();
    Ok(Element { id, whole, payload })
}

/// Whether an EBML header is that of a document that RFC 9559 describes:
/// <https://www.rfc-editor.org/rfc/rfc9559#section-4>.
fn is_webm(header: &[u8]) -> bool {
    let mut is_named = false;
    let all = ebml::children(header, &mut |child| {
        let value = uint(child.payload);
        match child.id {
            ids::DOC_TYPE => {
                // A string may be followed by zeros: https://www.rfc-editor.org/rfc/rfc8794#section-13
                let name = child.payload.split(|byte| *byte == 0).next();
                is_named = matches!(name, Some(b"webm" | b"matroska"));
                is_named
            }
            ids::EBML_READ_VERSION => value == 1,
            ids::DOC_TYPE_READ_VERSION | ids::EBML_MAX_ID_LENGTH => value <= 4,
            // What is written here has sizes of four bytes at most.
            ids::EBML_MAX_SIZE_LENGTH => value.wrapping_sub(4) <= 4,
            _ => true,
        }
    });
    all && is_named
}

/// The farthest position in a SeekHead.
fn sought(seek_head: &[u8]) -> u64 {
    let mut farthest = 0;
    let _ = ebml::children(seek_head, &mut |seek| {
        ebml::children(seek.payload, &mut |child| {
            if child.id == ids::SEEK_POSITION {
                farthest = farthest.max(uint(child.payload));
            }
            true
        })
    });
    farthest
}

/// Appends an Info with room for a Duration; `false` if it is not understood.
fn put_info(out: &mut Vec<u8>, payload: &[u8]) -> bool {
    out.extend_from_slice(&ids::INFO.to_be_bytes());
    let begin = out.len();
    out.extend_from_slice(&[0; 4]);
    let is_good = ebml::children(payload, &mut |child| {
        match child.id {
            ids::DURATION | ids::CRC_32 | ids::VOID => {}
            ids::TIMESTAMP_SCALE if uint(child.payload) == 0 => return false,
            _ => out.extend_from_slice(child.whole),
        }
        true
    });
    ebml::put_void(out, DURATION_ROOM);
    let len = out.len().wrapping_sub(begin).wrapping_sub(4);
    overwrite(out, begin, &ebml::size(len));
    is_good
}
