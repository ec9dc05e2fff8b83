//! The demo page's sign-in at a strict OpenID provider: S10.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::{Env, Stack};
use devkit::http::{Files, Reply, Server, Serving, Url, decode_form};
use devkit::wait;
use e2e::files::TestFile;
use e2e::package_page::package;
use e2e::page::Page;
use serde_json::{Value, json};

use crate::page::assert_quiet;
use crate::page_a11y::axe;
use crate::provider::{AUDIENCE, LIFE, Provider, answer, go_there, sign_in_there};
use crate::sign_in::{Form, PROBLEM};

const LIMIT: Duration = Duration::from_secs(20);
/// What must not be said when a scope is missing.
const WRONG: [&str; 2] = ["could not be renewed", "has ended"];

fn strict() -> &'static Stack {
    Env::stack("strict")
}

/// The requests to the provider since the last call, by method and path.
fn requests(browser: &Browser, issuer: &str) -> Vec<(String, Url)> {
    let requests = browser.requests().into_iter();
    let there = requests.filter(|(_, url)| url.starts_with(issuer));
    there
        .filter_map(|(method, url)| Some((method, Url::parse(&url)?)))
        .collect()
}

fn count(requests: &[(String, Url)], method: &str, path: &str) -> usize {
    let is = |(other, url): &&(String, Url)| other == method && url.path == path;
    requests.iter().filter(is).count()
}

#[test]
fn s10_a_strict_provider_signs_in_renews_and_signs_out() {
    let stack = strict();
    let issuer = Url::parse(&stack.issuer).expect("the issuer");
    let provider = Provider::start(issuer.port().expect("its port"), &stack.page);
    assert_eq!(provider.issuer, stack.issuer);
    let files = ["first.txt", "second.txt", "third.txt"].map(|name| TestFile::new(name, 1000));
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    Form::of(&browser);
    browser.screenshot("oidc-sign-in");
    browser.requests();
    sign_in_there(&browser, "ada");
    answer(&browser, "allow");
    page.wait_ready();
    // The name is the ID token's; the access token has none.
    assert_eq!(browser.wait_for("#who").text(), "ada of the provider");
    let address = browser.run("return location.href;", &[]);
    assert_eq!(address.as_str(), Some(stack.page.as_str()));

    let sent = requests(&browser, &stack.issuer);
    let asked = sent.iter().find(|(_, url)| url.path == "/auth");
    let asked = decode_form(&asked.expect("the authorization request").1.query);
    for (name, value) in [
        ("resource", AUDIENCE),
        ("audience", AUDIENCE),
        ("prompt", "consent"),
        ("scope", "openid profile offline_access uploads"),
        ("code_challenge_method", "S256"),
        ("client_id", "page"),
        ("redirect_uri", &stack.page),
    ] {
        assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked.get(name).map(String::len), Some(43), "{name}");
    }
    let (first, later) = files.split_first().expect("files");
    page.pick(&[&first.path]);
    let row = page.wait_state(&first.name, "processed", LIMIT);
    assert!(page.wait_record(&row.id).contains("Verified"));

    // Each expired token is replaced by a refresh token that is used once: a second use would end the session.
    requests(&browser, &stack.issuer);
    for file in later {
        std::thread::sleep(LIFE + Duration::from_millis(200));
        page.pick(&[&file.path]);
        page.wait_state(&file.name, "processed", LIMIT);
        let renewed = count(&requests(&browser, &stack.issuer), "POST", "/token");
        assert!(renewed > 0, "{}: not renewed", file.name);
    }
    assert_quiet(&browser);

    browser.wait_for("[data-action=logout]").click();
    Form::of(&browser).wait_step("issuer");
    wait::until("the end of the session there", LIMIT, || {
        let sent = requests(&browser, &stack.issuer);
        (count(&sent, "POST", "/token/revocation") == 1).then_some(())
    });
    assert_quiet(&browser);
}

/// The page with a configuration of the test's own, which may change from load to load.
struct OwnPage {
    serving: Serving,
    auth: Arc<Mutex<Value>>,
}

impl OwnPage {
    fn serve() -> Self {
        let auth = Arc::new(Mutex::new(Value::Null));
        let shown = Arc::clone(&auth);
        let files = Files::default()
            .at("/crowfly/", package())
            .at("/", devkit::paths::root().join("www"));
        let server = Server::bind(0).expect("a free port");
        let serving = server.serve(move |request| match request.path.as_str() {
            "/config.json" => {
                let auth = shown.lock().expect("the configuration").clone();
                Reply::json(
                    200,
                    &json!({"api": strict().api, "region": "us-east-1", "auth": auth}),
                )
            }
            _ => files.answer(request),
        });
        let serving = serving.expect("a server");
        Self { serving, auth }
    }

    /// Opens it, set up to sign in at this issuer, with these members of `auth` replaced.
    fn open(&self, browser: &Browser, issuer: &str, replaced: &Value) {
        let mut auth = json!({
            "kind": "oidc", "issuer": issuer, "clientId": "page", "audience": AUDIENCE,
            "scope": "openid profile offline_access uploads",
        });
        for (name, value) in replaced.as_object().expect("members") {
            auth[name] = value.clone();
        }
        *self.auth.lock().expect("the configuration") = auth;
        browser.open(&self.serving.url());
        Form::of(browser);
    }
}

/// Waits for a problem in plain words, and returns its technical details.
#[track_caller]
fn told(browser: &Browser, words: &str) -> String {
    let said = Form::of(browser).wait_problem(words);
    for wrong in WRONG {
        assert!(!said.contains(wrong), "{said}");
    }
    // Without the details, which are collapsed.
    assert!(!said.contains('_'), "{said}");
    let script =
        "return document.querySelector(arguments[0]).querySelector('.facts')?.textContent ?? '';";
    let facts = browser.run(script, &[json!(PROBLEM)]);
    facts.as_str().unwrap_or_default().to_owned()
}

#[test]
fn s10_what_a_provider_refuses_is_told_on_the_page() {
    let page = OwnPage::serve();
    let provider = Provider::start(0, &page.serving.url());
    let issuer = provider.issuer.as_str();
    let browser = Browser::start();

    // A resource that it does not know.
    let unknown = format!("{AUDIENCE}unknown");
    page.open(&browser, issuer, &json!({"audience": unknown}));
    go_there(&browser);
    let facts = told(
        &browser,
        "does not know this service, or gives no access to it",
    );
    assert!(
        facts.contains("invalid_target") && facts.contains(&unknown),
        "{facts}"
    );
    browser.screenshot("oidc-invalid-target");

    // A scope that the client may not have.
    page.open(&browser, issuer, &json!({"clientId": "narrow"}));
    go_there(&browser);
    let facts = told(&browser, "refuses a permission that this page asks for");
    assert!(
        facts.contains("invalid_scope") && facts.contains("profile"),
        "{facts}"
    );

    // A person who does not want to.
    page.open(&browser, issuer, &json!({}));
    sign_in_there(&browser, "ada");
    answer(&browser, "deny");
    let facts = told(&browser, "you did not allow this page to sign you in");
    assert!(facts.contains("access_denied"), "{facts}");

    // An issuer by another name, which differs by a slash.
    page.open(&browser, &format!("{issuer}/"), &json!({}));
    go_there(&browser);
    let facts = told(
        &browser,
        "is not the sign-in service that this page was set up for",
    );
    assert!(facts.contains("a slash at the end"), "{facts}");

    // Fewer rights than were asked for.
    page.open(&browser, issuer, &json!({}));
    sign_in_there(&browser, "ada");
    browser.wait_for("input[value=uploads]").click();
    answer(&browser, "allow");
    let facts = told(&browser, "without the permission \"uploads\"");
    assert!(facts.contains("Missing scope: uploads"), "{facts}");
    for scheme in ["light", "dark"] {
        browser.prefer_color_scheme(scheme);
        axe(&browser, &format!("{scheme}: a missing scope"));
        browser.screenshot(&format!("oidc-missing-scope-{scheme}"));
    }
}
