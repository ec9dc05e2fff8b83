//! Follows the bytes of a recording: how long it is, and where one can begin to read it.

mod values;

use crate::ebml::{self, Header, Lack, UNKNOWN};
use crate::layout::Places;
use crate::points::Points;
use crate::track::{Block, Track, larger};
use crate::{Reason, ids};

/// Tracks that are followed; a recorder makes two.
const TRACKS: usize = 16;
/// No ID of fewer than four bytes is as large: those at the level of Clusters have four, those within have fewer.
const FOUR_BYTES: u32 = 0x1000_0000;

/// No element; what ends at its end never does.
const NONE: (u32, u64) = (0, UNKNOWN);

/// Sees all bytes of a recording in their order, as they are written, and remembers what [`finish`](crate::finish) needs.
///
/// Its memory is bounded: cue points fill the room that the head has for them, and are thinned out evenly beyond that.
/// After a crash the same index comes of reading what was written from its start. A last element that is incomplete
/// counts for nothing.
#[derive(Debug)]
pub struct Index {
    /// Bytes seen.
    at: u64,
    step: Step,
    /// Bytes of a header or value that is incomplete.
    carry: [u8; 12],
    carried: usize,
    /// The child of the Segment that is read, and the child of that: ID, or 0 if there is none, and where it ends.
    outer: (u32, u64),
    inner: (u32, u64),
    /// Where the data of the Segment begin; 0: not known yet.
    start: u64,
    head_len: Option<u64>,
    places: Places,
    /// Nanoseconds in a tick.
    scale: u64,
    tracks: Vec<Track>,
    points: Points,
    /// The Cluster that is read: its position in the Segment, its Timestamp, and whether it has a cue.
    cluster: u64,
    clock: Option<u64>,
    is_cued: bool,
    block: Block,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Header,
    /// `wanted` bytes of it are collected, then `rest` bytes pass.
    Element {
        id: u32,
        wanted: usize,
        rest: u64,
    },
    Stopped(Reason),
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// The index of a recording of which nothing was seen.
    pub fn new() -> Self {
        Self {
            at: 0,
            step: Step::Header,
            carry: [0; 12],
            carried: 0,
            outer: NONE,
            inner: NONE,
            start: 0,
            head_len: None,
            places: Places::default(),
            scale: 1_000_000,
            tracks: Vec::new(),
            points: Points::default(),
            cluster: 0,
            clock: None,
            is_cued: false,
            block: Block::default(),
        }
    }

    /// Length of the head: where the first Cluster begins, in bytes from the start. `None`: there is none yet.
    pub fn head_len(&self) -> Option<u64> {
        self.head_len
    }

    /// When the last frame ends, in milliseconds. `None`: there is no frame yet, or the recording is not understood.
    pub fn duration_ms(&self) -> Option<u64> {
        let ticks = self.duration().ok()?;
        Some((ticks * self.scale as f64 / 1e6 + 0.5) as u64)
    }

    /// The same in ticks.
    pub(crate) fn duration(&self) -> Result<f64, Reason> {
        if let Step::Stopped(reason) = self.step {
            return Err(reason);
        }
        let scale = self.scale as f64;
        let ends = self.tracks.iter().map(|track| track.end(scale));
        let end = ends.fold(0.0, larger);
        // A Duration must be greater than 0.
        (end > 0.0).then_some(end).ok_or(Reason::Ended)
    }

    /// The places of a head that is complete.
    pub(crate) fn places(&self) -> Option<Places> {
        self.head_len.map(|_| self.places)
    }

    pub(crate) fn points(&self) -> &Points {
        &self.points
    }

    /// Takes the next bytes; any division of the recording gives the same index.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            let taken = match &mut self.step {
                Step::Element {
                    wanted: 0, rest, ..
                } => {
                    let taken = (*rest).min(bytes.len() as u64);
                    *rest = rest.wrapping_sub(taken);
                    taken as usize
                }
                Step::Stopped(_) => return,
                _ => {
                    let place = self.carry.get_mut(self.carried);
                    let (Some(place), Some(byte)) = (place, bytes.first()) else {
                        return;
                    };
                    *place = *byte;
                    self.carried = self.carried.wrapping_add(1);
                    1
                }
            };
            self.at = self.at.wrapping_add(taken as u64);
            bytes = bytes.get(taken..).unwrap_or_default();
            self.advance();
        }
    }

    fn carry(&self) -> &[u8] {
        self.carry.get(..self.carried).unwrap_or_default()
    }

    /// Goes on as far as the bytes so far suffice.
    fn advance(&mut self) {
        loop {
            match self.step {
                Step::Header => match ebml::header(self.carry()) {
                    Ok(header) => {
                        self.carried = 0;
                        self.open(header);
                    }
                    Err(Lack::More) => return,
                    Err(Lack::Invalid) => self.stop(Reason::Damaged),
                },
                Step::Element { id, wanted, rest } if wanted > 0 => {
                    if self.carried < wanted {
                        return;
                    }
                    self.read(id);
                    self.carried = 0;
                    self.step = Step::Element {
                        id,
                        wanted: 0,
                        rest,
                    };
                }
                Step::Element { id, rest: 0, .. } => {
                    self.step = Step::Header;
                    if id == ids::SIMPLE_BLOCK {
                        self.add_block();
                    }
                    self.close();
                }
                _ => return,
            }
        }
    }

    fn stop(&mut self, reason: Reason) {
        let is_webm = self.start > 0;
        self.step = Step::Stopped(if is_webm { reason } else { Reason::NotWebm });
    }

    /// Begins an element: its children come next, or its value, or neither matters.
    fn open(&mut self, header: Header) {
        let Header { id, size, len } = header;
        let begin = self.at.wrapping_sub(len as u64);
        // Sizes have 56 bits: the sum runs over for the unknown size alone.
        let end = self.at.checked_add(size).unwrap_or(UNKNOWN);
        // A Cluster of unknown size ends at what cannot be in it: https://www.rfc-editor.org/rfc/rfc8794#section-6.2
        if id >= FOUR_BYTES && self.outer == (ids::CLUSTER, UNKNOWN) && self.inner == NONE {
            self.outer = NONE;
        }
        let (parent, parent_end) = match (self.inner, self.outer, self.start) {
            (NONE, NONE, 0) => NONE,
            // Its size is unknown.
            (NONE, NONE, _) => (ids::SEGMENT, UNKNOWN),
            (NONE, outer, _) => outer,
            (inner, ..) => inner,
        };
        let may_be_unknown = matches!(id, ids::SEGMENT | ids::CLUSTER);
        let is_in_place = match id {
            // Recordings that were put one behind another are not understood.
            ids::EBML => begin == 0,
            ids::SEGMENT => begin > 0 && self.start == 0,
            _ => begin > 0,
        };
        if !is_in_place || end > parent_end || (size == UNKNOWN && !may_be_unknown) {
            return self.stop(Reason::Damaged);
        }
        let in_head = self.head_len.is_none();
        if in_head {
            self.note(parent, id, begin as usize, end as usize);
        }
        match (parent, id) {
            (0, ids::SEGMENT) => {
                self.start = self.at;
                self.places.start = self.at as usize;
                if size != UNKNOWN {
                    self.stop(Reason::Finished);
                }
                return;
            }
            (ids::SEGMENT, ids::CLUSTER) => {
                if in_head {
                    self.end_head(begin);
                }
                self.cluster = begin.wrapping_sub(self.start);
                self.clock = None;
                self.is_cued = false;
                self.outer = (id, end);
                return self.close();
            }
            (ids::SEGMENT, ids::INFO | ids::TRACKS) if in_head => {
                self.outer = (id, end);
                return self.close();
            }
            (ids::TRACKS, ids::TRACK_ENTRY) if self.tracks.len() < TRACKS => {
                self.tracks.push(Track::default());
                self.inner = (id, end);
                return self.close();
            }
            (ids::CLUSTER, ids::BLOCK_GROUP) => {
                self.block = Block::default();
                self.block.is_key = true;
                self.inner = (id, end);
                return self.close();
            }
            _ => {}
        }
        let longest = match (parent, id) {
            (ids::CLUSTER, ids::TIMESTAMP) => {
                self.clock = Some(0);
                8
            }
            // Track, time, flags, and the number of laced frames.
            (ids::CLUSTER, ids::SIMPLE_BLOCK) => {
                self.block = Block::default();
                12
            }
            (ids::BLOCK_GROUP, ids::BLOCK) => 12,
            (ids::BLOCK_GROUP, ids::REFERENCE_BLOCK) => {
                self.block.is_key = false;
                0
            }
            (ids::INFO | ids::TRACK_ENTRY | ids::BLOCK_GROUP, _) => 8,
            _ => 0,
        };
        let wanted = size.min(longest);
        self.step = Step::Element {
            id,
            wanted: wanted as usize,
            rest: size.wrapping_sub(wanted),
        };
    }

    /// Ends the elements that end here.
    fn close(&mut self) {
        if self.inner.1 <= self.at {
            if self.inner.0 == ids::BLOCK_GROUP {
                self.add_block();
            }
            self.inner = NONE;
        }
        if self.outer.1 <= self.at {
            self.outer = NONE;
        }
    }
}
