//! Faults after which the client has no answer.

use std::time::Duration;

use serde_json::json;

use crate::common::{LARGE, SMALL, bytes, crc, reset, setup, silence};

#[test]
fn f01_a_reset_comes_before_the_byte_it_names() {
    for (at, forwarded) in [
        (json!(0), 0),
        (json!(1), 1),
        (json!("half"), SMALL / 2),
        (json!("last"), SMALL - 1),
    ] {
        let setup = setup();
        let grant = setup.single(SMALL);
        let body = bytes(SMALL);
        setup
            .proxy
            .rule(json!({"fault": {"kind": "reset", "at": at}}));
        reset(&setup.put(&grant, &body));
        let entry = setup.only();
        assert_eq!(entry.forwarded, forwarded, "{at}");
        assert_eq!(
            (entry.status, entry.fault.as_deref()),
            (None, Some("reset"))
        );
        // Nothing was stored, so the same PUT is still allowed.
        let answer = setup.put(&grant, &body).send();
        assert_eq!(answer.status, 200, "{at}: {}", answer.text());
    }
}

#[test]
fn f02_a_reset_after_the_last_byte_leaves_the_object_in_storage() {
    for fault in [
        json!({"kind": "reset", "at": "end"}),
        json!({"kind": "swallow"}),
    ] {
        let setup = setup();
        let grant = setup.single(SMALL);
        let body = bytes(SMALL);
        setup.proxy.rule(json!({"fault": fault}));
        reset(&setup.put(&grant, &body));
        assert_eq!(setup.only().forwarded, SMALL);
        assert_eq!(setup.put(&grant, &body).send().status, 412);
    }
}

#[test]
fn f37_the_answer_of_a_call_without_a_body_is_swallowed_too() {
    let setup = setup();
    let (id, _) = setup.create(1, LARGE);
    setup.proxy.rule(json!({"fault": {"kind": "swallow"}}));
    reset(&setup.api("DELETE", &format!("/uploads/{id}")));
    let record = setup.api("GET", &format!("/uploads/{id}")).send();
    assert_eq!(record.json()["status"], "aborted");
}

#[test]
fn a_reset_at_the_start_of_a_call_without_a_body_is_not_carried_out() {
    let setup = setup();
    let (id, _) = setup.create(1, LARGE);
    setup
        .proxy
        .rule(json!({"fault": {"kind": "reset", "at": 0}}));
    reset(&setup.api("DELETE", &format!("/uploads/{id}")));
    let record = setup.api("GET", &format!("/uploads/{id}")).send();
    assert_eq!(record.json()["status"], "pending");
}

#[test]
fn f03_a_half_closed_connection_takes_everything_and_never_answers() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup.proxy.rule(json!({"fault": {"kind": "halfClose"}}));
    silence(setup.put(&grant, &bytes(SMALL)));
    let entry = setup.only();
    assert_eq!((entry.received, entry.forwarded), (SMALL, 0));
    assert_eq!(entry.status, None);
    assert_eq!(setup.sink.stats().puts, 0);
}

#[test]
fn f04_a_stall_rests_at_its_byte_and_goes_on() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup
        .proxy
        .rule(json!({"fault": {"kind": "stall", "at": 1000, "ms": 300}}));
    assert_eq!(setup.put(&grant, &bytes(SMALL)).send().status, 200);
    let entry = setup.ended();
    assert!(entry.end_ms.is_some_and(|end| end - entry.start_ms >= 300));
}

#[test]
fn f04_a_stall_without_an_end_lets_nothing_more_through() {
    for (at, forwarded) in [(json!("half"), SMALL / 2), (json!("end"), SMALL)] {
        let setup = setup();
        let grant = setup.single(SMALL);
        setup
            .proxy
            .rule(json!({"fault": {"kind": "stall", "at": at}}));
        silence(setup.put(&grant, &bytes(SMALL)));
        assert_eq!(setup.only().forwarded, forwarded, "{at}");
    }
}

#[test]
fn f12_offline_blocks_all_clients_until_it_is_over() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup.proxy.offline(true);
    reset(&setup.put(&grant, b""));
    reset(&setup.api("GET", "/uploads"));
    let log = setup.proxy.log();
    assert_eq!((log.cut_off, log.requests.len()), (2, 0));
    setup.proxy.offline(false);
    assert_eq!(setup.put(&grant, &bytes(SMALL)).send().status, 200);
}

#[test]
fn f12_going_offline_cuts_what_is_under_way() {
    let setup = setup();
    let grant = setup.single(SMALL);
    setup
        .proxy
        .rule(json!({"fault": {"kind": "stall", "at": "half"}}));
    let request = setup.put(&grant, &bytes(SMALL));
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| request.try_send().map(|answer| answer.status));
        devkit::wait::until("half of the body", Duration::from_secs(10), || {
            setup
                .proxy
                .log()
                .requests
                .first()
                .is_some_and(|entry| entry.forwarded == SMALL / 2)
                .then_some(())
        });
        setup.proxy.offline(true);
        assert!(sending.join().expect("the sender ends").is_err());
    });
}

#[test]
fn f34_a_flipped_bit_is_one_bit_and_storage_refuses_it() {
    let setup = setup();
    let body = bytes(LARGE);
    let (id, plan) = setup.create(1, LARGE);
    let size = plan["partSize"].as_u64().expect("a part size") as usize;
    let part = &body[..size];
    let grant = setup.sign(id, &[(1, crc(part))]).remove(0);
    setup
        .proxy
        .rule(json!({"fault": {"kind": "flip", "at": "random"}}));
    let answer = setup.put(&grant, part).send();
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("<Code>BadDigest</Code>"));
    assert_eq!(setup.put(&grant, part).send().status, 200);
    let total = &setup.proxy.log().parts[0];
    assert_eq!(
        (total.part, total.attempts, total.succeeded),
        (Some(1), 2, 1)
    );
    assert_eq!(total.bytes, 2 * size as u64);
}

#[test]
fn f34_the_bit_and_the_byte_are_those_named() {
    let setup = setup();
    let grant = setup.single(3);
    setup
        .proxy
        .rule(json!({"fault": {"kind": "flip", "at": 1, "bit": 3}}));
    let answer = setup.put(&grant, &[1, 2, 3]).send();
    assert_eq!(
        answer.header("x-amz-checksum-crc64nvme"),
        Some(crc(&[1, 2 ^ 8, 3]).to_string().as_str())
    );
}
