//! The wait for an answer that never comes: bounded by what the body itself has shown, never by a rate that
//! a handful of bytes cannot have.

use super::common::{Act, MIB, Op, World, id, new_upload};
use crowfly_engine::{Command, Config, Input, RequestId};

/// How a body goes out.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Progress is reported as it happens.
    Steady,
    /// All progress is reported at once, at the end.
    Burst,
}

/// The wait of a request, from its last byte to its cut-off, in milliseconds.
#[derive(Debug)]
struct Wait {
    last_byte_after: u64,
    waited: u64,
}

fn request_of(command: &Command) -> Option<RequestId> {
    match command {
        Command::Cancel { request } => Some(*request),
        _ => None,
    }
}

/// Sends a file of which every first request hears no answer, and looks at the one that carried `body` bytes.
fn hang(size: u64, body: u64, connect_ms: u64, bytes_per_ms: u64, way: Way) -> Wait {
    let mut world = World::new();
    world.connect_ms = (connect_ms, connect_ms);
    world.bytes_per_ms = bytes_per_ms;
    world.bursts = if matches!(way, Way::Burst) { 100 } else { 0 };
    world.script(Op::Send, vec![Act::HangAfter; 3]);
    world.add(new_upload(1, size));
    world.run();
    let carries = |command: &Command| match command {
        Command::Send { request, bytes, .. } if bytes.end - bytes.start == body => Some(*request),
        _ => None,
    };
    let (sent_at, request) = world
        .sent
        .iter()
        .find_map(|(at, command)| Some((*at, carries(command)?)))
        .expect("the body goes out");
    let (cut_at, _) = world
        .sent
        .iter()
        .find(|(_, command)| request_of(command) == Some(request))
        .expect("it is cut off");
    let last_byte_after = connect_ms + body / bytes_per_ms;
    Wait {
        last_byte_after,
        waited: cut_at - sent_at - last_byte_after,
    }
}

const BODIES: [u64; 7] = [1, 5, 100, 2_000, 20_000, 100_000, 262_143];

#[test]
fn h1_the_answer_to_a_small_body_is_not_waited_for_by_a_rate() {
    let mut broken = Vec::new();
    for connect_ms in [0, 105, 1_000, 9_000] {
        for body in BODIES {
            let wait = hang(body, body, connect_ms, 1_000, Way::Steady);
            let most = 30_000 + 2 * wait.last_byte_after;
            if wait.waited > most {
                broken.push((body, connect_ms, wait.waited, most));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "(body, set-up, waited, most): {broken:?}"
    );
}

#[test]
fn h1_a_last_part_of_a_few_bytes_is_a_small_body() {
    let mut broken = Vec::new();
    for connect_ms in [0, 105, 1_000, 9_000] {
        for body in [1, 5, 20_000, 262_143] {
            let wait = hang(16 * MIB + body, body, connect_ms, 10_000, Way::Steady);
            let most = 30_000 + 2 * wait.last_byte_after;
            if wait.waited > most {
                broken.push((body, connect_ms, wait.waited, most));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "(body, set-up, waited, most): {broken:?}"
    );
}

#[test]
fn h1_one_burst_of_progress_is_no_rate_however_large_the_body() {
    for body in [5, 20_000, 300_000, MIB, 4 * MIB, 16 * MIB] {
        let wait = hang(body, body, 6_000, 10_000, Way::Burst);
        let most = 30_000 + 2 * wait.last_byte_after;
        assert!(wait.waited <= most, "{body}: {wait:?}, {most} at most");
        assert!(wait.waited >= 30_000, "{body}: {wait:?}");
    }
}

#[test]
fn h1_setting_up_the_connection_is_no_part_of_the_rate() {
    // 300,000 bytes in 300 ms after 9 s: 4 MiB would need 4.2 s, not two minutes.
    for body in [262_144, 300_000] {
        let wait = hang(body, body, 9_000, 1_000, Way::Steady);
        assert!((30_000..60_000).contains(&wait.waited), "{wait:?}");
    }
}

#[test]
fn h1_a_body_without_any_progress_is_cut_off_like_any_silence() {
    for body in [1, 20_000, 300_000] {
        let mut world = World::new();
        world.silent = 100;
        world.script(Op::Send, [Act::HangAfter]);
        world.add(new_upload(1, body));
        world.finish();
        let cut = world.sent.iter().find(|(_, at)| request_of(at).is_some());
        let (cut_at, _) = cut.expect("it is cut off");
        assert!((10_000..10_500).contains(cut_at), "{body}: {cut_at}");
        assert_eq!(world.failed_with(id(1)), None);
    }
}

#[test]
fn h1_steps_that_grow_slower_and_slower_do_not_buy_hours() {
    // A server that takes a few bytes ever later: each step is just in time for the patience that the last
    // one has earned.
    let mut world = World::new();
    world.bytes_per_ms = 1_000_000;
    world.script(Op::Send, [Act::Hang(0)]);
    world.add(new_upload(1, 8 * MIB));
    assert!(world.run_until(|world| world.sends(id(1)) == 1));
    let request = world
        .sent
        .iter()
        .find_map(|(_, command)| match command {
            Command::Send { request, .. } => Some(*request),
            _ => None,
        })
        .expect("it goes out");
    let mut last_step = world.now;
    let mut gap = 9_000;
    for step in 1..12 {
        world.run_for(gap);
        if step > 1 {
            gap = 2 * gap - 2;
        }
        if world.sends(id(1)) > 1 {
            break;
        }
        last_step = world.now;
        world.input(Input::Progress {
            request,
            sent: step,
        });
    }
    world.finish();
    let cut = world.sent.iter().find(|(_, at)| request_of(at).is_some());
    let (cut_at, _) = cut.expect("it is cut off");
    assert!(cut_at - last_step <= 60_000, "{} ms", cut_at - last_step);
}

#[test]
fn h1_a_night_of_sleep_is_no_time_that_a_body_took() {
    // 4 MiB at 500 B/ms take 8 s; the computer sleeps for 10 hours in their midst, and the answer never comes.
    let mut world = World::new();
    world.bytes_per_ms = 500;
    world.script(Op::Send, [Act::HangAfter]);
    world.add(new_upload(1, 4 * MIB));
    world.later(4_000, super::common::User::Sleep(36_000_000));
    world.finish();
    let cut = world.sent.iter().find(|(_, at)| request_of(at).is_some());
    let (cut_at, _) = cut.expect("it is cut off");
    assert!(*cut_at < 36_000_000 + 8_500 + 60_000, "{cut_at}");
}

#[test]
fn h1_calls_of_the_api_wait_for_thirty_seconds_whatever_their_body() {
    for op in [Op::Create, Op::Sign, Op::Complete, Op::List, Op::Token] {
        let config = Config {
            first_parts: 0,
            ..Config::default()
        };
        let mut world = World::with(config, 1);
        world.script(op, [Act::HangAfter]);
        if op == Op::List {
            world.script(Op::Send, [Act::Reset(50)]);
        }
        let size = if matches!(op, Op::Sign | Op::List) {
            17 * MIB
        } else {
            5
        };
        world.add(new_upload(1, size));
        world.finish();
        let cut = world.sent.iter().find(|(_, at)| request_of(at).is_some());
        let (cut_at, _) = cut.unwrap_or_else(|| panic!("{op:?} is cut off"));
        assert!((30_000..35_000).contains(cut_at), "{op:?}: {cut_at}");
    }
}

#[test]
fn h1_a_hash_that_never_comes_though_all_is_read_is_cut_off_as_an_answer_is() {
    let mut world = World::new();
    world.script(Op::Hash, [Act::HangAfter]);
    world.add(new_upload(1, 5));
    world.finish();
    let cut = world.sent.iter().find(|(_, at)| request_of(at).is_some());
    let (cut_at, _) = cut.expect("it is cut off");
    assert!((30_000..31_000).contains(cut_at), "{cut_at}");
}

#[test]
fn h1_figures() {
    println!("{:>12} {:>10} {:>12}", "body", "set-up ms", "waited ms");
    for connect_ms in [105, 1_000] {
        for body in [5, 20_000, 300_000] {
            let wait = hang(body, body, connect_ms, 1_000, Way::Steady);
            println!("{body:>12} {connect_ms:>10} {:>12}", wait.waited);
        }
        let wait = hang(16 * MIB + 1, 1, connect_ms, 10_000, Way::Steady);
        println!("{:>12} {connect_ms:>10} {:>12}", "16 MiB + 1", wait.waited);
        assert!(wait.waited <= 30_000 + 2 * wait.last_byte_after);
    }
}
