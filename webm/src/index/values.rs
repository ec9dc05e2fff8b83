//! What the elements of a recording say.

use super::Index;
use crate::ebml::{self, uint};
use crate::layout::DURATION_ROOM;
use crate::points::Point;
use crate::track::Track;
use crate::{ROOM_LIMIT, ids};

impl Index {
    /// Notes where the parts of the head are.
    pub(super) fn note(&mut self, parent: u32, id: u32, begin: usize, end: usize) {
        let places = &mut self.places;
        if parent == ids::INFO
            && matches!(id, ids::DURATION | ids::VOID)
            && end.wrapping_sub(begin) == DURATION_ROOM
        {
            places.duration = begin;
        }
        if parent != ids::SEGMENT {
            return;
        }
        match id {
            ids::CLUSTER | ids::VOID | ids::SEEK_HEAD | ids::CUES => return,
            ids::INFO => places.info = begin,
            ids::TRACKS => places.tracks = begin,
            _ => {}
        }
        if places.other == 0 {
            places.other = begin;
        }
        places.cues = end;
    }

    pub(super) fn end_head(&mut self, end: u64) {
        self.head_len = Some(end);
        let places = &mut self.places;
        places.end = end as usize;
        let room = places.end.wrapping_sub(places.cues);
        self.points.room = room.min(ROOM_LIMIT);
        // Of a video's track, or where there is none of one with sound.
        for kind in [2, 1] {
            // A cue has one byte for its number.
            let is_of = |track: &&Track| track.kind == kind && track.number < 256;
            if let Some(track) = self.tracks.iter().find(is_of) {
                self.points.track = track.number;
            }
        }
    }

    /// Takes the value that was collected.
    pub(super) fn read(&mut self, id: u32) {
        let value = uint(self.carry());
        let mut none = Track::default();
        let track = self.tracks.last_mut().unwrap_or(&mut none);
        match id {
            ids::TIMESTAMP_SCALE => self.scale = value.max(1),
            ids::TIMESTAMP => self.clock = Some(value),
            ids::BLOCK_DURATION => self.block.duration = value as f64,
            ids::BLOCK | ids::SIMPLE_BLOCK => self.read_block(id == ids::SIMPLE_BLOCK),
            ids::TRACK_NUMBER => track.number = value,
            ids::TRACK_TYPE => track.kind = value,
            ids::DEFAULT_DURATION => track.frame = value,
            _ => {}
        }
    }

    /// Reads the start of a block: <https://www.rfc-editor.org/rfc/rfc9559#section-10>. One that is too short, or comes
    /// before the Timestamp of its Cluster, is none.
    fn read_block(&mut self, is_simple: bool) {
        let carry = self.carry;
        let bytes = carry.get(..self.carried).unwrap_or_default();
        let (Ok((track, len)), Some(clock)) = (ebml::data(bytes), self.clock) else {
            return;
        };
        let Some([high, low, flags, rest @ ..]) = bytes.get(len..) else {
            return;
        };
        let relative = i16::from_be_bytes([*high, *low]);
        let block = &mut self.block;
        block.track = track;
        block.time = clock as f64 + f64::from(relative);
        if is_simple {
            block.is_key = flags & 0x80 != 0;
        }
        let laced = rest.first().filter(|_| flags & 0x06 != 0);
        block.frames = laced.map_or(1.0, |more| f64::from(*more) + 1.0);
    }

    pub(super) fn add_block(&mut self) {
        let block = &self.block;
        let mut tracks = self.tracks.iter_mut();
        let Some(track) = tracks.find(|track| track.number == block.track && block.track > 0)
        else {
            return;
        };
        track.add(block, self.scale as f64);
        if block.is_key && !self.is_cued && block.track == self.points.track {
            self.is_cued = true;
            self.points.offer(Point {
                // No time before the start: the cast ends at 0.
                time: block.time as u64,
                cluster: self.cluster,
            });
        }
    }
}
