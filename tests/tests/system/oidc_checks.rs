//! What the demo page's sign-in accepts of a provider: S10.

use devkit::browser::Browser;
use e2e::issuer::{TokenRequest, token};
use e2e::page::Page;
use serde_json::{Value, json};

use crate::common::oidc;
use crate::sign_in::{Form, PROBLEM};

/// A good provider at `https://p.example`, whose document, tokens and answers a case changes.
const PROVIDER: &str = r#"
    const issuer = "https://p.example";
    const auth = { issuer, clientId: "page", audience: "https://uploads.example/", scope: "openid offline_access uploads" };
    const jwt = (claims) => `e30.${btoa(JSON.stringify(claims)).replace(/=+$/, "")}.x`;
    const own = { iss: issuer, aud: "page", sub: "ada", exp: 1, nonce: "n" };
    const access = (claims) => jwt({ iss: issuer, sub: "ada", aud: auth.audience, scope: "uploads", ...claims });
    const document_ = {
        issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`,
        revocation_endpoint: `${issuer}/revoke`, authorization_response_iss_parameter_supported: true,
    };
    const sent = [];
    const answers = { document: document_, tokens: [] };
    const fetch = window.fetch;
    window.fetch = async (address, init) => {
        if (!String(address).startsWith(issuer)) return fetch(address, init);
        if (String(address).endsWith("openid-configuration")) return Response.json(answers.document);
        sent.push(Object.fromEntries(init.body));
        const next = answers.tokens.shift();
        await new Promise((go) => setTimeout(go, 20));
        if (next instanceof Error) throw next;
        const { status = 200, ...body } = next;
        return Response.json(body, { status });
    };
    const load = (name) => import(`/js/auth/${name}.js`);
    const thrown = (work) => Promise.resolve().then(work).then(() => "", ({ message, facts }) => `${message} | ${facts}`);
"#;

fn run(browser: &Browser, script: &str) -> Value {
    let result = browser.run_async(&format!("{PROVIDER}{script}"), &[]);
    assert!(result.get("rejected").is_none(), "{result}");
    result
}

pub(crate) fn at_the_page() -> Browser {
    let browser = Browser::start();
    Page::open(&browser, oidc());
    Form::of(&browser);
    browser
}

/// <https://www.rfc-editor.org/rfc/rfc8414#section-3.3>
#[test]
fn s10_a_discovery_document_must_be_the_issuers_own_and_safe() {
    let browser = at_the_page();
    let found = run(
        &browser,
        r#"
        const { discover, isSafe } = await load("discovery");
        const good = (await discover(auth)).token_endpoint;
        const said = {};
        for (const [name, change] of Object.entries({
            slash: { issuer: `${issuer}/` },
            other: { issuer: "https://evil.example" },
            none: { issuer: undefined },
            plain: { token_endpoint: "http://p.example/token" },
            script: { authorization_endpoint: "javascript:alert(1)" },
            revoking: { revocation_endpoint: "http://p.example/revoke" },
            form: { token_endpoint: undefined },
            pkce: { code_challenge_methods_supported: ["plain"] },
        })) {
            answers.document = { ...document_, ...change };
            said[name] = await thrown(() => discover(auth));
        }
        const safe = ["https://a.example", "http://127.0.0.1:1/", "http://localhost", "http://[::1]:1"].map(isSafe);
        const not = ["http://a.example", "http://127.0.0.1.evil.example", "http://10.0.0.1", "data:,x", "x"].map(isSafe);
        return { good, said, safe, not };
        "#,
    );
    assert_eq!(found["good"], "https://p.example/token");
    for (name, words) in [
        ("slash", "a slash at the end included"),
        ("other", "names the issuer https://evil.example"),
        ("none", "does not say how to sign in"),
        ("plain", "token_endpoint is http://p.example/token"),
        ("script", "authorization_endpoint is javascript:"),
        ("revoking", "revocation_endpoint is http:"),
        ("form", "Paste an access token instead"),
        ("pkce", "lacks S256"),
    ] {
        let said = found["said"][name].as_str().unwrap_or_default();
        assert!(said.contains(words), "{name}: {said}");
    }
    assert_eq!(found["safe"], json!([true, true, true, true]));
    assert_eq!(found["not"], json!([false, false, false, false, false]));
}

/// State, issuer (<https://www.rfc-editor.org/rfc/rfc9207>) and nonce.
#[test]
fn s10_an_answer_must_belong_to_this_sign_in() {
    let browser = at_the_page();
    let found = run(
        &browser,
        r#"
        const { checkIdToken, checkSender, finishSignIn } = await load("oidc");
        const senders = {};
        for (const [name, named] of Object.entries({ own: issuer, missing: null, other: "https://evil.example", slash: `${issuer}/` })) {
            senders[name] = await thrown(() => checkSender(auth, document_, named));
        }
        senders.silent = await thrown(() => checkSender(auth, {}, null));
        senders.lying = await thrown(() => checkSender(auth, {}, "https://evil.example"));
        const tokens = {};
        const isNonce = (nonce) => nonce === "n";
        for (const [name, change] of Object.entries({
            good: {}, several: { aud: ["page", "x"], azp: "page" },
            iss: { iss: "https://evil.example" }, aud: { aud: "other" }, azp: { aud: ["page", "x"] }, exp: { exp: "soon" },
            sub: { sub: undefined }, nonce: { nonce: "other" }, unsaid: { nonce: undefined },
        })) {
            tokens[name] = await thrown(() => checkIdToken(auth, jwt({ ...own, ...change }), isNonce));
        }
        tokens.none = await thrown(() => checkIdToken(auth, undefined, isNonce));
        tokens.broken = await thrown(() => checkIdToken(auth, "broken", isNonce));
        const answer = async (pending, query, more = {}) => {
            sessionStorage.setItem("crowfly-sign-in", JSON.stringify(pending));
            history.replaceState(null, "", `?${query}`);
            answers.tokens = [{ access_token: access(), token_type: "Bearer", id_token: jwt(own), ...more }];
            sent.length = 0;
            const said = await thrown(() => finishSignIn(auth));
            return { said, sent: [...sent], left: location.search + sessionStorage.length };
        };
        const pending = { issuer, state: "s", nonce: "n", verifier: "v" };
        const from = `&iss=${encodeURIComponent(issuer)}`;
        const finished = {
            good: await answer(pending, `code=c&state=s${from}`),
            state: await answer(pending, `code=c&state=x${from}`),
            foreign: await answer(null, `code=c&state=s${from}`),
            elsewhere: await answer({ ...pending, issuer: "https://q.example" }, `code=c&state=s${from}`),
            unnamed: await answer(pending, "code=c&state=s"),
            refused: await answer(pending, `error=access_denied&error_description=Verify+your+address&state=s${from}`),
            injected: await answer(pending, `error=access_denied&error_description=Call+us&state=x${from}`),
            replayed: await answer({ ...pending, nonce: "m" }, `code=c&state=s${from}`),
            bound: await answer(pending, `code=c&state=s${from}`, { token_type: "DPoP" }),
        };
        return { senders, tokens, finished };
        "#,
    );
    let (senders, tokens, finished) = (&found["senders"], &found["tokens"], &found["finished"]);
    for (name, said) in senders.as_object().expect("senders") {
        let good = ["own", "silent"].contains(&name.as_str());
        let said = said.as_str().unwrap_or_default();
        assert_eq!(said.is_empty(), good, "{name}: {said}");
    }
    for (name, wrong) in [
        ("good", None),
        ("several", None),
        ("none", None),
        ("iss", Some("iss")),
        ("aud", Some("aud")),
        ("azp", Some("azp")),
        ("exp", Some("exp")),
        ("sub", Some("sub")),
        ("nonce", Some("nonce")),
        ("unsaid", Some("nonce")),
        ("broken", Some("iss, aud, azp, exp, sub, nonce")),
    ] {
        let said = tokens[name].as_str().unwrap_or_default();
        let end = wrong.map(|wrong| format!("in the ID token: {wrong}."));
        assert!(
            end.as_ref().is_none_or(|end| said.ends_with(end)),
            "{name}: {said}"
        );
        assert_eq!(said.is_empty(), end.is_none(), "{name}: {said}");
    }
    for (name, words, exchanged) in [
        ("good", "", true),
        ("state", "another window", false),
        ("foreign", "another window", false),
        ("elsewhere", "another window", false),
        ("unnamed", "another sign-in service", false),
        ("refused", "It says: Verify your address", false),
        ("injected", "another window", false),
        ("replayed", "in the ID token: nonce", true),
        ("bound", "must be Bearer", true),
    ] {
        let case = &finished[name];
        let said = case["said"].as_str().unwrap_or_default();
        assert!(
            said.contains(words) && said.is_empty() == words.is_empty(),
            "{name}: {said}"
        );
        assert!(!said.contains("Call us"), "{said}");
        assert_eq!(
            case["left"], "0",
            "{name}: nothing is left in address and storage"
        );
        let sent = case["sent"].as_array().expect("requests");
        assert_eq!(!sent.is_empty(), exchanged, "{name}");
        if let Some(sent) = sent.first() {
            let expected = json!(["c", "v", "page", "https://uploads.example/"]);
            let names = ["code", "code_verifier", "client_id", "resource"];
            assert_eq!(json!(names.map(|name| &sent[name])), expected, "{name}");
        }
    }
}

/// Rotated refresh tokens: one renewal at a time, and each token once.
#[test]
fn s10_a_session_is_renewed_once_for_all_who_ask() {
    let browser = at_the_page();
    let found = run(
        &browser,
        r#"
        const { finishSignIn } = await load("oidc");
        const { Session } = await load("session");
        const given = (number, more) => ({
            access_token: access({ number }), token_type: "bearer", expires_in: 0.2, refresh_token: `r${number}`, ...more,
        });
        sessionStorage.setItem("crowfly-sign-in", JSON.stringify({ issuer, state: "s", nonce: "n", verifier: "v" }));
        history.replaceState(null, "", `?code=c&state=s&iss=${encodeURIComponent(issuer)}`);
        answers.tokens = [given(1, { id_token: jwt(own) })];
        const ends = [];
        const session = new Session("ada", await finishSignIn(auth), ({ message }) => ends.push(message));
        const number = (token) => JSON.parse(atob(token.split(".")[1])).number;
        const ask = (reason) => session.token({ reason }).then(number, ({ message }) => message);
        const asked = [await ask("initial")];
        // A short life does not renew a token that is new.
        const early = sent.length;
        answers.tokens = [given(2)];
        await new Promise((go) => setTimeout(go, 250));
        asked.push(await Promise.all(["expiring", "unauthorized", "expiring"].map(ask)));
        // A provider that does not rotate sends none: the same one counts.
        answers.tokens = [given(3, { refresh_token: undefined }), given(4, { id_token: jwt({ ...own, nonce: undefined }) })];
        asked.push(await ask("unauthorized"), await ask("unauthorized"));
        // A failing provider ends nothing, and a token that is still valid is used.
        answers.tokens = [{ status: 503 }, new TypeError("offline")];
        asked.push(await ask("unauthorized"));
        await new Promise((go) => setTimeout(go, 250));
        asked.push(await ask("expiring"));
        const before = [...ends];
        answers.tokens = [{ status: 400, error: "invalid_grant", error_description: "grant is revoked" }];
        asked.push(await ask("expiring"));
        // Without a refresh token, a valid token stays: calls without an answer look like a refusal, too.
        const bare = new Session("ada", { accessToken: "bare", expiresInMs: 200 }, ({ message }) => ends.push(message));
        const kept = await bare.token({ reason: "unauthorized" });
        await new Promise((go) => setTimeout(go, 250));
        const expired = await bare.token({ reason: "expiring" }).catch(({ message }) => message);
        // What a sign-out revokes.
        answers.tokens = [{}];
        await session.end();
        return { asked, early, before, ends, bare: [kept, expired], used: sent.map((form) => form.refresh_token ?? form.token), sent: sent.at(1) };
        "#,
    );
    let away = "p.example does not answer. Check the connection, then try again.";
    let ended = "Your session has ended. Sign in again to go on.";
    assert_eq!(
        found["asked"],
        json!([1, [2, 2, 2], 3, 4, 4, away, ended]),
        "{found}"
    );
    assert_eq!((&found["early"], &found["before"]), (&json!(1), &json!([])));
    assert_eq!(found["bare"], json!(["bare", ended]));
    assert_eq!(found["ends"], json!([ended, ended]));
    let used = json!([null, "r1", "r2", "r2", "r4", "r4", "r4", "r4"]);
    assert_eq!(found["used"], used, "{found}");
    assert_eq!(found["sent"]["resource"], "https://uploads.example/");
}

/// A token that lacks a scope, or is for another service, is told at the sign-in and at a renewal.
#[test]
fn s10_a_token_that_the_api_would_refuse_is_explained() {
    let browser = at_the_page();
    let found = run(
        &browser,
        r#"
        const { checkAccess } = await load("access");
        const check = (claims, granted, more) => thrown(() => checkAccess({ ...auth, ...more }, access(claims), granted));
        return {
            good: await check({}, "uploads"),
            silent: await check({ scope: undefined }, undefined),
            array: await check({ scope: undefined, scp: ["uploads"] }),
            long: await check({ scope: undefined, scp: "uploads" }, "api://x/uploads", { scope: "openid api://x/uploads" }),
            client: await check({ aud: undefined, client_id: "page" }, undefined, { audience: "page" }),
            personal: await check({}, "uploads", { scope: "openid email profile uploads" }),
            fewer: await check({}, "openid"),
            lacking: await check({ scope: "openid" }),
            none: await check({ scope: "" }, ""),
            opaque: await thrown(() => checkAccess(auth, "opaque", "uploads")),
            other: await check({ aud: "https://other.example/" }),
        };
        "#,
    );
    for (name, words) in [
        ("fewer", "Missing scope: uploads. Granted: openid uploads."),
        ("lacking", "without the permission \"uploads\""),
        ("none", "Granted: none."),
        ("opaque", "is not a signed JWT"),
        ("other", "this service wants \"https://uploads.example/\""),
    ] {
        let said = found[name].as_str().unwrap_or_default();
        assert!(said.contains(words), "{name}: {said}");
    }
    for name in ["good", "silent", "array", "long", "client", "personal"] {
        assert_eq!(found[name], "", "{name}");
    }
    // A pasted token, too.
    let lacking = TokenRequest::of("pasted").claim("scope", "openid");
    browser.reload();
    browser
        .wait_for("input[name=token]")
        .type_text(&token(&lacking));
    browser.wait_for("[data-action=login]").click();
    Form::of(&browser).wait_problem("without the permission \"uploads\"");
    assert!(browser.wait_for(PROBLEM).is_shown());
}
