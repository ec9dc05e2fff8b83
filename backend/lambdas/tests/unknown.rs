//! Unknown ids, ids of other owners, unknown routes and methods, malformed events.

mod common;

use common::{assert_problem, call, event, id, owner, presign, read, remove};
use crowfly_testing::{Memory, row_of};
use serde_json::json;

#[tokio::test]
async fn a60_a61_a70_unknown_foreign_and_malformed_ids_are_the_same_404() {
    let memory = Memory::default();
    memory.set_row(row_of(&owner("bob"), id(1), 1));
    let mut bodies = Vec::new();
    for text in [
        id(1).to_string(),
        id(2).to_string(),
        "0".to_owned(),
        "%00".to_owned(),
        "0b5c3d2e-11aa-4bbb-8ccc-0123456789ab".to_owned(),
        "%2e%2e".to_owned(),
        id(1).to_string().to_lowercase(),
        "9".repeat(10_000),
    ] {
        for (signs, route, body) in [
            (
                true,
                format!("POST /uploads/{text}/complete"),
                Some(json!({})),
            ),
            (
                true,
                format!("POST /uploads/{text}/parts"),
                Some(json!({"parts": [{"number": 1}]})),
            ),
            (true, format!("GET /uploads/{text}/parts"), None),
            (true, format!("DELETE /uploads/{text}"), None),
            (false, format!("GET /uploads/{text}"), None),
            (false, format!("GET /uploads/{text}/content"), None),
            (false, format!("DELETE /uploads/{text}/content"), None),
        ] {
            let answer = call(&memory, signs, event(&route, body.as_ref())).await;
            assert_problem(&answer, 404, "not_found");
            bodies.push(answer.body);
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn a69_an_unknown_route_is_404_and_an_unsupported_method_405() {
    let an_id = id(1);
    for path in [
        "/",
        "",
        "//uploads",
        "/uploads/",
        "/Uploads",
        "/upload",
        "/admin",
        "/uploads/../uploads/x/y/z",
        "/uploads/x/partss",
        "/uploads/x/parts/1",
        "/health",
        "/debug",
    ] {
        for (signs, method) in [(true, "POST"), (true, "DELETE"), (false, "GET")] {
            let answer = call(
                &Memory::default(),
                signs,
                event(&format!("{method} {path}"), None),
            )
            .await;
            assert_problem(&answer, 404, "not_found");
        }
    }
    for (signs, route) in [
        (true, "GET /uploads".to_owned()),
        (true, "PUT /uploads".to_owned()),
        (true, format!("GET /uploads/{an_id}/complete")),
        (true, format!("DELETE /uploads/{an_id}/parts")),
        (true, format!("PATCH /uploads/{an_id}")),
        (false, "POST /uploads".to_owned()),
        (false, "GET /uploads/status".to_owned()),
        (false, format!("PUT /uploads/{an_id}/content")),
        (false, format!("post /uploads/{an_id}")),
    ] {
        let answer = call(&Memory::default(), signs, event(&route, None)).await;
        assert_problem(&answer, 405, "method_not_allowed");
    }
}

#[tokio::test]
async fn a_malformed_event_gets_a_response() {
    for event in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"requestContext": 1}),
    ] {
        for answer in [
            presign(&Memory::default(), event.clone()).await,
            read(&Memory::default(), event.clone()).await,
            remove(&Memory::default(), event).await,
        ] {
            assert_eq!(answer.status_code, 401);
        }
    }
}
