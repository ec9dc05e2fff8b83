//! Cue points that fit into a room, however long the recording becomes.

use crate::ebml::{put, put_uint, size_len, uint_len};
use crate::ids;

/// Where to begin to read for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// In ticks.
    pub(crate) time: u64,
    /// The Cluster's position in the Segment.
    pub(crate) cluster: u64,
}

/// Of the points that are offered every 2ⁿ-th is kept; n grows whenever the next one would not fit.
#[derive(Debug, Default)]
pub(crate) struct Points {
    kept: Vec<Point>,
    /// The track that they are of.
    pub(crate) track: u64,
    /// Bytes for the element Cues.
    pub(crate) room: usize,
    /// Bytes of the points that are kept.
    used: usize,
    /// One less than how many are offered for one that is kept, and how many to go until then.
    skipped: u32,
    skip: u32,
}

impl Points {
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(crate) fn offer(&mut self, point: Point) {
        if let Some(left) = self.skip.checked_sub(1) {
            self.skip = left;
            return;
        }
        let len = self.len_of(point);
        let used = self.used.saturating_add(len);
        if used.saturating_add(4).saturating_add(size_len(used)) <= self.room {
            self.used = used;
            self.kept.push(point);
            self.skip = self.skipped;
        } else if self.kept.len() > 1 {
            let is_odd = self.kept.len() % 2 == 1;
            let mut odd = false;
            self.kept.retain(|_| {
                odd = !odd;
                odd
            });
            self.used = self.kept.iter().fold(0, |sum: usize, point| {
                sum.saturating_add(self.len_of(*point))
            });
            let before = self.skipped;
            self.skipped = before.saturating_mul(2).saturating_add(1);
            // The last one may have been dropped: then this one is in its turn.
            match is_odd {
                true => self.skip = before,
                false => self.offer(point),
            }
        }
    }

    /// Length of a point with ID and size.
    fn len_of(&self, point: Point) -> usize {
        let values = [point.time, self.track, point.cluster];
        let uints = values.map(|value| uint_len(value).saturating_add(2));
        // ID and size of CuePoint and CueTrackPositions.
        uints.iter().fold(4, |sum, len| sum.saturating_add(*len))
    }

    /// The payload of Cues: <https://www.rfc-editor.org/rfc/rfc9559#section-5.1.5>.
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for point in &self.kept {
            let mut place = Vec::new();
            put_uint(&mut place, ids::CUE_TRACK, self.track);
            put_uint(&mut place, ids::CUE_CLUSTER_POSITION, point.cluster);
            let mut cue = Vec::new();
            put_uint(&mut cue, ids::CUE_TIME, point.time);
            put(&mut cue, ids::CUE_TRACK_POSITIONS, &place);
            put(&mut out, ids::CUE_POINT, &cue);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(count: u64, room: usize) -> Points {
        let mut points = Points {
            track: 1,
            room,
            ..Points::default()
        };
        for at in 0..count {
            points.offer(Point {
                time: at * 1000,
                cluster: at * 70_000,
            });
        }
        points
    }

    /// The invariant: what is kept fits, begins with the first, and is evenly spaced.
    #[test]
    fn points_fit_their_room_and_are_evenly_spaced() {
        for room in (0..400).chain([1000, 4096]) {
            for count in [0, 1, 2, 3, 10, 100, 1000, 5000] {
                let points = offered(count, room);
                let written = points.written();
                assert_eq!(written.len(), points.used);
                let whole = 4 + size_len(written.len()) + written.len();
                assert!(points.is_empty() || whole <= room, "{count} in {room}");
                let mut times = points.kept.windows(2).map(|two| two[1].time - two[0].time);
                let gap = 1000 * (u64::from(points.skipped) + 1);
                assert!(times.all(|found| found == gap), "{count} in {room}");
                assert!(points.kept.first().is_none_or(|first| first.time == 0));
            }
        }
    }

    #[test]
    fn half_of_the_room_is_used_at_least() {
        for count in [100, 300, 1000, 5000] {
            let points = offered(count, 1000);
            assert!(points.used > 450, "{count}: {}", points.used);
        }
        assert_eq!(offered(20, 1000).kept.len(), 20, "all that fit");
        assert!(offered(20, 17).is_empty(), "none fits");
        assert_eq!(offered(20, 30).kept.len(), 1);
    }
}
