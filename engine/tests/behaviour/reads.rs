//! Reads of records: calls that belong to no upload, under the policy of those that do.

use super::common::{Act, MIB, Op, World, api, id, new_upload};
use crowfly_contract::ErrorCode;
use crowfly_engine::{ApiFailure, Command, Event, Failure, Input, Phase, ReadId, TokenReason};

/// A world in which one read was asked for, and calls for it go so.
fn read(acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.script(Op::Read, acts);
    world.read(1);
    world
}

fn finished(acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = read(acts);
    world.finish();
    world
}

/// When attempts went out.
fn attempts(world: &World) -> Vec<u64> {
    let reads = world.sent.iter();
    let reads = reads.filter(|(_, command)| matches!(command, Command::Read { .. }));
    reads.map(|(at, _)| *at).collect()
}

fn failure(world: &World) -> &Failure {
    let failed = world.log.iter().find_map(|(_, event)| match event {
        Event::ReadFailed { failure, .. } => Some(failure),
        _ => None,
    });
    failed.expect("a read that failed")
}

/// `429` or `503` with `Retry-After`.
fn asks_for_a_pause(status: u16, code: ErrorCode, millis: u64) -> Act {
    let Act::Api(ApiFailure::Http {
        message,
        request_id,
        ..
    }) = api(status, code)
    else {
        unreachable!("an answer of the API");
    };
    Act::Api(ApiFailure::Http {
        status,
        code,
        message,
        request_id,
        retry_after_ms: Some(millis),
    })
}

#[test]
fn a_read_takes_a_token_and_one_call() {
    let world = finished([]);
    assert_eq!(world.read_ending(1), Some(Ok(())));
    assert_eq!((world.monitor.tokens, attempts(&world).len()), (1, 1));
    // The token is there for all that come later.
    let mut world = world;
    world.read(1);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.monitor.reads.endings.len(), 2);
    assert_eq!(world.monitor.tokens, 1);
}

#[test]
fn a_read_that_fails_is_tried_four_times_with_growing_pauses() {
    for (act, code) in [
        (api(500, ErrorCode::Internal), ErrorCode::Internal),
        (api(504, ErrorCode::Unknown), ErrorCode::ServiceUnavailable),
        (api(409, ErrorCode::ScanPending), ErrorCode::ScanPending),
        (api(429, ErrorCode::RateLimited), ErrorCode::RateLimited),
        (Act::Reset(0), ErrorCode::Network),
        (Act::HangAfter, ErrorCode::Network),
    ] {
        let world = finished(vec![act.clone(); 3]);
        assert_eq!(world.read_ending(1), Some(Ok(())), "{code}");
        let world = finished(vec![act.clone(); 10]);
        assert_eq!(world.read_ending(1), Some(Err(code)));
        let attempts = attempts(&world);
        assert_eq!(attempts.len(), 4, "{code}");
        let failure = failure(&world);
        assert_eq!((failure.phase, failure.retryable), (Phase::Read, true));
        // Four times the deadline, and the pauses between.
        assert!(world.now <= 4 * 30_000 + 500 + 1_000 + 2_000, "{code}");
    }
}

#[test]
fn an_answer_that_is_not_the_apis_is_final_at_once() {
    let world = finished([Act::Api(ApiFailure::NotJson)]);
    assert_eq!(world.read_ending(1), Some(Err(ErrorCode::BadResponse)));
    assert_eq!(attempts(&world).len(), 1);
}

#[test]
fn a_refusal_is_final_at_once_and_carries_the_servers_words() {
    for code in [
        ErrorCode::NotFound,
        ErrorCode::Forbidden,
        ErrorCode::Infected,
        ErrorCode::TypeMismatch,
        ErrorCode::InvalidCursor,
        ErrorCode::Unsupported,
    ] {
        let status = code.http_status().expect("a server's code");
        let world = finished([api(status, code)]);
        assert_eq!(world.read_ending(1), Some(Err(code)));
        assert_eq!(attempts(&world).len(), 1);
        let failure = failure(&world);
        assert_eq!((failure.phase, failure.status), (Phase::Read, Some(status)));
        assert_eq!(failure.message, "the server's sentence");
        assert_eq!(failure.request_id.as_deref(), Some("req-1"));
        assert!(!failure.retryable);
    }
}

#[test]
fn a_refused_token_is_renewed_once_for_all() {
    let refused = || api(401, ErrorCode::Unauthenticated);
    let mut world = World::new();
    world.script(Op::Read, [refused(), refused(), refused()]);
    for number in 1..=3 {
        world.read(number);
    }
    world.finish();
    for number in 1..=3 {
        assert_eq!(world.read_ending(number), Some(Ok(())));
    }
    assert_eq!((world.monitor.tokens, attempts(&world).len()), (2, 6));
    let reasons = world.sent.iter().filter_map(|(_, command)| match command {
        Command::Token { reason, .. } => Some(*reason),
        _ => None,
    });
    let reasons: Vec<_> = reasons.collect();
    assert_eq!(reasons, [TokenReason::Initial, TokenReason::Unauthorized]);

    let world = finished([refused(), refused()]);
    assert_eq!(world.read_ending(1), Some(Err(ErrorCode::Unauthenticated)));
    assert_eq!(attempts(&world).len(), 2);
}

#[test]
fn a_read_without_a_token_fails_with_those_who_wait_for_one() {
    let mut world = World::new();
    world.script(Op::Token, vec![Act::Reset(0); 3]);
    world.read(1);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.read_ending(1), Some(Err(ErrorCode::TokenProvider)));
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::TokenProvider));
    assert_eq!(attempts(&world), Vec::<u64>::new());
}

#[test]
fn retry_after_is_kept_to() {
    for (status, code) in [
        (503, ErrorCode::ServiceUnavailable),
        (429, ErrorCode::RateLimited),
    ] {
        let world = finished([asks_for_a_pause(status, code, 7_000)]);
        assert_eq!(world.read_ending(1), Some(Ok(())));
        let [first, second] = attempts(&world)[..] else {
            panic!("two attempts");
        };
        assert!((7_000..=7_600).contains(&(second - first)), "{code}");
    }
}

#[test]
fn a_throttled_api_holds_reads_back_and_a_throttled_read_the_uploads() {
    let mut world = World::new();
    world.script(
        Op::Create,
        [asks_for_a_pause(429, ErrorCode::RateLimited, 9_000)],
    );
    world.add(new_upload(1, 1000));
    world.later_input(1_000, Input::Read(ReadId(1)));
    world.finish();
    assert!(attempts(&world)[0] >= 9_000);

    let mut world = read([asks_for_a_pause(429, ErrorCode::RateLimited, 9_000)]);
    world.run_for(1_000);
    world.add(new_upload(1, 1000));
    world.finish();
    let create = world.sent.iter().find_map(|(at, command)| match command {
        Command::Create { .. } => Some(*at),
        _ => None,
    });
    assert!(create >= Some(9_000), "{create:?}");
}

#[test]
fn offline_a_read_waits_for_the_network_but_not_for_ever() {
    let mut world = World::new();
    world.input(Input::Offline);
    world.link_up = false;
    world.read(1);
    world.run_for(10_000);
    assert_eq!(attempts(&world), Vec::<u64>::new());
    world.link_up = true;
    world.input(Input::Online);
    world.finish();
    assert_eq!(world.read_ending(1), Some(Ok(())));
    assert!(world.now < 11_000);

    let mut world = World::new();
    world.input(Input::Offline);
    world.link_up = false;
    world.read(1);
    world.finish();
    assert_eq!(world.read_ending(1), Some(Err(ErrorCode::Network)));
    assert_eq!(attempts(&world).len(), 4);
    // Probes: after 15 s, then 30, 60 and 120 s apart.
    assert!((225_000..240_000).contains(&world.now), "{}", world.now);
}

#[test]
fn a_read_that_found_no_network_goes_as_soon_as_there_is_one() {
    let mut world = read([Act::Reset(0)]);
    world.run_until(|world| !attempts(world).is_empty());
    world.run_for(41);
    assert_eq!(attempts(&world).len(), 1);
    world.input(Input::Offline);
    world.input(Input::Online);
    let now = world.now;
    assert_eq!(attempts(&world).last(), Some(&now));
    world.finish();
    assert_eq!(world.read_ending(1), Some(Ok(())));
}

#[test]
fn closing_fails_all_reads_and_those_that_come_later() {
    let mut world = World::new();
    let hangs = std::iter::repeat_n(Act::HangAfter, 6);
    world.script(Op::Read, [Act::Ok, Act::Reset(0)].into_iter().chain(hangs));
    world.read(1);
    world.run_until(|world| world.read_ending(1).is_some());
    // One that waits for its next attempt, four that are under way, two that wait for their turn.
    for number in 2..=8 {
        world.read(number);
    }
    world.run_for(41);
    world.input(Input::Close);
    for number in 2..=8 {
        assert_eq!(world.read_ending(number), Some(Err(ErrorCode::Closed)));
    }
    assert_eq!(world.monitor.reads.endings.len(), 8);
    world.read(9);
    assert_eq!(world.read_ending(9), Some(Err(ErrorCode::Closed)));
    world.finish();
}

#[test]
fn a_cancelled_read_is_stopped_and_has_no_ending() {
    // Under way.
    let mut world = read([Act::HangAfter]);
    world.run_until(|world| !attempts(world).is_empty());
    world.cancel_read(ReadId(1));
    let cancelled = world.sent.last().map(|(_, command)| command);
    assert!(matches!(cancelled, Some(Command::Cancel { .. })));
    world.finish();
    // It waits for its next attempt.
    let mut other = read([api(500, ErrorCode::Internal)]);
    other.run_until(|world| !attempts(world).is_empty());
    other.run_for(41);
    other.cancel_read(ReadId(1));
    other.finish();
    for world in [world, other] {
        assert_eq!((world.read_ending(1), attempts(&world).len()), (None, 1));
    }
    // Unknown ones, and ended ones.
    let mut world = finished([]);
    world.cancel_read(ReadId(1));
    world.cancel_read(ReadId(2));
    world.finish();
    assert_eq!(world.monitor.reads.endings.len(), 1);
}

#[test]
fn a_read_under_way_is_not_begun_again() {
    let mut world = read([Act::Late(500, Box::new(Act::Ok))]);
    world.run_for(100);
    world.read(1);
    world.finish();
    assert_eq!(attempts(&world).len(), 1);
    assert_eq!(world.monitor.reads.endings.len(), 1);
}

#[test]
fn an_api_that_is_gone_fails_the_reads_that_wait_for_it() {
    let mut world = World::new();
    world.chance = Some(Box::new(|op, _| match op {
        Op::Token => Act::Ok,
        _ => Act::HangAfter,
    }));
    // Their own attempts would take ten minutes.
    for number in 0..20 {
        world.read(number);
    }
    world.finish();
    for number in 0..20 {
        assert_eq!(world.read_ending(number), Some(Err(ErrorCode::Network)));
    }
    assert!(world.now <= 215_000, "{}", world.now);
}

#[test]
fn no_upload_waits_for_a_read() {
    let took = |reads: u64| {
        let mut world = World::new();
        world.script(Op::Read, vec![Act::HangAfter; 100]);
        for number in 0..reads {
            world.read(number);
        }
        for number in 1..=20 {
            world.add(new_upload(number, MIB));
        }
        let done = world.run_until(|world| (1..=20).all(|n| world.ending(id(n)).is_some()));
        assert!(done);
        world.now
    };
    assert!(took(50) <= took(0));
}

#[test]
fn calls_of_uploads_go_first() {
    let mut world = World::new();
    world.script(Op::Token, [Act::Late(100, Box::new(Act::Ok))]);
    world.read(1);
    world.add(new_upload(1, 1000));
    world.finish();
    let calls = world.sent.iter().filter_map(|(_, command)| match command {
        Command::Create { .. } => Some("create"),
        Command::Read { .. } => Some("read"),
        _ => None,
    });
    assert_eq!(calls.collect::<Vec<_>>(), ["create", "read"]);
}
