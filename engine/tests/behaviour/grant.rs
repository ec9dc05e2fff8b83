//! URLs grow old, and storage refuses them.

use super::common::{Act, MIB, Op, World, id, new_upload, s3};
use crowfly_contract::ErrorCode;
use crowfly_engine::Input;

fn refused(message: &'static str, code: &'static str) -> Act {
    Act::S3 {
        status: 403,
        code,
        message,
        retry_after_ms: None,
    }
}

#[test]
fn f14_a_url_that_ended_while_the_upload_was_paused_is_signed_again_before_a_byte_is_sent() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    world.add(new_upload(1, MIB));
    world.run_for(1_000);
    world.input(Input::Pause(id(1)));
    world.run_for(400_000);
    world.input(Input::Resume(id(1)));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.creates), (2, 2));
    assert_eq!(world.server.puts[&id(1)], 1);
}

#[test]
fn f14_an_expired_url_costs_one_new_one_and_no_attempt() {
    let mut world = World::new();
    world.script(Op::Send, [refused("Request has expired", "AccessDenied")]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.creates), (2, 2));
}

#[test]
fn f15_a_url_that_ends_during_a_slow_put_does_not_stop_it() {
    let mut world = World::new();
    world.bytes_per_ms = 50;
    world.server.url_life_ms = 10_000;
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.sends(id(1))), (None, 1));
}

#[test]
fn f15_a_slow_put_that_breaks_after_its_url_ended_is_signed_again() {
    let mut world = World::new();
    world.bytes_per_ms = 50;
    world.server.url_life_ms = 10_000;
    world.script(
        Op::Send,
        [Act::S3 {
            status: 503,
            code: "SlowDown",
            message: "",
            retry_after_ms: None,
        }],
    );
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!((world.sends(id(1)), world.monitor.creates), (2, 2));
}

#[test]
fn f17_the_signers_credentials_ending_early_is_cured_by_a_new_url() {
    for code in ["ExpiredToken", "InvalidToken"] {
        let mut world = World::new();
        world.script(Op::Send, [s3(400, code)]);
        world.add(new_upload(1, MIB));
        world.finish();
        assert_eq!(world.failed_with(id(1)), None);
        assert_eq!((world.sends(id(1)), world.monitor.creates), (2, 2));
    }
}

#[test]
fn a_second_403_on_a_fresh_url_is_final() {
    let mut world = World::new();
    world.script(Op::Send, vec![refused("", "AccessDenied"); 9]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::StorageRefused));
    assert_eq!(world.sends(id(1)), 2);
}

#[test]
fn f19_a_wrong_signers_clock_is_named_without_a_storm() {
    for (message, code, sends) in [
        ("", "RequestTimeTooSkewed", 1),
        ("Request is not valid yet", "AccessDenied", 2),
        ("Request has expired", "AccessDenied", 2),
    ] {
        let mut world = World::new();
        world.script(Op::Send, vec![refused(message, code); 9]);
        world.add(new_upload(1, MIB));
        world.finish();
        assert_eq!(world.failed_with(id(1)), Some(ErrorCode::ServerClock));
        assert_eq!(world.sends(id(1)), sends);
    }
}

#[test]
fn f18_a_clock_that_goes_back_stands_still() {
    let mut world = World::new();
    world.now = 10_000_000;
    world.add(new_upload(1, MIB));
    world
        .queue
        .handle_input(crowfly_engine::Millis(5), Input::Tick);
    world.finish();
    assert_eq!((world.failed_with(id(1)), world.monitor.creates), (None, 1));
}

#[test]
fn a_url_life_of_nothing_does_not_make_a_loop() {
    for life in [0, 1, 900] {
        let mut world = World::new();
        world.server.url_life_ms = life;
        world.add(new_upload(1, MIB));
        world.finish();
        assert!(world.monitor.creates <= 3);
    }
}
