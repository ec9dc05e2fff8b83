//! One token for all calls, asked for once.

use super::common::{Act, MIB, Op, World, api, id, new_upload};
use crowfly_contract::ErrorCode;
use crowfly_engine::{Command, Input, TokenReason};

fn reasons(world: &World) -> Vec<TokenReason> {
    let reasons = world.sent.iter().filter_map(|(_, command)| match command {
        Command::Token { reason, .. } => Some(*reason),
        _ => None,
    });
    reasons.collect()
}

fn unauthenticated() -> Act {
    api(401, ErrorCode::Unauthenticated)
}

#[test]
fn f20_a_refused_token_is_replaced_once_for_all_calls_and_running_puts_carry_on() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    for number in 0..4 {
        world.add(new_upload(number, MIB));
    }
    world.script(Op::Complete, vec![unauthenticated(); 4]);
    world.finish();
    assert_eq!(
        reasons(&world),
        [TokenReason::Initial, TokenReason::Unauthorized]
    );
    for number in 0..4 {
        assert_eq!(
            (world.failed_with(id(number)), world.sends(id(number))),
            (None, 1)
        );
    }
}

#[test]
fn f20_a_fresh_token_that_is_refused_too_is_final() {
    let mut world = World::new();
    world.script(Op::Create, vec![unauthenticated(); 9]);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Unauthenticated));
    assert_eq!(
        reasons(&world),
        [TokenReason::Initial, TokenReason::Unauthorized]
    );
    // Once the user has signed in again, a retry asks for a token anew.
    world.script.clear();
    world.input(Input::Retry(id(1)));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn a_token_that_ends_after_it_was_accepted_is_replaced_each_time() {
    let mut world = World::new();
    for number in 0..5 {
        world.script(Op::Create, [unauthenticated(), Act::Ok]);
        world.add(new_upload(number, MIB));
        world.finish();
        assert_eq!(world.failed_with(id(number)), None);
    }
}

#[test]
fn f21_a_token_function_that_throws_is_final_after_a_few_tries() {
    let mut world = World::new();
    world.script(Op::Token, vec![Act::Reset(0); 50]);
    for number in 0..10 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    for number in 0..10 {
        assert_eq!(
            world.failed_with(id(number)),
            Some(ErrorCode::TokenProvider)
        );
    }
    assert_eq!(world.monitor.tokens, 3);
}

#[test]
fn f21_a_token_function_that_never_answers_is_final() {
    let mut world = World::new();
    world.script(Op::Token, vec![Act::HangAfter; 50]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::TokenProvider));
    assert!(world.now < 120_000);
}

#[test]
fn a_token_function_that_fails_once_is_asked_again() {
    let mut world = World::new();
    world.script(Op::Token, [Act::Reset(0)]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let mut world = World::new();
    world.bytes_per_ms = 10;
    world.token_life_ms = Some(60_000);
    world.add(new_upload(1, MIB));
    world.finish();
    assert_eq!(
        reasons(&world),
        [TokenReason::Initial, TokenReason::Expiring]
    );
}

#[test]
fn a_token_with_no_life_at_all_is_used_once_each() {
    let mut world = World::new();
    world.token_life_ms = Some(0);
    for number in 0..20 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let calls = world.monitor.creates + world.monitor.completes;
    assert!(
        world.monitor.tokens <= calls,
        "{} tokens",
        world.monitor.tokens
    );
    assert_eq!(world.server.objects.len(), 20);
}

#[test]
fn f20_a_late_refusal_of_the_old_token_does_not_discard_the_new_one() {
    let mut world = World::new();
    world.bytes_per_ms = 100;
    let late = Act::Late(500, Box::new(unauthenticated()));
    world.script(Op::Complete, [unauthenticated(), late]);
    for number in 0..2 {
        world.add(new_upload(number, MIB));
    }
    world.finish();
    assert_eq!(
        reasons(&world),
        [TokenReason::Initial, TokenReason::Unauthorized]
    );
    assert_eq!(
        (world.failed_with(id(0)), world.failed_with(id(1))),
        (None, None)
    );
}

#[test]
fn f20_a_401_that_looks_like_a_lost_connection_asks_for_another_token_once() {
    let mut world = World::new();
    world.script(Op::Complete, vec![Act::Reset(0); 6]);
    world.add(new_upload(1, 1000));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(
        reasons(&world),
        [TokenReason::Initial, TokenReason::Unauthorized]
    );
}
