//! What the demo page says when the API refuses a token that the provider gave: S10.

use std::time::Duration;

use devkit::random::random_hex;
use devkit::wait;
use e2e::files::TestFile;
use e2e::issuer::{TokenRequest, token};
use e2e::page::Page;
use serde_json::{Value, json};

use crate::oidc_checks::at_the_page;

/// Answers every `POST /uploads` with this status and body.
const REFUSING: &str = "
    const fetch = window.fetch;
    window.fetch = async (request, init) => {
        const { method = 'GET', url = String(request) } = request instanceof Request ? request : (init ?? {});
        if (method !== 'POST' || !/uploads$/.test(url)) return fetch(request, init);
        return Response.json(arguments[0].body, { status: arguments[0].status });
    };";

#[test]
fn s10_a_missing_scope_at_the_api_is_no_ended_session() {
    let browser = at_the_page();
    browser.wait_for("[data-action=authorize]").click();
    let page = Page::of(&browser);
    page.wait_ready();
    let said_by_api = "the token must be an access token with the scope `uploads`";
    for (status, body, code, details) in [
        (
            403,
            json!({"error": {"code": "insufficient_scope", "message": said_by_api, "requestId": "r-1"}}),
            "insufficient_scope",
            said_by_api,
        ),
        (
            403,
            json!({"message": "Forbidden"}),
            "forbidden",
            "Forbidden",
        ),
    ] {
        browser.run(REFUSING, &[json!({"status": status, "body": body})]);
        let file = TestFile::new(&format!("{}.txt", random_hex(6)), 10);
        page.pick(&[&file.path]);
        let row = page.wait_row(&file.name, Duration::from_secs(20), |row| {
            row.state == "failed"
        });
        let words = [
            "Your account may sign in but not",
            "Ask the people who run this service",
        ];
        assert!(
            words.iter().all(|words| row.text.contains(words)),
            "{}",
            row.text
        );
        let facts = page.facts(&row.id);
        assert!(facts.contains(code) && facts.contains(details), "{facts}");
        assert_eq!(
            browser.run("return document.body.dataset.view;", &[]),
            "app"
        );
    }
    browser.screenshot("oidc-scope-refused");
}

/// The gateway's refusals have no CORS headers, so a page sees no answer at all.
#[test]
fn s10_a_refusal_that_the_page_cannot_read_is_no_ended_session() {
    let browser = at_the_page();
    // Nothing in the token says what it lacks.
    let silent = TokenRequest::of(&format!("silent-{}", random_hex(6))).claim("scope", Value::Null);
    browser
        .wait_for("input[name=token]")
        .type_text(&token(&silent));
    browser.wait_for("[data-action=login]").click();
    let said = wait::until("what the page says", Duration::from_secs(20), || {
        let said = browser.find("#records-problem")?.text();
        said.contains("has not answered so far").then_some(said)
    });
    assert!(
        said.contains("may not accept this page or your sign-in"),
        "{said}"
    );
    let script = "return document.querySelector('#records-problem .facts span').textContent;";
    let facts = browser.run(script, &[]);
    let facts = facts.as_str().unwrap_or_default();
    assert!(
        facts.contains("AllowedOrigins") && facts.contains("scope"),
        "{facts}"
    );
    assert_eq!(
        browser.run("return document.body.dataset.view;", &[]),
        "app"
    );
    let text = browser.run("return document.body.innerText;", &[]);
    let text = text.as_str().unwrap_or_default();
    assert!(
        !text.contains("renewed") && !text.contains("has ended"),
        "{text}"
    );
    browser.screenshot("oidc-hidden-refusal");
}
