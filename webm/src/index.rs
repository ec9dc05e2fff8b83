//! Follows the bytes of a recording: how long it is, and where one can begin to read it.

use crate::Reason;
use crate::ebml::{self, Header, Lack, uint};
use crate::head::is_room;
use crate::ids;
use crate::points::{Point, Points};
use crate::track::{Block, Track};

/// Tracks that are followed; a recorder makes two.
const TRACKS: usize = 16;
/// No ID of fewer than four bytes is as large: those at the level of Clusters have four, those within have fewer.
const FOUR_BYTES: u32 = 0x1000_0000;
const UNKNOWN: u64 = u64::MAX;

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
    carry: Vec<u8>,
    /// The elements around, and where they end.
    levels: Vec<(u32, u64)>,
    /// Where the data of the Segment begin.
    start: u64,
    head_len: Option<u64>,
    /// Nanoseconds in a tick.
    scale: u64,
    tracks: Vec<Track>,
    points: Points,
    /// Whether the last element of the head was one of a room, the number of rooms, and the length of the last.
    in_room: bool,
    rooms: u8,
    room: u64,
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
            carry: Vec::new(),
            levels: Vec::new(),
            start: 0,
            head_len: None,
            scale: 1_000_000,
            tracks: Vec::new(),
            points: Points::default(),
            in_room: false,
            rooms: 0,
            room: 0,
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
        // A Duration must be greater than 0.
        let end = ends.fold(0.0, f64::max);
        if end > 0.0 {
            Ok(end)
        } else {
            Err(Reason::Ended)
        }
    }

    pub(crate) fn points(&self) -> &Points {
        &self.points
    }

    /// Takes the next bytes; any division of the recording gives the same index.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            let here = bytes.len();
            let taken = match &mut self.step {
                Step::Header => 1,
                Step::Element { wanted, .. } if *wanted > 0 => {
                    wanted.saturating_sub(self.carry.len()).min(here)
                }
                Step::Element { rest, .. } => {
                    let taken = usize::try_from(*rest).unwrap_or(usize::MAX).min(here);
                    *rest = rest.saturating_sub(taken as u64);
                    self.at = self.at.saturating_add(taken as u64);
                    bytes = bytes.get(taken..).unwrap_or_default();
                    self.advance();
                    continue;
                }
                Step::Stopped(_) => return,
            };
            let (first, others) = bytes.split_at_checked(taken).unwrap_or_default();
            self.carry.extend_from_slice(first);
            self.at = self.at.saturating_add(taken as u64);
            bytes = others;
            self.advance();
        }
    }

    /// Goes on as far as the bytes so far suffice.
    fn advance(&mut self) {
        loop {
            match self.step {
                Step::Header => match ebml::header(&self.carry) {
                    Ok(header) => {
                        self.carry.clear();
                        self.open(header);
                    }
                    Err(Lack::More) => return,
                    Err(Lack::Invalid) => self.stop(),
                },
                Step::Element { id, wanted, rest } if wanted > 0 => {
                    if self.carry.len() < wanted {
                        return;
                    }
                    self.read(id);
                    self.carry.clear();
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

    fn stop(&mut self) {
        let reason = match self.start {
            0 => Reason::NotWebm,
            _ => Reason::Damaged,
        };
        self.step = Step::Stopped(reason);
    }

    /// Begins an element: its children come next, or its value, or neither matters.
    fn open(&mut self, header: Header) {
        let Header { id, size, len } = header;
        let begin = self.at.saturating_sub(len as u64);
        let end = size.map_or(UNKNOWN, |size| self.at.saturating_add(size));
        // A Cluster of unknown size ends at what cannot be in it: https://www.rfc-editor.org/rfc/rfc8794#section-6.2
        if id >= FOUR_BYTES && self.levels.last() == Some(&(ids::CLUSTER, UNKNOWN)) {
            self.levels.pop();
        }
        let (parent, parent_end) = self.levels.last().copied().unwrap_or((0, UNKNOWN));
        let may_be_unknown = matches!(id, ids::SEGMENT | ids::CLUSTER);
        let is_in_place = match id {
            // Recordings that were put one behind another are not understood.
            ids::EBML => begin == 0,
            ids::SEGMENT => begin > 0 && self.start == 0,
            _ => begin > 0,
        };
        let fits = end <= parent_end && (size.is_some() || may_be_unknown);
        if !is_in_place || !fits {
            return self.stop();
        }
        let in_head = self.head_len.is_none();
        if parent == ids::SEGMENT && in_head {
            self.note_room(id, end.saturating_sub(begin));
        }
        let descends = match (parent, id) {
            (0, ids::SEGMENT) => {
                self.start = self.at;
                true
            }
            (ids::SEGMENT, ids::CLUSTER) => {
                self.begin_cluster(begin);
                true
            }
            (ids::SEGMENT, ids::INFO | ids::TRACKS) => in_head,
            (ids::TRACKS, ids::TRACK_ENTRY) if self.tracks.len() < TRACKS => {
                self.tracks.push(Track::default());
                true
            }
            (ids::CLUSTER, ids::BLOCK_GROUP) => {
                self.block = Block {
                    is_key: true,
                    ..Block::default()
                };
                true
            }
            _ => false,
        };
        if descends {
            self.levels.push((id, end));
            return self.close();
        }
        match id {
            ids::TIMESTAMP => self.clock = Some(0),
            ids::SIMPLE_BLOCK => self.block = Block::default(),
            ids::REFERENCE_BLOCK => self.block.is_key = false,
            _ => {}
        }
        let longest = match (parent, id) {
            (ids::INFO, ids::TIMESTAMP_SCALE) => 8,
            (ids::TRACK_ENTRY, ids::TRACK_NUMBER | ids::TRACK_TYPE | ids::DEFAULT_DURATION) => 8,
            (ids::CLUSTER, ids::TIMESTAMP) => 8,
            (ids::BLOCK_GROUP, ids::BLOCK_DURATION) => 8,
            // Track, time, flags, and the number of laced frames.
            (ids::CLUSTER, ids::SIMPLE_BLOCK) | (ids::BLOCK_GROUP, ids::BLOCK) => 12,
            _ => 0,
        };
        let size = size.unwrap_or_default();
        let wanted = size.min(longest);
        self.step = Step::Element {
            id,
            wanted: wanted as usize,
            rest: size.saturating_sub(wanted),
        };
    }

    /// Ends the elements that end here.
    fn close(&mut self) {
        while let Some((id, _)) = self.levels.pop_if(|(_, end)| *end <= self.at) {
            if id == ids::BLOCK_GROUP {
                self.add_block();
            }
        }
    }

    fn note_room(&mut self, id: u32, len: u64) {
        let is_room = is_room(id);
        if is_room && !self.in_room {
            self.rooms = self.rooms.saturating_add(1);
            self.room = 0;
        }
        if is_room {
            self.room = self.room.saturating_add(len);
        }
        self.in_room = is_room;
    }

    fn begin_cluster(&mut self, begin: u64) {
        self.cluster = begin.saturating_sub(self.start);
        self.clock = None;
        self.is_cued = false;
        if self.head_len.is_some() {
            return;
        }
        self.head_len = Some(begin);
        // The first room is for the SeekHead.
        let room = if self.rooms > 1 { self.room } else { 0 };
        self.points.room = usize::try_from(room)
            .unwrap_or_default()
            .min(crate::ROOM_LIMIT);
        // Of a video's track, or where there is none of one with sound.
        let of = |kind| self.tracks.iter().find(|track| track.kind == kind);
        self.points.track = of(1).or_else(|| of(2)).map_or(0, |track| track.number);
    }

    /// Takes the value that was collected.
    fn read(&mut self, id: u32) {
        let value = uint(&self.carry);
        match id {
            ids::TIMESTAMP_SCALE => self.scale = value.max(1),
            ids::TIMESTAMP => self.clock = Some(value),
            ids::BLOCK_DURATION => self.block.duration = Some(value),
            ids::BLOCK | ids::SIMPLE_BLOCK => self.read_block(id == ids::SIMPLE_BLOCK),
            _ => {
                let Some(track) = self.tracks.last_mut() else {
                    return;
                };
                match id {
                    ids::TRACK_NUMBER => track.number = value,
                    ids::TRACK_TYPE => track.kind = value,
                    ids::DEFAULT_DURATION => track.frame = value,
                    _ => {}
                }
            }
        }
    }

    /// Reads the start of a block: <https://www.rfc-editor.org/rfc/rfc9559#section-10>. One that is too short, or comes
    /// before the Timestamp of its Cluster, is none.
    fn read_block(&mut self, is_simple: bool) {
        let (Ok((Some(track), len)), Some(clock)) = (ebml::data(&self.carry), self.clock) else {
            return;
        };
        let Some([high, low, flags, rest @ ..]) = self.carry.get(len..) else {
            return;
        };
        let relative = i16::from_be_bytes([*high, *low]);
        let clock = i64::try_from(clock).unwrap_or(i64::MAX);
        self.block.track = track;
        self.block.time = clock.saturating_add(relative.into());
        if is_simple {
            self.block.is_key = flags & 0x80 != 0;
        }
        let laced = rest.first().filter(|_| flags & 0x06 != 0);
        self.block.frames = laced.map_or(1, |more| u64::from(*more).saturating_add(1));
    }

    fn add_block(&mut self) {
        let block = self.block;
        let mut tracks = self.tracks.iter_mut();
        let Some(track) = tracks.find(|track| track.number == block.track && block.track > 0)
        else {
            return;
        };
        track.add(&block, self.scale as f64);
        if block.is_key && !self.is_cued && block.track == self.points.track {
            self.is_cued = true;
            self.points.offer(Point {
                time: u64::try_from(block.time).unwrap_or_default(),
                cluster: self.cluster,
            });
        }
    }
}
