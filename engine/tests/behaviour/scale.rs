//! Ten thousand uploads cost ten times as much as a thousand, not a hundred times.

use std::time::Instant;

use super::common::{World, id, new_upload};
use crowfly_engine::Input;

/// Seconds that this thread has had a processor, so that a busy machine does not count; seconds of the clock where the
/// system does not say (`/proc/thread-self/schedstat`: nanoseconds on a processor come first, proc(5)).
fn now(started: Instant) -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: Option<f64> = stat.split(' ').next().and_then(|first| first.parse().ok());
    nanos.map_or_else(|| started.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

fn seconds(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    let before = now(started);
    work();
    now(started) - before
}

fn upload(count: u64) {
    let mut world = World::new();
    world.keep_log = false;
    world.bytes_per_ms = 100_000;
    for number in 0..count {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    assert_eq!(world.server.objects.len() as u64, count);
}

#[test]
fn the_cost_of_many_uploads_is_linear() {
    let once = |count| seconds(|| upload(count));
    let best = |count| (0..3).map(|_| once(count)).fold(f64::MAX, f64::min);
    let (thousand, many) = (best(1_000), best(10_000));
    println!("1,000 uploads: {thousand:.3} s; 10,000: {many:.3} s");
    assert!(many < 30.0 * thousand, "{many} s against {thousand} s");
}

#[test]
fn adding_and_aborting_ten_thousand_is_cheap() {
    let spent = seconds(|| {
        let mut world = World::new();
        world.keep_log = false;
        for number in 0..10_000 {
            world.add(new_upload(number, 1000));
        }
        for number in 0..10_000 {
            world.input(Input::Abort(id(number)));
        }
        world.finish();
    });
    assert!(spent < 10.0, "{spent} s");
}
