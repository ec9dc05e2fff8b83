//! Which callers are admitted: the gateway's authorizer and the functions' own checks together.

use crowfly_contract::ErrorCode;
use devkit::env::Env;
use devkit::http::Response;
use e2e::api::{Api, item, login, new_id};
use e2e::issuer::{TokenRequest, token};
use serde_json::{Value, json};

use crate::common::{assert_problem, new_caller, oidc};

/// Every route, with a valid body.
fn routes() -> Vec<(&'static str, String, Option<Value>)> {
    let id = new_id();
    vec![
        (
            "POST",
            "/uploads".into(),
            Some(json!({"uploads": [item("a.txt", "text/plain", b"a")]})),
        ),
        ("POST", "/uploads/status".into(), Some(json!({"ids": [id]}))),
        (
            "POST",
            format!("/uploads/{id}/parts"),
            Some(json!({"parts": [{"number": 1}]})),
        ),
        ("GET", format!("/uploads/{id}/parts"), None),
        ("POST", format!("/uploads/{id}/complete"), Some(json!({}))),
        ("DELETE", format!("/uploads/{id}"), None),
        ("GET", "/uploads".into(), None),
        ("GET", format!("/uploads/{id}"), None),
        ("GET", format!("/uploads/{id}/content"), None),
        ("DELETE", format!("/uploads/{id}/content"), None),
    ]
}

pub(crate) fn call(
    api: &Api,
    (method, path, body): &(&'static str, String, Option<Value>),
) -> Response {
    let request = api.request(method, path);
    match body {
        Some(body) => request.json(body),
        None => request,
    }
    .send()
}

fn list_with(token: &str) -> Response {
    Api::with_token(oidc(), token).get("/uploads")
}

#[test]
fn a01_no_route_answers_without_a_token() {
    for stack in Env::get().stacks.values() {
        for route in routes() {
            let answer = call(&Api::with_token(stack, ""), &route);
            assert_eq!(answer.status, 401, "{} {}", route.0, route.1);
            assert_eq!(
                answer.json()["message"],
                "Unauthorized",
                "{} {}",
                route.0,
                route.1
            );
        }
    }
}

#[test]
fn a_good_token_is_accepted_on_every_route() {
    for route in routes() {
        let answer = call(&new_caller(), &route);
        assert!(
            matches!(answer.status, 200 | 201 | 404),
            "{} {}: {}",
            route.0,
            route.1,
            answer.text()
        );
    }
}

#[test]
fn a01_headers_that_carry_no_token() {
    let good = new_caller().token;
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        &format!("Basic {good}"),
        "Bearer null",
    ] {
        let anonymous = Api::with_token(oidc(), "");
        let answer = anonymous
            .request("GET", "/uploads")
            .header("authorization", value)
            .send();
        assert_eq!(answer.status, 401, "{:.12}", value);
    }
}

#[test]
fn a01_two_authorization_headers() {
    let (one, two) = (new_caller().token, new_caller().token);
    for (first, second) in [(&one, &two), (&one, &one)] {
        let answer = Api::with_token(oidc(), first)
            .request("GET", "/uploads")
            .bearer(second)
            .send();
        assert_eq!(answer.status, 401);
    }
}

#[test]
fn a15_a_token_in_the_query_is_none() {
    let anonymous = Api::with_token(oidc(), "");
    let answer = anonymous.get(&format!("/uploads?access_token={}", new_caller().token));
    assert_eq!(answer.status, 401);
}

#[test]
fn a12_tokens_without_the_scope() {
    for scope in [
        json!(null),
        json!(""),
        json!("openid profile"),
        json!("uploads:writex"),
        json!("UPLOADS"),
    ] {
        let token = token(&TokenRequest::of("alice").claim("scope", scope.clone()));
        for route in routes() {
            let answer = call(&Api::with_token(oidc(), &token), &route);
            assert_eq!(
                answer.status,
                403,
                "{scope} on {} {}: {}",
                route.0,
                route.1,
                answer.text()
            );
        }
    }
    let several = TokenRequest::of("alice").claim("scope", "openid uploads email");
    assert_eq!(list_with(&token(&several)).status, 200);
}

#[test]
fn a14_subjects_that_no_owner_may_stem_from() {
    let long = "s".repeat(256);
    for subject in [
        "",
        "a/b",
        "../../x",
        "a#b",
        "a\nb",
        "\u{202e}x",
        "한글",
        &long,
    ] {
        let token = token(&TokenRequest::of(subject));
        let answer = list_with(&token);
        assert_problem(&format!("{subject:?}"), &answer, ErrorCode::InvalidSubject);
    }
}

#[test]
fn a11_an_id_token_of_the_own_pool_does_not_do() {
    let stack = Env::stack("main");
    let tokens = login(stack, &stack.user, &stack.password);
    let list = |token: &str| Api::with_token(stack, token).get("/uploads").status;
    assert_eq!(list(&tokens["AccessToken"]), 200);
    assert_eq!(list(&tokens["IdToken"]), 403);
    // Each stack rejects tokens of the other's issuer.
    assert_eq!(list(&new_caller().token), 401);
    assert_eq!(list_with(&tokens["AccessToken"]).status, 401);
}
