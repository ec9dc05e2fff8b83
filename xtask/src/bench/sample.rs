//! The figures of one run, and the median of several.

use std::collections::BTreeMap;

use devkit::stats::median;

/// The figures of one run of one variant, by their names in the result file; [`COLUMNS`] describes them.
pub(super) type Sample = BTreeMap<&'static str, f64>;

/// A figure's name, the heading of its column, and the column's width and decimal places.
pub(super) type Column = (&'static str, &'static str, usize, usize);

/// All figures, in the order of the table.
pub(super) const COLUMNS: [Column; 8] = [
    // Millions of bytes a second.
    ("mbPerSecond", "MB/s", 9, 1),
    // Longest time in which the main thread handled no message.
    ("gapMs", "gap ms", 9, 1),
    // Longest time between two frames.
    ("frameMs", "frame ms", 9, 1),
    // Longest task in the browser's report (tasks over 50 ms:
    // https://developer.mozilla.org/en-US/docs/Web/API/PerformanceLongTaskTiming); 0 when there was none.
    ("longTaskMs", "task ms", 10, 1),
    // Peak resident size of the renderer.
    ("rendererMib", "rend. MiB", 10, 0),
    // Seconds of CPU time of the whole browser.
    ("cpuSeconds", "CPU s", 8, 2),
    // Time from the call to the first byte of a body at the sink.
    ("firstByteMs", "1st byte ms", 12, 0),
    // Requests to the sink, preflights included.
    ("requests", "requests", 9, 0),
];

/// The median of each figure separately; `None` without samples.
pub(super) fn medians(samples: &[Sample]) -> Option<Sample> {
    let of = |name: &str| median(samples.iter().map(|sample| sample[name]).collect());
    COLUMNS
        .iter()
        .map(|(name, ..)| Some((*name, of(name)?)))
        .collect()
}
