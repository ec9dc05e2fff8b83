//! The watchdog: silence is cut off, slowness is not.

use super::common::{Act, MIB, Op, World, id, new_upload};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Config};

fn at_rate(bytes_per_ms: u64, acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.bytes_per_ms = bytes_per_ms;
    world.script(Op::Send, acts);
    world.add(new_upload(1, MIB));
    world.finish();
    world
}

#[test]
fn f03_silence_for_ten_seconds_is_cut_off_and_tried_again() {
    for percent in [0, 50] {
        let world = at_rate(1000, [Act::Hang(percent)]);
        assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 2));
        let cut = world
            .sent
            .iter()
            .find(|(_, command)| matches!(command, Command::Cancel { .. }))
            .expect("a cancellation");
        assert!((10_000..11_500).contains(&cut.0), "cut off at {}", cut.0);
    }
}

#[test]
fn f04_a_pause_shorter_than_the_limit_changes_nothing() {
    let world = at_rate(1000, [Act::Pause(9_000)]);
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
}

#[test]
fn f05_a_slow_link_finishes_without_a_timeout() {
    // 64 KB/s for 16 MiB: more than four minutes.
    let mut world = World::new();
    world.bytes_per_ms = 64;
    world.server.url_life_ms = 60_000;
    world.add(new_upload(1, 16 * MIB));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
    assert!(world.now > 240_000);
}

#[test]
fn silence_for_ever_ends_as_stalled() {
    let world = at_rate(1000, vec![Act::Hang(30); 100]);
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Stalled));
    assert_eq!(world.sends(id(1)), Config::default().attempts);
}

#[test]
fn a_slow_link_gets_more_time_for_the_answer() {
    // 1 MiB at 20 B/ms: 4 MiB would need 210 s, so 30 s + 420 s are granted, and no more.
    let world = at_rate(20, [Act::HangAfter]);
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
    let body = MIB / 20;
    assert!(
        (body + 440_000..body + 460_000).contains(&world.now),
        "{}",
        world.now
    );
}

#[test]
fn a_link_that_has_shown_slow_steps_is_given_longer_ones() {
    // Steps of 8 s are seen, so 15 s of silence are borne after that.
    let mut world = World::new();
    world.bytes_per_ms = 32;
    world.script(Op::Send, [Act::Pause(0)]);
    world.add(new_upload(1, MIB));
    world.finish();
    let mut world = World::new();
    world.bytes_per_ms = 1000;
    world.script(Op::Send, [Act::Pause(9_500), Act::Pause(15_000)]);
    world.add(new_upload(1, MIB));
    world.run();
    world.add(new_upload(2, MIB));
    world.finish();
    assert_eq!((world.sends(id(1)), world.sends(id(2))), (1, 1));
}

#[test]
fn a_stalled_request_halves_the_window() {
    let mut world = World::new();
    world.script(Op::Send, vec![Act::Hang(0); 6]);
    for number in 0..40 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    // Six stall together, then three go at a time, and the window grows again.
    let at = world.sends_at();
    let second_round = at.iter().filter(|start| **start == at[6]).count();
    assert_eq!(second_round, 3, "{:?}", &at[..12]);
    assert_eq!(world.monitor.most_sends, 6);
}
