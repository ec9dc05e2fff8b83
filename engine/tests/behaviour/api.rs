//! Answers of the API that are not what was asked for.

use super::common::server::problem;
use super::common::{Act, Ending, MIB, Op, World, api, file, id, new_upload};
use crowfly_contract::{CreateResult, ErrorCode, Outcome};
use crowfly_engine::{ApiFailure, Config, Phase, Reply, Wrong};

fn create(acts: impl IntoIterator<Item = Act>) -> World {
    let mut world = World::new();
    world.script(Op::Create, acts);
    world.add(new_upload(1, MIB));
    world.finish();
    world
}

#[test]
fn f22_refusals_are_final_at_once_and_carry_the_servers_words() {
    for code in [
        ErrorCode::Forbidden,
        ErrorCode::InsufficientScope,
        ErrorCode::TooLarge,
        ErrorCode::TypeNotAllowed,
        ErrorCode::PublicNotAllowed,
        ErrorCode::QuotaBytes,
        ErrorCode::InvalidName,
        ErrorCode::UploadMismatch,
        ErrorCode::UploadEnded,
    ] {
        let status = code.http_status().expect("a server's code");
        let whole = api(status, code);
        let item = Act::Says(Reply::Created(vec![CreateResult {
            id: id(1),
            outcome: Outcome::Refused(problem(code)),
        }]));
        for act in [whole, item] {
            let world = create([act]);
            let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
                panic!("{code} did not fail");
            };
            assert_eq!((failure.code, failure.phase), (code, Phase::Create));
            assert_eq!(failure.status, Some(status));
            assert_eq!(failure.message, "the server's sentence");
            assert_eq!(failure.request_id.as_deref(), Some("req-1"));
            assert!(!failure.retryable);
            assert_eq!((world.monitor.creates, world.sends(id(1))), (1, 0));
        }
    }
}

/// The outage of the API ends them all together; each says which of its calls was not answered.
#[test]
fn s12_the_phase_of_an_outage_is_the_call_that_hangs() {
    for (op, size, phase) in [
        (Op::Create, MIB, Phase::Create),
        (Op::Sign, 100 * MIB, Phase::Sign),
        (Op::Complete, 100 * MIB, Phase::Complete),
    ] {
        // All of them are created before any part is hashed, and every part needs a sign call.
        let config = Config {
            first_parts: 0,
            ..Config::default()
        };
        let mut world = World::with(config, 1);
        world.script(op, vec![Act::Hang(0); 200]);
        for number in 1..=3 {
            world.add(new_upload(number, size));
        }
        world.finish();
        for number in 1..=3 {
            let Some(Ending::Failed(failure)) = world.ending(id(number)) else {
                panic!("{phase:?}: upload {number} did not fail");
            };
            assert_eq!(failure.phase, phase, "upload {number}: {failure:?}");
        }
    }
}

#[test]
fn f24_an_answer_that_is_not_the_contracts_is_repeated_then_final() {
    assert_eq!(
        create([Act::Api(ApiFailure::NotJson)]).failed_with(id(1)),
        None
    );
    let world = create(vec![Act::Api(ApiFailure::NotJson); 50]);
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::BadResponse));
    assert_eq!(world.monitor.creates, 8);
}

#[test]
fn u10_a_wrong_answer_is_final_at_once_and_names_the_field() {
    let wrong = ApiFailure::BadResponse(Wrong {
        path: "uploads[0].key".into(),
        problem: "expected 1 to 1024 bytes of text".into(),
    });
    let (field, missing) = (Some("uploads[0].key"), Some("uploads"));
    for (act, path) in [
        (Act::Api(wrong), field),
        (Act::Says(Reply::Created(vec![])), missing),
    ] {
        let world = create([act]);
        assert_eq!(world.monitor.creates, 1);
        let Some(Ending::Failed(failure)) = world.ending(id(1)) else {
            panic!("it did not fail");
        };
        assert_eq!(
            (failure.code, failure.path.as_deref()),
            (ErrorCode::BadResponse, path)
        );
        let said = failure.message.contains(path.unwrap_or_default());
        assert!(
            said && failure.message.contains("expected"),
            "{}",
            failure.message
        );
    }
}

#[test]
fn f08_an_api_that_fails_for_a_while_is_tried_again() {
    for act in [
        api(500, ErrorCode::Internal),
        api(503, ErrorCode::ServiceUnavailable),
        api(504, ErrorCode::Unknown),
        Act::Reset(0),
        Act::LoseAnswer,
        Act::HangAfter,
    ] {
        assert_eq!(create([act]).failed_with(id(1)), None);
    }
}

#[test]
fn one_bad_item_does_not_spoil_the_call_it_shares() {
    let mut world = World::new();
    // The whole call is refused for one of them; asked one by one, the second is refused again.
    world.script(Op::Token, [Act::Pause(100)]);
    world.script(
        Op::Create,
        [
            api(400, ErrorCode::InvalidName),
            Act::Ok,
            api(400, ErrorCode::InvalidName),
            Act::Ok,
        ],
    );
    for number in 1..=3 {
        world.add(new_upload(number, 1000));
    }
    world.finish();
    let failed: Vec<_> = (1..=3)
        .filter(|n| world.failed_with(id(*n)).is_some())
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((world.server.objects.len(), world.monitor.creates), (2, 4));
}

#[test]
fn f22_a_refusal_of_the_caller_or_the_route_is_one_call_for_all_who_share_it() {
    for code in [
        ErrorCode::Forbidden,
        ErrorCode::InsufficientScope,
        ErrorCode::InvalidSubject,
        ErrorCode::NotFound,
        ErrorCode::MethodNotAllowed,
        ErrorCode::UnsupportedMediaType,
    ] {
        let mut world = World::new();
        world.script(Op::Token, [Act::Pause(100)]);
        let status = code.http_status().expect("a server's code");
        world.script(Op::Create, vec![api(status, code); 100]);
        for number in 0..100 {
            world.add(new_upload(number, 1000));
        }
        world.finish();
        for number in 0..100 {
            assert_eq!(world.failed_with(id(number)), Some(code));
        }
        assert_eq!(world.monitor.creates, 1, "{code}");
    }
}

#[test]
fn an_item_that_is_refused_leaves_the_others_alone() {
    let mut world = World::new();
    world.server.quota.places = usize::MAX;
    world.add(new_upload(1, 1000));
    world.finish();
    // Stored already under the same id: the second client learns so by asking.
    let mut second = World::new();
    second.server = world.server;
    second.add(new_upload(1, 1000));
    // The same file: both worlds drew it first, from one seed.
    let picked = second.files[&id(1)].picked;
    assert_eq!(
        second.server.objects[&id(1)].crc,
        file::crc(picked, &(0..1000))
    );
    second.add(new_upload(2, 1000));
    second.finish();
    assert_eq!(second.failed_with(id(1)), None);
    assert_eq!((second.sends(id(1)), second.sends(id(2))), (0, 1));
}
