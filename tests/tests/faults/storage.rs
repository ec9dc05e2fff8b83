//! Refusals by storage.

use e2e::files::MIB;
use e2e::sink::Config;
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    f32_one_part_that_always_fails_ends_in_its_error_and_a_retry_sends_only_that_one,
    f06_slow_down_once_twice_and_five_times,
    f07_refusals_that_the_page_cannot_read,
    f08_internal_errors_and_bad_gateways,
    f09_a_request_timeout_is_tried_again,
    f14_a_url_that_ended_before_its_use_is_signed_again,
    f17_the_signers_credentials_ending_early_cost_one_more_signature,
    f19_a_wrong_clock_of_the_signer_is_named_without_a_storm,
    f33_headers_that_the_bucket_does_not_expose_are_not_needed,
    f34_a_flipped_bit_is_refused_and_its_part_sent_again,
    f44_redirects_are_followed_with_the_body_or_named,
];

/// A file that goes in one PUT.
const SMALL: u64 = 300_000;
/// A file of three parts.
const PARTS: u64 = 20 * MIB as u64;

fn status(status: u16, code: &str) -> Value {
    json!({"kind": "status", "status": status, "code": code})
}

/// Matches the second part this many times.
fn second(times: u64) -> Value {
    json!({"method": "PUT", "query": "partNumber=2", "times": times})
}

fn puts(case: &Case<'_>) -> [u64; 3] {
    [1, 2, 3].map(|part| case.puts(Some(part)))
}

// Acceptance line 17.
fn f06_slow_down_once_twice_and_five_times(world: &World) -> Seen {
    for times in [1, 2, 5] {
        let case = Case::new(world, SMALL);
        case.rule(
            json!({"method": "PUT", "times": times}),
            status(503, "SlowDown"),
        );
        let outcome = case.begin().stored();
        assert_eq!(case.puts(None), times + 1);
        assert!(outcome.was("waiting"), "{:?}", outcome.states);
    }
    let case = Case::new(world, PARTS);
    case.rule(second(2), status(503, "SlowDown"));
    case.begin().stored();
    assert_eq!(puts(&case), [1, 3, 1]);
    "once, twice, five times: one PUT more for each".into()
}

// Acceptance line 17.
fn f07_refusals_that_the_page_cannot_read(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(
        second(2),
        json!({"kind": "status", "status": 503, "code": "SlowDown", "cors": false}),
    );
    case.begin().stored();
    assert_eq!(puts(&case), [1, 3, 1]);
    "status 0 in the page, tried again".into()
}

// Acceptance line 17.
fn f08_internal_errors_and_bad_gateways(world: &World) -> Seen {
    for (number, code) in [
        (500, "InternalError"),
        (502, "BadGateway"),
        (504, "GatewayTimeout"),
    ] {
        let case = Case::new(world, PARTS);
        case.rule(second(1), status(number, code));
        case.begin().stored();
        assert_eq!(puts(&case), [1, 2, 1], "after {number}");
    }
    "500, 502, 504: tried again".into()
}

// Acceptance line 17.
fn f09_a_request_timeout_is_tried_again(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(second(1), status(400, "RequestTimeout"));
    case.begin().stored();
    assert_eq!(puts(&case), [1, 2, 1]);
    "the one 400 that is".into()
}

// Acceptance line 18: S3 answers 403 after a URL has expired.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html
fn f14_a_url_that_ended_before_its_use_is_signed_again(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(second(1), status(403, "AccessDenied"));
    case.begin().stored();
    assert_eq!(puts(&case), [1, 2, 1]);
    let small = Case::new(world, SMALL);
    small.rule(json!({"method": "PUT"}), status(403, "AccessDenied"));
    small.begin().stored();
    assert_eq!((small.puts(None), small.stats().creates), (2, 2));
    format!("{} sign calls, 2 creates", case.count("POST", "/parts"))
}

fn f17_the_signers_credentials_ending_early_cost_one_more_signature(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(second(1), status(400, "ExpiredToken"));
    case.begin().stored();
    assert_eq!(puts(&case), [1, 2, 1]);
    format!("{} sign calls", case.count("POST", "/parts"))
}

fn f19_a_wrong_clock_of_the_signer_is_named_without_a_storm(world: &World) -> Seen {
    let case = Case::new(world, PARTS);
    case.rule(
        json!({"method": "PUT", "times": "forever"}),
        status(403, "RequestTimeTooSkewed"),
    );
    case.begin().failed("server_clock");
    let puts: u64 = puts(&case).iter().sum();
    assert!(puts <= 9, "{puts} PUT requests");
    format!("{puts} PUT requests for three parts")
}

fn f32_one_part_that_always_fails_ends_in_its_error_and_a_retry_sends_only_that_one(
    world: &World,
) -> Seen {
    let case = Case::new(world, PARTS);
    // More than the attempts of one step.
    case.rule(second(8), status(500, "InternalError"));
    let outcome = case.begin().failed("storage_unavailable");
    assert_eq!(outcome.ending["error"]["retryable"], true);
    assert_eq!(puts(&case), [1, 8, 1], "the others went on");
    case.run("one.upload.retry(); one.follow(one.upload);");
    case.stored();
    assert_eq!(puts(&case), [1, 9, 1]);
    "eight tries; the retry sends that part alone".into()
}

// Acceptance line 21.
fn f33_headers_that_the_bucket_does_not_expose_are_not_needed(world: &World) -> Seen {
    let config = Config {
        expose_headers: false,
        ..Config::default()
    };
    let case = Case::with(world, PARTS, config);
    case.begin().stored();
    assert_eq!(puts(&case), [1, 1, 1]);
    "no ETag seen, none needed".into()
}

// Acceptance lines 25 and 28: the page computed the signed checksum, so one flipped bit is enough.
fn f34_a_flipped_bit_is_refused_and_its_part_sent_again(world: &World) -> Seen {
    for at in [json!(0), json!("random"), json!("end")] {
        let case = Case::new(world, PARTS);
        case.rule(second(1), json!({"kind": "flip", "at": at}));
        case.begin().stored();
        assert_eq!(case.stats().bad_digests, 1);
        assert_eq!(puts(&case), [1, 2, 1]);
        let small = Case::new(world, SMALL);
        small.rule(json!({"method": "PUT"}), json!({"kind": "flip", "at": at}));
        small.begin().stored();
        assert_eq!((small.stats().bad_digests, small.puts(None)), (1, 2));
    }
    "first byte, any, last: BadDigest, sent again".into()
}

fn f44_redirects_are_followed_with_the_body_or_named(world: &World) -> Seen {
    // The browser follows a 307 by itself and sends the body again: https://www.rfc-editor.org/rfc/rfc9110#section-15.4.8
    let case = Case::new(world, PARTS);
    case.rule(second(1), json!({"kind": "redirect", "status": 307}));
    case.begin().stored();
    assert_eq!(puts(&case), [1, 2, 1]);
    // To the page, a redirect without CORS headers is a network error.
    let case = Case::new(world, PARTS);
    case.rule(
        second(1),
        json!({"kind": "redirect", "status": 307, "cors": false}),
    );
    case.begin().stored();
    // S3's own answer for a bucket in another region has no Location:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    let case = Case::new(world, PARTS);
    case.rule(
        json!({"method": "PUT", "times": "forever"}),
        status(301, "PermanentRedirect"),
    );
    case.begin().failed("misconfigured");
    let puts: u64 = puts(&case).iter().sum();
    assert!(puts <= 3, "{puts} PUT requests");
    "307 with its body; 301 named".into()
}
