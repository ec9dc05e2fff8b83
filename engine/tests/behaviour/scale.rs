//! Ten thousand uploads cost ten times as much as a thousand, not a hundred times.

use std::time::Instant;

use super::common::{World, id, new_upload};
use crowfly_engine::Input;

fn seconds(count: u64) -> f64 {
    let mut world = World::new();
    world.keep_log = false;
    world.bytes_per_ms = 100_000;
    let started = Instant::now();
    for number in 0..count {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    assert_eq!(world.server.objects.len() as u64, count);
    started.elapsed().as_secs_f64()
}

#[test]
fn the_cost_of_many_uploads_is_linear() {
    // The best of three, so that a busy machine does not matter.
    let best = |count| (0..3).map(|_| seconds(count)).fold(f64::MAX, f64::min);
    let (thousand, many) = (best(1_000), best(10_000));
    println!("1,000 uploads: {thousand:.3} s; 10,000: {many:.3} s");
    assert!(many < 30.0 * thousand, "{many} s against {thousand} s");
}

#[test]
fn adding_and_aborting_ten_thousand_is_cheap() {
    let started = Instant::now();
    let mut world = World::new();
    world.keep_log = false;
    for number in 0..10_000 {
        world.add(new_upload(number, 1000));
    }
    for number in 0..10_000 {
        world.input(Input::Abort(id(number)));
    }
    world.finish();
    assert!(started.elapsed().as_secs_f64() < 10.0);
}
