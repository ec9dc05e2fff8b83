//! Refusals and invalid answers of the API, and failures of the application's `token` function.

use std::time::Duration;

use e2e::files::MIB;
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    f24_what_is_not_the_contract_is_final_in_the_end,
    f20_one_fresh_token_serves_all_waiting_calls,
    f20_a_401_that_the_page_cannot_read_asks_for_a_token_too,
    f20_a_second_401_is_final,
    f21_a_token_function_that_throws_or_hangs_is_final,
    f22_a_403_is_final_at_once,
    f23_too_many_requests_are_waited_out,
    f24_what_is_not_the_contract_once_is_asked_again,
];

/// A file that goes in one PUT.
const SMALL: u64 = 300_000;
/// A file of three parts.
const PARTS: u64 = 20 * MIB as u64;

fn refusal(status: u16, form: &str, code: Option<&str>, cors: bool) -> Value {
    json!({"kind": "status", "status": status, "form": form, "code": code, "cors": cors})
}

fn create(times: Value) -> Value {
    json!({"method": "POST", "pathContains": "/uploads", "times": times})
}

// Acceptance line 19.
fn f20_one_fresh_token_serves_all_waiting_calls(world: &World) -> Seen {
    for (form, code) in [("problem", "unauthenticated"), ("gateway", "Unauthorized")] {
        // Each upload's own calls are refused at once: first sign, then complete.
        let case = Case::signing(world, PARTS);
        for piece in ["/parts", "/complete"] {
            case.rule(
                json!({"method": "POST", "pathContains": piece}),
                refusal(401, form, Some(code), true),
            );
        }
        let outcome = case.begin().stored();
        assert_eq!(
            outcome.reasons,
            ["initial", "unauthorized", "unauthorized"],
            "{form}"
        );
        assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 1, 1]);
    }
    // Two uploads share one token.
    let case = Case::signing(world, PARTS);
    let signs = json!({"method": "POST", "pathContains": "/parts", "times": 2});
    case.rule(signs.clone(), json!({"kind": "delay", "ms": 3_000}));
    case.rule(signs, refusal(401, "gateway", Some("Unauthorized"), true));
    case.begin();
    case.wait("the first one under way", |seen| seen["state"] != "queued");
    case.run(
        "one.more = [1].map((n) => one.client.upload(faults.file(
            { name: `more ${n}.zip`, seed: n, size: 20971520 })).done);",
    );
    let outcome = case.end();
    assert!(outcome.ending["stored"].is_object(), "{:?}", outcome.ending);
    devkit::wait::until("two objects", Duration::from_secs(20), || {
        (case.stats().completed == 2).then_some(())
    });
    assert_eq!(outcome.reasons, ["initial", "unauthorized"]);
    "asked once for all that wait".into()
}

fn f20_a_401_that_the_page_cannot_read_asks_for_a_token_too(world: &World) -> Seen {
    let case = Case::signing(world, PARTS);
    case.rule(
        json!({"method": "POST", "pathContains": "/parts", "times": 2}),
        refusal(401, "gateway", Some("Unauthorized"), false),
    );
    let outcome = case.begin().stored();
    assert!(
        outcome
            .reasons
            .iter()
            .any(|reason| reason == "unauthorized"),
        "{:?}",
        outcome.reasons
    );
    assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 1, 1]);
    format!("{:?}", outcome.reasons)
}

fn f20_a_second_401_is_final(world: &World) -> Seen {
    let case = Case::signing(world, PARTS);
    case.rule(
        json!({"method": "POST", "pathContains": "/parts", "times": "forever"}),
        refusal(401, "gateway", Some("Unauthorized"), true),
    );
    let outcome = case.begin().failed("unauthenticated");
    assert_eq!(outcome.reasons, ["initial", "unauthorized"]);
    format!("{} sign calls", case.count("POST", "/parts"))
}

fn f21_a_token_function_that_throws_or_hangs_is_final(world: &World) -> Seen {
    let throws = Case::new(world, SMALL).token("throws");
    let outcome = throws.begin().failed("token_provider");
    assert!(outcome.reasons.len() <= 3, "{:?}", outcome.reasons);
    assert_eq!(throws.requests().len(), 0, "nothing was asked of the API");
    let hangs = Case::new(world, SMALL)
        .token("hangs")
        .client(json!({"tokenTimeoutMs": 300}));
    let hung = hangs.begin().failed("token_provider");
    assert!(hung.reasons.len() <= 3, "{:?}", hung.reasons);
    format!(
        "asked {} and {} times",
        outcome.reasons.len(),
        hung.reasons.len()
    )
}

fn f22_a_403_is_final_at_once(world: &World) -> Seen {
    for code in ["insufficient_scope", "forbidden"] {
        let case = Case::new(world, SMALL);
        case.rule(
            create(json!("forever")),
            refusal(403, "problem", Some(code), true),
        );
        case.begin().failed(code);
        assert_eq!(case.count("POST", "/uploads"), 1, "{code}");
    }
    let case = Case::signing(world, PARTS);
    case.rule(
        json!({"method": "POST", "pathContains": "/parts", "times": "forever"}),
        refusal(403, "gateway", Some("Forbidden"), true),
    );
    case.begin().failed("forbidden");
    assert_eq!(case.count("POST", "/parts"), 1);
    "one request each".into()
}

// Acceptance line 17: `Retry-After` is honoured where CORS lets the page read it.
// https://developer.mozilla.org/en-US/docs/Glossary/CORS-safelisted_response_header
fn f23_too_many_requests_are_waited_out(world: &World) -> Seen {
    let case = Case::new(world, SMALL);
    case.rule(
        create(json!(3)),
        refusal(429, "gateway", Some("Too Many Requests"), true),
    );
    case.begin().stored();
    assert_eq!(case.stats().creates, 1);
    let case = Case::new(world, SMALL);
    case.rule(
        create(json!(1)),
        json!({"kind": "status", "status": 429, "form": "problem", "code": "rate_limited", "retryAfter": "2"}),
    );
    case.begin().stored();
    let starts: Vec<u64> = case
        .requests()
        .iter()
        .filter(|entry| entry.method == "POST" && entry.path == "/uploads")
        .map(|entry| entry.start_ms)
        .collect();
    let waited = starts[1] - starts[0];
    assert!(waited >= 2_000, "asked again after {waited} ms");
    format!("three without a time; with two seconds asked after {waited} ms")
}

fn nonsense() -> [Value; 3] {
    [
        json!({"kind": "body", "text": "<html><body>Please sign in</body></html>"}),
        json!({"kind": "body", "text": "", "contentType": "application/json"}),
        json!({"kind": "truncate", "at": "half"}),
    ]
}

fn f24_what_is_not_the_contract_once_is_asked_again(world: &World) -> Seen {
    for fault in nonsense() {
        for piece in ["/uploads", "/parts", "/complete"] {
            let case = Case::signing(world, PARTS);
            case.rule(
                json!({"method": "POST", "pathContains": piece}),
                fault.clone(),
            );
            case.begin().stored();
            assert_eq!([1, 2, 3].map(|part| case.puts(Some(part))), [1, 1, 1]);
        }
    }
    "HTML, nothing, half of it: of create, sign and complete".into()
}

fn f24_what_is_not_the_contract_is_final_in_the_end(world: &World) -> Seen {
    let cases = nonsense().map(|fault| {
        let case = Case::new(world, SMALL);
        case.rule(create(json!("forever")), fault);
        case.begin();
        case
    });
    let calls = cases.map(|case| {
        case.failed("bad_response");
        case.count("POST", "/uploads")
    });
    format!("create calls before that: {calls:?}")
}
