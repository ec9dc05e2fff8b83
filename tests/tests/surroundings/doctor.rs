//! `client.doctor()`: each misconfiguration is set up, and its sentence is read.

use serde_json::Value;

use crate::World;
use crate::cases::{CASES, Case};

/// One thing that is wrong.
pub(crate) struct Wrong {
    pub(crate) name: &'static str,
    /// The folder of the page.
    folder: &'static str,
    /// The options of the client, as JavaScript; `API` is the address.
    options: &'static str,
    /// The rule of the fault proxy, as JSON; empty for none.
    rule: &'static str,
    /// The codes that are not well, each with a word of its sentence and one of its fix.
    bad: &'static [(&'static str, &'static str, &'static str)],
}

const WELL: Wrong = Wrong {
    name: "doctor_finds_nothing_where_all_is_well",
    folder: "plain",
    options: "{ api: 'API', token: () => jwt({}) }",
    rule: "",
    bad: &[],
};

pub(crate) const WRONGS: &[Wrong] = &[
    WELL,
    Wrong {
        name: "doctor_asks_with_a_cookie_where_that_is_the_session",
        // The local API knows no cookies, so this page's `fetch` turns one into a token.
        options: "{ ...((own) => { globalThis.fetch = (url, { credentials, headers, ...init } = {}) => { \
            const api = String(url).startsWith('API/uploads'); \
            if (api && (credentials !== 'include' || headers.authorization)) throw new TypeError('no cookie'); \
            const token = api && { authorization: `Bearer ${jwt({})}` }; \
            return own(url, { ...init, headers: { ...headers, ...token } }); }; })(fetch), \
            api: 'API', credentials: 'include' }",
        ..WELL
    },
    Wrong {
        name: "doctor_names_an_api_that_nobody_serves",
        options: "{ api: 'http://127.0.0.1:9', token: () => jwt({}) }",
        bad: &[("api_unreachable", "http://127.0.0.1:9", "address")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_the_cors_rules_of_the_api",
        rule: r#"{"match": {"method": "*", "pathContains": "/uploads", "times": "forever"}, "fault": {"kind": "status", "status": 403, "form": "gateway", "cors": false}}"#,
        bad: &[("api_cors", "localhost", "AllowedOrigins")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_wrong_path",
        options: "{ api: 'API/stage', token: () => jwt({}) }",
        bad: &[("api_address", "not this API", "/uploads")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_page_in_place_of_the_api",
        rule: r#"{"match": {"method": "GET", "pathContains": "/uploads"}, "fault": {"kind": "body", "text": "<!doctype html>"}}"#,
        bad: &[("api_address", "not this API", "path")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_failing_api",
        rule: r#"{"match": {"method": "GET", "pathContains": "/uploads"}, "fault": {"kind": "status", "status": 503, "form": "gateway"}}"#,
        bad: &[("api_failing", "503", "logs")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_token_function_that_throws",
        options: "{ api: 'API', token: () => { throw new Error('no session'); } }",
        rule: r#"{"match": {"method": "GET", "pathContains": "/uploads"}, "fault": {"kind": "status", "status": 401, "form": "gateway"}}"#,
        bad: &[
            ("token_missing", "no session", "access token"),
            ("token_refused", "refuses the token", "audience"),
        ],
        ..WELL
    },
    Wrong {
        name: "doctor_names_what_is_no_token",
        options: "{ api: 'API', token: () => 'secret' }",
        bad: &[("token_invalid", "no JWT", "three parts")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_an_expired_token",
        options: "{ api: 'API', token: () => jwt({ exp: 1000 }) }",
        bad: &[("token_expired", "expired", "renew")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_an_id_token",
        options: "{ api: 'API', token: () => jwt({ token_use: 'id' }) }",
        bad: &[("token_kind", "ID token", "access token")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_clock",
        options: "{ api: 'API', token: () => jwt({ iat: Date.now() / 1000 + 3600 }) }",
        bad: &[("clock", "future", "NTP")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_token_of_another_issuer_or_audience",
        rule: r#"{"match": {"method": "GET", "pathContains": "/uploads"}, "fault": {"kind": "status", "status": 401, "form": "gateway"}}"#,
        bad: &[("token_refused", "refuses the token", "issuer")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_missing_scope",
        rule: r#"{"match": {"method": "GET", "pathContains": "/uploads"}, "fault": {"kind": "status", "status": 403, "form": "problem", "code": "insufficient_scope"}}"#,
        bad: &[("scope_missing", "scope", "login")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_what_may_not_be_created",
        rule: r#"{"match": {"method": "POST", "pathContains": "/uploads"}, "fault": {"kind": "status", "status": 400, "form": "problem", "code": "type_not_allowed"}}"#,
        bad: &[("create_refused", "type_not_allowed", "refusal")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_host_that_nobody_serves",
        options: "{ signer: signer('http://127.0.0.1:9/k?X-Amz-Signature=secret') }",
        bad: &[("storage_unreachable", "http://127.0.0.1:9", "region")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_signer_that_throws",
        options: "{ signer: { ...signer(''), create: async () => { throw new TypeError('x is not a function'); } } }",
        bad: &[("create_refused", "x is not a function", "refusal")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_signer_without_a_url",
        options: "{ signer: signer('') }",
        bad: &[("bad_response", "plan.put.url", "single")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_the_cors_rules_of_the_bucket",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "status", "status": 403, "code": "AccessForbidden", "cors": false}}"#,
        bad: &[(
            "storage_cors",
            "does not allow a PUT",
            "x-amz-checksum-crc64nvme",
        )],
        ..WELL
    },
    Wrong {
        name: "doctor_names_headers_that_the_bucket_hides",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "body", "status": 400, "text": "<Error><Code>BadDigest</Code></Error>"}}"#,
        bad: &[("storage_headers", "hides the headers", "ETag")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_wrong_region",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "status", "status": 301, "code": "PermanentRedirect"}}"#,
        bad: &[("storage_region", "another region", "own region")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_wrong_signature",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "status", "status": 403, "code": "SignatureDoesNotMatch"}}"#,
        bad: &[("storage_signature", "signature", "secret key")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_missing_rights_of_the_signer",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "status", "status": 403, "code": "AccessDenied"}}"#,
        bad: &[("storage_rights", "AccessDenied", "s3:PutObject")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_the_clock_of_the_signer",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "status", "status": 403, "code": "RequestTimeTooSkewed"}}"#,
        bad: &[("server_clock", "not valid at this time", "NTP")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_store_that_checks_no_checksum",
        rule: r#"{"match": {"method": "PUT"}, "fault": {"kind": "status", "status": 200}}"#,
        bad: &[("storage_unverified", "does not check", "crowfly-doctor.txt")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_limit_for_bodies",
        rule: r#"{"match": {"method": "PUT", "skip": 1}, "fault": {"kind": "status", "status": 413, "code": "EntityTooLarge", "cors": false}}"#,
        bad: &[("body_limit", "a large one does not", "client_max_body_size")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_policy_that_forbids_workers",
        folder: "untrusted",
        bad: &[("worker_blocked", "Trusted Types", "the sentence")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_database_that_is_refused",
        options: "{ ...(indexedDB.open = () => { throw new DOMException('denied', 'SecurityError'); }, {}), api: 'API', token: () => jwt({}), resume: false }",
        bad: &[("indexeddb_refused", "denied", "private windows")],
        ..WELL
    },
    Wrong {
        name: "doctor_names_a_service_worker",
        folder: "pass",
        bad: &[("service_worker", "hides", "respondWith")],
        ..WELL
    },
];

/// What a page needs to ask.
const ASK: &str = r#"
const { createClient } = await import("./crowfly/index.js");
const part = (value) => btoa(JSON.stringify(value)).replaceAll("=", "");
const jwt = (claims) => `${part({})}.${part({ iss: "https://issuer.test", token_use: "access", ...claims })}.x`;
const signer = (url) => ({
  create: async ({ uploads: [{ id }] }) => ({ uploads: [{ id, key: "k", plan: { kind: "single", put: { url, headers: {}, expiresInMs: 300000 } } }] }),
  sign: async () => {}, parts: async () => {}, complete: async () => {}, abort: async () => {},
});
const client = await createClient(OPTIONS);
try {
  return await client.doctor();
} finally {
  client.close();
}
"#;

impl World {
    /// Asks the doctor where this is wrong; returns what was seen.
    pub(crate) fn examine(&self, wrong: &Wrong) -> String {
        self.reset();
        let page = |case: &&Case| case.folder == wrong.folder;
        let case = CASES.iter().find(page).expect("a page");
        self.browser.open(&self.site.url(case));
        // The upload of the page itself is over before.
        self.outcome();
        if !wrong.rule.is_empty() {
            let rule: Value = serde_json::from_str(wrong.rule).expect("a rule");
            self.proxy.rule(rule);
        }
        let options = wrong
            .options
            .replace("API", &format!("http://{}", self.sink.address()));
        let found = self
            .browser
            .run_async(&ASK.replace("OPTIONS", &options), &[]);
        assert!(found["rejected"].is_null(), "{found}");
        let all: Vec<&Value> = found.as_array().expect("a list").iter().collect();
        let bad: Vec<&Value> = all
            .iter()
            .copied()
            .filter(|one| one["ok"] == false)
            .collect();
        let codes: Vec<&str> = bad.iter().filter_map(|one| one["code"].as_str()).collect();
        let wanted: Vec<&str> = wrong.bad.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes, wanted, "{found}");
        for (one, (_, word, cure)) in bad.iter().zip(wrong.bad) {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            assert!(text("message").contains(word), "{one}");
            assert!(text("fix").contains(cure), "{one}");
        }
        assert!(!found.to_string().contains("X-Amz-"), "{found}");
        // That of the page itself.
        assert_eq!(self.sink.stats().completed, 2, "objects were stored");
        format!("{} findings, not well: {codes:?}", all.len())
    }
}
