//! Part sizes on paths of all kinds.

use crowfly_contract::PlanKind;
use crowfly_contract::limits::{GIB, MIB};

use super::*;

/// A path without faults so far: megabytes a second of one connection, and what each part costs.
fn path(rate: f64, overhead_ms: f64) -> PathMeasure {
    PathMeasure {
        byte_ms: 1.0 / (rate * 1_000.0),
        overhead_ms,
        ..PathMeasure::default()
    }
}

/// The part size that is granted, in MiB.
fn granted(path: PathMeasure, size: u64, connections: usize) -> f64 {
    let asked = path.part_size(size, connections);
    match PlanKind::for_asked(size, asked) {
        Ok(PlanKind::Multipart(plan)) => plan.part_size() as f64 / MIB as f64,
        other => panic!("{other:?}"),
    }
}

/// What a file costs, in milliseconds: the longest connection, with half a part lost for each fault.
fn cost(path: PathMeasure, size: u64, connections: u64, part: u64) -> f64 {
    let parts = size.div_ceil(part).div_ceil(connections) as f64;
    let part_ms = part as f64 * path.byte_ms;
    parts * (path.overhead_ms + part_ms + path.faults * part_ms * part_ms / 2.0)
}

#[test]
fn nothing_is_asked_for_before_something_was_measured() {
    assert_eq!(PathMeasure::default().part_size(GIB, 6), None);
    let mut path = PathMeasure::default();
    // Too small, in one burst, and without progress.
    path.sent(2.7e6, 1_000.0, 2.6e6, 900.0);
    path.sent(2e7, 1_000.0, 1e6, 10.0);
    path.sent(2e7, 1_000.0, 0.0, 0.0);
    path.failed();
    assert_eq!(path.part_size(GIB, 6), None);
}

#[test]
fn it_measures_the_rate_of_sending_and_what_each_part_costs_besides() {
    let mut path = PathMeasure::default();
    // 12 MB in a second, of which 2 MB went into buffers at once, and 120 ms for preflight and answer.
    path.sent(12e6, 1_120.0, 10e6, 10e6 / 12e3);
    assert!((1.0 / path.byte_ms - 12e3).abs() < 1.0, "{path:?}");
    assert!((path.overhead_ms - 120.0).abs() < 1.0, "{path:?}");
    // One slow part changes it by a quarter.
    path.sent(12e6, 2_120.0, 10e6, 10e6 / 6e3);
    assert!((1.0 / path.byte_ms - 9.6e3).abs() < 1.0, "{path:?}");
    assert!((path.overhead_ms - 120.0).abs() < 1.0, "{path:?}");
}

#[test]
fn a_part_that_costs_more_is_larger_and_a_faulty_path_has_smaller_ones() {
    let cheap = granted(path(1.0, 40.0), 8 * GIB, 6);
    let dear = granted(path(1.0, 600.0), 8 * GIB, 6);
    assert!(cheap * 2.0 < dear, "{cheap}, {dear}");
    let faulty = PathMeasure {
        faults: 60.0 / 600_000.0,
        ..path(1.0, 600.0)
    };
    let less = granted(faulty, 8 * GIB, 6);
    assert!(less * 2.0 < dear, "{less}, {dear}");
}

#[test]
fn a_slow_path_has_the_smallest_parts_before_it_has_lost_any() {
    // 3 Mbit/s in all, and 600 ms for each part.
    for size in [128 * MIB, GIB] {
        let part = granted(path(0.0625, 600.0), size, 6);
        assert!((5.0..=6.0).contains(&part), "{part}");
    }
}

#[test]
fn rounds_are_whole_for_any_number_of_connections() {
    for connections in [1, 2, 3, 6, 7, 12, 18] {
        for size in [100 * MIB, 128 * MIB + 1, GIB, 5 * GIB, 40 * GIB] {
            for (rate, overhead) in [(0.06, 600.0), (1.0, 200.0), (12.0, 100.0), (90.0, 30.0)] {
                let part = (granted(path(rate, overhead), size, connections) * MIB as f64) as u64;
                let parts = size.div_ceil(part);
                let lanes = connections as u64;
                let missing = parts.next_multiple_of(lanes) - parts;
                // A last round that is not full is short of few, or one of many.
                assert!(
                    missing == 0 || missing * part <= size / 10 || part == 5 * MIB,
                    "{parts} parts of {part} over {connections}"
                );
            }
        }
    }
}

#[test]
fn no_other_size_is_much_cheaper() {
    for connections in [6, 12] {
        for size in [128 * MIB, GIB, 10 * GIB] {
            for faults in [0.0, 1.0 / 3.6e6, 1.0 / 120e3] {
                for (rate, overhead) in [(0.0625, 600.0), (1.0, 200.0), (12.0, 120.0)] {
                    let path = PathMeasure {
                        faults,
                        ..path(rate, overhead)
                    };
                    let asked = path.part_size(size, connections).expect("a size");
                    let asked = asked.clamp(5 * MIB, 64 * MIB);
                    let ours = cost(path, size, connections as u64, asked);
                    let all = (5..=64).map(|mib| cost(path, size, connections as u64, mib * MIB));
                    let least = all.fold(f64::MAX, f64::min);
                    assert!(
                        ours <= least * 1.1,
                        "{path:?}, {size}: {ours} with {asked}, {least}"
                    );
                }
            }
        }
    }
}

#[test]
fn faults_are_counted_by_time_and_forgotten_by_and_by() {
    let mut path = path(1.0, 100.0);
    // One in each ten minutes.
    for _ in 0..1_000 {
        path.failed();
        for _ in 0..6 {
            path.sent(1e8, 100_000.0, 9e7, 90_000.0);
        }
    }
    let every_ms = 1.0 / path.faults;
    assert!((500_000.0..900_000.0).contains(&every_ms), "{every_ms}");
    for _ in 0..200 {
        path.sent(1e8, 100_000.0, 9e7, 90_000.0);
    }
    assert!(path.faults < 1e-4 / FAULTLESS_MS, "{path:?}");
}

#[test]
fn whatever_a_store_has_kept_gives_a_lawful_plan() {
    let odd = [
        0.0,
        -1.0,
        1e-300,
        1.0,
        1e9,
        1e300,
        f64::MAX,
        f64::INFINITY,
        f64::NAN,
    ];
    for byte_ms in odd {
        for overhead_ms in odd {
            for faults in odd {
                let mut path = PathMeasure {
                    byte_ms,
                    overhead_ms,
                    faults,
                };
                for size in [17 * MIB, GIB, 40_000 * GIB] {
                    let part = granted(path, size, 6);
                    assert!(part >= 5.0, "{path:?}");
                }
                path.sent(12e6, 1_100.0, 1e7, 900.0);
                let _ = granted(path, GIB, 12);
            }
        }
    }
}
