//! When the last frame of a track ends.

/// One frame, or several in one block. Times are in ticks, of which f64 holds all below 2⁵³ exactly.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    /// The track's number; 0: not known.
    pub(crate) track: u64,
    pub(crate) time: f64,
    pub(crate) is_key: bool,
    pub(crate) frames: f64,
    /// A BlockDuration; 0: none.
    pub(crate) duration: f64,
}

#[derive(Debug, Default)]
pub(crate) struct Track {
    pub(crate) number: u64,
    /// 1: video, 2: audio. <https://www.rfc-editor.org/rfc/rfc9559#section-5.1.4.1.3>
    pub(crate) kind: u64,
    /// Duration of a frame, in nanoseconds; 0: not known.
    pub(crate) frame: u64,
    /// Blocks that came in order, and the times of the first and the last of them.
    count: u32,
    first: f64,
    last: f64,
    /// Between the last two.
    interval: f64,
    /// The latest known end of a block.
    end: f64,
}

impl Track {
    /// `scale`: nanoseconds in a tick.
    pub(crate) fn add(&mut self, block: &Block, scale: f64) {
        let mut known = block.duration;
        if known == 0.0 {
            known = self.frame as f64 * block.frames / scale;
        }
        self.end = larger(self.end, block.time + known);
        if self.count == 0 {
            self.first = block.time;
        } else if block.time <= self.last {
            return;
        } else {
            self.interval = block.time - self.last;
        }
        self.count = self.count.wrapping_add(1);
        self.last = block.time;
    }

    /// The end of its last block. What is not written is estimated: a frame is shown as long as the one before it, but
    /// neither longer than the average, as the one before a pause was, nor longer than a second, as those of a still
    /// canvas are.
    pub(crate) fn end(&self, scale: f64) -> f64 {
        // A block of known duration ends after its time.
        if self.end > self.last || self.count < 2 {
            return self.end;
        }
        let average = (self.last - self.first) / f64::from(self.count.wrapping_sub(1));
        let smaller = |one: f64, other: f64| if one < other { one } else { other };
        self.last + smaller(smaller(average, self.interval), 1e9 / scale)
    }
}

/// Without the rules for what is no number, which the numbers here never are.
pub(crate) fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: f64 = 1e6;

    fn track(frame: u64, times: &[i32]) -> Track {
        let mut track = Track {
            frame,
            ..Track::default()
        };
        for time in times {
            track.add(&block((*time).into(), 0.0), MS);
        }
        track
    }

    fn block(time: f64, duration: f64) -> Block {
        Block {
            track: 1,
            time,
            is_key: true,
            frames: 1.0,
            duration,
        }
    }

    #[test]
    fn the_last_frame_lasts_as_long_as_the_one_before() {
        assert_eq!(track(0, &[0, 40, 80]).end(MS), 120.0);
        assert_eq!(track(0, &[1000, 1033]).end(MS), 1066.0);
        assert_eq!(track(0, &[]).end(MS), 0.0);
        assert_eq!(track(0, &[70]).end(MS), 70.0);
    }

    #[test]
    fn neither_a_gap_nor_a_still_picture_is_taken_for_its_length() {
        assert_eq!(track(0, &[0, 40, 80, 5080]).end(MS), 6080.0);
        let regular: Vec<i32> = (0..100).map(|at| at * 40).chain([5000]).collect();
        assert_eq!(track(0, &regular).end(MS), 5050.0);
        assert_eq!(track(0, &[0, 8000, 16_000]).end(MS), 17_000.0);
    }

    #[test]
    fn a_written_duration_comes_before_an_estimate() {
        assert_eq!(track(20_000_000, &[0, 60]).end(MS), 80.0);
        let mut track = track(20_000_000, &[0, 20]);
        track.add(&block(40.0, 7.0), MS);
        assert_eq!(track.end(MS), 47.0);
        let mut laced = block(60.0, 0.0);
        laced.frames = 3.0;
        track.add(&laced, MS);
        assert_eq!(track.end(MS), 120.0);
    }

    #[test]
    fn frames_out_of_order_do_not_shorten_it() {
        assert_eq!(track(0, &[0, 120, 40, 80, 160, 160]).end(MS), 200.0);
        let mut track = track(0, &[0, 40]);
        track.add(&block(10.0, 500.0), MS);
        assert_eq!(track.end(MS), 510.0);
        // What comes before the start of the recording is not shown.
        assert_eq!(super::tests::track(0, &[-30, -10]).end(MS), 0.0);
    }
}
