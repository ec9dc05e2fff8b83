//! Cue points that fit into a room, however long the recording becomes.

use crate::ebml::{put_void, size};
use crate::ids;

/// Where to begin to read for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// In ticks.
    pub(crate) time: u64,
    /// The Cluster's position in the Segment.
    pub(crate) cluster: u64,
}

/// ID and size of Cues, and a Void behind its points: it has two bytes at least.
const AROUND: usize = 10;
/// A CuePoint.
const POINT: usize = 23;

/// Of the points that are offered every 2ⁿ-th is kept; n grows whenever the room is full.
#[derive(Debug, Default)]
pub(crate) struct Points {
    kept: Vec<Point>,
    /// The track that they are of.
    pub(crate) track: u64,
    /// Bytes for the element Cues.
    pub(crate) room: usize,
    /// One less than how many are offered for one that is kept, and how many to go until then.
    skipped: u32,
    skip: u32,
}

impl Points {
    pub(crate) fn offer(&mut self, point: Point) {
        if (point.time | point.cluster) >> 48 > 0 {
            return;
        }
        if self.skip > 0 {
            self.skip = self.skip.wrapping_sub(1);
            return;
        }
        let most = self.room.saturating_sub(AROUND) / POINT;
        if self.kept.len() >= most {
            let mut odd = false;
            self.kept.retain(|_| {
                odd = !odd;
                odd
            });
            let before = self.skipped;
            self.skipped = before.saturating_mul(2).saturating_add(1);
            // If their number was odd, the last one is kept still, and this one is not in its turn.
            if most == 0 || !most.is_multiple_of(2) {
                self.skip = before;
                return;
            }
        }
        self.kept.push(point);
        self.skip = self.skipped;
    }

    /// Cues and a Void, which fill the room; nothing if there is no point.
    /// <https://www.rfc-editor.org/rfc/rfc9559#section-5.1.5>
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.kept.is_empty() {
            return out;
        }
        out.extend_from_slice(&ids::CUES.to_be_bytes());
        out.extend_from_slice(&size(self.kept.len().wrapping_mul(POINT)));
        for point in &self.kept {
            // CuePoint with CueTime in six bytes; CueTrackPositions with CueTrack, and CueClusterPosition in six.
            out.extend_from_slice(&[0xBB, 0x95, 0xB3, 0x86]);
            put_six(&mut out, point.time);
            out.extend_from_slice(&[0xB7, 0x8B, 0xF7, 0x81, self.track as u8, 0xF1, 0x86]);
            put_six(&mut out, point.cluster);
        }
        let rest = self.room.saturating_sub(out.len());
        put_void(&mut out, rest);
        out
    }
}

/// Six bytes: 256 TiB, three days of nanoseconds.
fn put_six(out: &mut Vec<u8>, value: u64) {
    let bytes = value.to_be_bytes();
    out.extend_from_slice(bytes.get(2..).unwrap_or_default());
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
                let wanted = if points.kept.is_empty() { 0 } else { room };
                assert_eq!(written.len(), wanted, "{count} in {room}");
                let mut times = points.kept.windows(2).map(|two| two[1].time - two[0].time);
                let gap = 1000 * (u64::from(points.skipped) + 1);
                assert!(times.all(|found| found == gap), "{count} in {room}");
                assert!(points.kept.first().is_none_or(|first| first.time == 0));
            }
        }
    }

    #[test]
    fn a_number_that_has_no_place_is_left_out() {
        let mut points = offered(1, 100);
        for (time, cluster) in [(1 << 48, 5), (5, 1 << 48)] {
            points.offer(Point { time, cluster });
        }
        assert_eq!(points.kept.len(), 1);
        points.offer(Point {
            time: (1 << 48) - 1,
            cluster: (1 << 48) - 1,
        });
        assert_eq!(points.kept.len(), 2);
    }

    #[test]
    fn half_of_the_room_is_used_at_least() {
        for count in [100, 300, 1000, 5000] {
            let points = offered(count, 1000);
            assert!(points.kept.len() >= 21, "{count}: {}", points.kept.len());
        }
        assert_eq!(offered(43, 1000).kept.len(), 43, "all that fit");
        assert!(offered(20, 32).kept.is_empty(), "none fits");
        assert_eq!(offered(20, 33).kept.len(), 1);
    }
}
