//! Connections that are reset, stall, never answer or are slow.

use e2e::files::MIB;
use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    f03_a_half_closed_connection_is_given_up_and_its_part_sent_again,
    f03_a_connection_that_goes_silent_is_cut_within_the_stall_limit,
    f01_a_reset_of_a_single_put_is_sent_again,
    f01_a_reset_of_a_part_is_sent_again,
    f02_an_answer_lost_after_a_single_put_is_settled_by_asking,
    f02_an_answer_lost_after_a_part_is_settled_by_the_list,
    f04_a_pause_shorter_than_the_limit_costs_nothing,
    f05_a_slow_link_finishes_without_a_retry,
];

pub(crate) const ALONE: &[Test] = tests![Place::Alone:
    f05_progress_is_told_all_along_on_a_slow_link,
];

/// A file that goes in one PUT.
const SMALL: u64 = 300_000;
/// A file of three parts.
const PARTS: u64 = 20 * MIB as u64;

// Acceptance line 17.
fn f01_a_reset_of_a_single_put_is_sent_again(world: &World) -> Seen {
    for at in [json!(0), json!(1), json!("half"), json!("last")] {
        let case = Case::new(world, SMALL);
        case.fresh_connections()
            .rule(json!({"method": "PUT"}), json!({"kind": "reset", "at": at}));
        case.begin().stored();
        assert_eq!(case.puts(None), 2, "PUT requests for a reset at {at}");
        assert_eq!(case.stats().completed, 1);
    }
    "at 0, 1, half and the last byte: one more PUT, one object".into()
}

// Acceptance line 17.
fn f01_a_reset_of_a_part_is_sent_again(world: &World) -> Seen {
    for at in [json!(0), json!(1), json!("half"), json!("last")] {
        let case = Case::new(world, PARTS);
        case.fresh_connections().rule(
            json!({"method": "PUT", "query": "partNumber=2"}),
            json!({"kind": "reset", "at": at}),
        );
        case.begin().stored();
        let puts = [1, 2, 3].map(|part| case.puts(Some(part)));
        assert_eq!(puts, [1, 2, 1], "PUT requests for a reset at {at}");
    }
    "at 0, 1, half and the last byte: that part alone goes again".into()
}

fn f02_an_answer_lost_after_a_single_put_is_settled_by_asking(world: &World) -> Seen {
    let case = Case::new(world, SMALL);
    case.fresh_connections()
        .rule(json!({"method": "PUT"}), json!({"kind": "swallow"}));
    case.begin().stored();
    let puts = case.puts(None);
    assert!(puts <= 2, "{puts} PUT requests");
    format!("done after {puts} PUT")
}

// Acceptance line 22: the answer is lost after success, and the outcome is still right.
fn f02_an_answer_lost_after_a_part_is_settled_by_the_list(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.fresh_connections().rule(
        json!({"method": "PUT", "query": "partNumber=3"}),
        json!({"kind": "swallow"}),
    );
    case.rule(
        json!({"method": "POST", "pathContains": "/complete"}),
        json!({"kind": "swallow"}),
    );
    case.begin().stored();
    assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 1, 1]);
    let (lists, completes) = (case.count("GET", "/parts"), case.count("POST", "/complete"));
    assert!(lists >= 1 && completes >= 2, "{lists} {completes}");
    "no part twice; complete asked again".into()
}

fn f03_a_half_closed_connection_is_given_up_and_its_part_sent_again(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(
        json!({"method": "PUT", "query": "partNumber=1"}),
        json!({"kind": "halfClose"}),
    );
    case.begin().stored();
    assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [2, 1, 1]);
    "given up after its time, then sent once more".into()
}

// Acceptance line 16; the exact limit is tested in virtual time.
fn f03_a_connection_that_goes_silent_is_cut_within_the_stall_limit(world: &World) -> Seen {
    // Parts larger than the socket buffers.
    let case = Case::new(world, 64 * MIB as u64);
    case.rule(
        json!({"method": "PUT", "query": "partNumber=2"}),
        json!({"kind": "stall", "at": 1_000_000}),
    );
    case.begin().stored();
    assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 2, 1]);
    let starts: Vec<u64> = case
        .requests()
        .iter()
        .filter(|entry| entry.part == Some(2) && entry.method == "PUT")
        .map(|entry| entry.start_ms)
        .collect();
    let ms = starts[1] - starts[0];
    assert!(
        ms >= 10_000,
        "cut after {ms} ms although bytes may rest for ten seconds"
    );
    format!("sent again after {ms} ms")
}

fn f04_a_pause_shorter_than_the_limit_costs_nothing(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(
        json!({"method": "PUT", "query": "partNumber=2"}),
        json!({"kind": "stall", "at": "half", "ms": 4_000}),
    );
    case.begin().stored();
    assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 1, 1]);
    "no retry".into()
}

// The proxy accepts what the socket buffers hold at once, so most of this is a long wait for the answer.
fn f05_a_slow_link_finishes_without_a_retry(world: &World) -> Seen {
    let case = Case::new(world, SMALL);
    case.slow(64_000);
    case.begin().stored();
    assert_eq!(case.puts(None), 1);
    let case = Case::new(world, PARTS);
    case.slow(1_500_000);
    case.begin().stored();
    assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 1, 1]);
    "300 kB at 64 kB/s, 20 MiB at 1.5 MB/s a connection".into()
}

// Acceptance line 4. The browser's own throttling: with the proxy's, the socket buffers accept everything at
// once and progress jumps.
fn f05_progress_is_told_all_along_on_a_slow_link(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, MIB as u64);
    case.open();
    world.browser.limit_upload(125_000);
    case.run("one.times = []; one.noted = (progress) => one.times.push([performance.now(), progress.sent]);");
    case.run(
        "one.browser = 0;
         const send = XMLHttpRequest.prototype.send;
         XMLHttpRequest.prototype.send = function (body) {
           this.upload.addEventListener('progress', () => (one.browser += 1));
           send.call(this, body);
         };",
    );
    case.begin();
    case.run("one.client.subscribe(() => one.noted(one.upload.progress));");
    case.stored();
    world.browser.limit_upload(0);
    let seen = case.run("return [one.times, one.browser];");
    let (times, browser): (Vec<(f64, u64)>, usize) =
        serde_json::from_value(seen).expect("moments and a number");
    let sent: std::collections::BTreeSet<u64> = times.iter().map(|(_, sent)| *sent).collect();
    assert!(
        sent.len() >= 20,
        "{} different figures in eight seconds",
        sent.len()
    );
    // Progress events come every 50 ms (<https://xhr.spec.whatwg.org/#the-send()-method>), and a frame is shorter; a
    // busy machine may drop some.
    assert!(
        sent.len() * 2 >= browser,
        "{} figures of the browser's {browser}",
        sent.len()
    );
    let mut moments = Vec::new();
    for (at, sent) in times {
        if moments.last().is_none_or(|(_, last)| *last != sent) {
            moments.push((at, sent));
        }
    }
    let gaps = moments.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let longest = gaps.fold(0.0, f64::max);
    format!(
        "{} different figures of the browser's {browser}, at most {longest:.0} ms apart",
        sent.len()
    )
}
