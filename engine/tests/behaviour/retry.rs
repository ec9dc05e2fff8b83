//! Requests that fail are tried again: at the right times, as often as allowed, and no longer.

use super::common::{Act, Fault, MIB, Op, World, api, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Config, Event, Input, Phase, State};

/// When PUTs went out.
fn sends(world: &World) -> Vec<u64> {
    let sends = world.sent.iter().filter_map(|(at, command)| match command {
        Command::Send { .. } => Some(*at),
        _ => None,
    });
    sends.collect()
}

fn one(acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.script(Op::Send, acts);
    world.add(new_upload(1, MIB));
    world.finish();
    world
}

#[test]
fn f01_a_connection_that_breaks_anywhere_in_the_body_is_tried_again() {
    for percent in [0, 1, 50, 99] {
        let world = one([Act::Reset(percent)]);
        assert_eq!(world.sends(id(1)), 2);
        assert_eq!(world.failed_with(id(1)), None);
        assert_eq!(world.server.objects.len(), 1);
        // Status 0 may hide a refusal: the URL is signed again.
        assert_eq!(world.monitor.creates, 2);
    }
}

#[test]
fn f06_slow_down_one_two_and_five_times_ends_in_success() {
    for times in [1, 2, 5] {
        let world = one(vec![s3(503, "SlowDown"); times]);
        assert_eq!(world.sends(id(1)), times as u32 + 1);
        assert_eq!(world.failed_with(id(1)), None);
        assert!(world.states(id(1)).contains(&State::Waiting));
    }
}

/// What was said of steps that are done again: code, phase, status, attempt.
fn retries(world: &World) -> Vec<(ErrorCode, Phase, Option<u16>, u32)> {
    let retries = world.log.iter().filter_map(|(_, event)| match event {
        Event::Retried { retry, .. } => {
            Some((retry.code, retry.phase, retry.status, retry.attempt))
        }
        _ => None,
    });
    retries.collect()
}

#[test]
fn each_step_that_is_done_again_is_told_with_its_cause() {
    let world = one(vec![s3(503, "SlowDown"); 2]);
    let code = ErrorCode::StorageUnavailable;
    let told = [1, 2].map(|attempt| (code, Phase::Send, Some(503), attempt));
    assert_eq!(retries(&world), told);

    let expired = s3(403, "ExpiredToken");
    let [(_, Phase::Send, Some(403), 1)] = retries(&one([expired]))[..] else {
        panic!("a URL that is signed anew is not told");
    };

    let mut world = World::new();
    world.script(Op::Create, [api(503, ErrorCode::ServiceUnavailable)]);
    world.add(new_upload(1, MIB));
    world.finish();
    let told = (ErrorCode::ServiceUnavailable, Phase::Create, Some(503), 1);
    assert_eq!(retries(&world), [told]);

    let fatal = one([s3(403, "AccessDenied"), s3(403, "AccessDenied")]);
    assert_eq!(retries(&fatal).len(), 1, "what ends it is no retry");
    assert_eq!(retries(&one([])), []);
}

#[test]
fn f06_retry_after_is_honoured() {
    let told = Act::S3 {
        status: 503,
        code: "SlowDown",
        message: "",
        retry_after_ms: Some(7_000),
    };
    let world = one([told]);
    let at = sends(&world);
    assert!((7_000..8_000).contains(&(at[1] - at[0])), "{at:?}");
}

#[test]
fn f06_delays_grow_and_differ_from_client_to_client() {
    let mut firsts = Vec::new();
    let mut long = 0;
    for seed in 0..40 {
        let mut world = World::with(Config::default(), seed);
        world.script(Op::Send, vec![s3(503, "SlowDown"); 6]);
        world.add(new_upload(1, 0));
        world.finish();
        let at = sends(&world);
        firsts.push(at[1] - at[0]);
        assert!(at[1] - at[0] <= 500 + 100, "{at:?}");
        long = long.max(at[6] - at[5]);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() > 30, "jitter gave {} delays", firsts.len());
    assert!(long > 5_000, "the sixth delay never was longer than {long}");
}

#[test]
fn f07_a_refusal_without_cors_headers_is_a_network_failure() {
    let world = one([Act::Reset(0), Act::Reset(0)]);
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.sends(id(1)), 3);
}

#[test]
fn f08_f09_internal_errors_gateways_and_request_timeout_are_tried_again() {
    for act in [
        s3(500, "InternalError"),
        s3(502, ""),
        s3(504, ""),
        s3(400, "RequestTimeout"),
        s3(409, "OperationAborted"),
    ] {
        let world = one([act]);
        assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 2));
    }
}

#[test]
fn f10_storage_that_fails_for_ever_ends_within_the_budget() {
    let world = one(vec![s3(503, "SlowDown"); 100]);
    assert_eq!(
        world.failed_with(id(1)),
        Some(ErrorCode::StorageUnavailable)
    );
    assert_eq!(world.sends(id(1)), Config::default().attempts);
    assert!(world.now < 120_000);
}

#[test]
fn a_failed_upload_is_tried_again_with_a_fresh_budget_and_the_same_hash() {
    let mut world = one(vec![s3(503, "SlowDown"); 8]);
    assert_eq!(
        world.failed_with(id(1)),
        Some(ErrorCode::StorageUnavailable)
    );
    world.input(Input::Retry(id(1)));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    let hashed = |(_, command): &&(u64, Command)| matches!(command, Command::Hash { .. });
    assert_eq!(world.sent.iter().filter(hashed).count(), 1);
}

#[test]
fn refusals_that_nothing_cures_fail_at_once() {
    for (act, code) in [
        (s3(400, "InvalidArgument"), ErrorCode::StorageRefused),
        (s3(404, "NoSuchBucket"), ErrorCode::Misconfigured),
        (s3(301, "PermanentRedirect"), ErrorCode::Misconfigured),
        (s3(307, "TemporaryRedirect"), ErrorCode::Misconfigured),
        (s3(405, "MethodNotAllowed"), ErrorCode::StorageRefused),
        (s3(501, "NotImplemented"), ErrorCode::StorageRefused),
    ] {
        let world = one([act]);
        assert_eq!(world.failed_with(id(1)), Some(code));
        assert_eq!(world.sends(id(1)), 1);
    }
}

/// An outage of a minute for a thousand uploads: first the bucket empties, then one retry a second goes.
#[test]
fn an_outage_makes_no_storm() {
    let mut world = World::new();
    world.chance = Some(Box::new(|op, _| match op {
        Op::Send => s3(503, "SlowDown"),
        _ => Act::Ok,
    }));
    for number in 0..1000 {
        world.add(new_upload(number, 1000));
    }
    world.run_for(60_000);
    let sends = sends(&world).len();
    assert!(
        sends <= 6 + 100 + 60 + 20,
        "{sends} requests in a minute of outage"
    );
    assert_eq!(world.monitor.violations, Vec::<String>::new());
}

#[test]
fn a_service_that_is_gone_fails_all_that_need_it_together() {
    let mut world = World::new();
    world.chance = Some(Box::new(|op, _| match op {
        Op::Send => s3(503, "SlowDown"),
        _ => Act::Ok,
    }));
    for number in 0..1000 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    assert_eq!(
        world.failed_with(id(999)),
        Some(ErrorCode::StorageUnavailable)
    );
    assert!(world.now < 300_000, "took {}", world.now);
}

#[test]
fn f23_too_many_requests_hold_all_calls_back_and_fail_nobody() {
    let mut world = World::new();
    world.script(Op::Create, vec![api(429, ErrorCode::RateLimited); 30]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert!(world.states(id(1)).contains(&State::Waiting));
}

/// A 429 at the beginning and one much later are not an hour of refusals.
#[test]
fn f23_each_call_that_passes_begins_patience_anew() {
    let mut world = World::new();
    world.bytes_per_ms = 50;
    let busy = api(429, ErrorCode::RateLimited);
    world.script(
        Op::Sign,
        (0..400).map(|at| if at % 2 == 0 { busy.clone() } else { Act::Ok }),
    );
    world.add(new_upload(1, 1500 * MIB));
    world.finish();
    assert!(world.now > Config::default().back_pressure_ms);
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn f23_an_api_that_is_busy_for_ever_ends_in_its_own_code() {
    let mut world = World::new();
    world.script(Op::Create, vec![api(429, ErrorCode::RateLimited); 1000]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::RateLimited));
    assert!((600_000..700_000).contains(&world.now), "{}", world.now);
    assert!(world.monitor.creates < 120);
}

#[test]
fn the_monitor_would_see_two_requests_for_one_part() {
    let mut world = World::new();
    world.fault = Some(Fault::RepeatsCommand);
    world.add(new_upload(1, 1000));
    world.run();
    assert!(!world.monitor.violations.is_empty());
}
