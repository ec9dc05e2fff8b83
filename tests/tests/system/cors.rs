//! Which web pages may call: exact origins, at the API and at the bucket (A80).

use e2e::Env;
use e2e::api::item;
use e2e::http::{Request, Response};

use crate::common::{oidc, somebody};

fn strangers() -> Vec<String> {
    let page = oidc().origin().to_owned();
    let port = page.rsplit(':').next().unwrap_or_default().to_owned();
    vec![
        "https://evil.example".into(),
        "null".into(),
        format!("{page}.evil.example"),
        page.replace("http://", "https://"),
        format!("{page}0"),
        format!("http://localhost.evil.example:{port}"),
    ]
}

fn preflight(url: &str, origin: &str, method: &str, headers: &str) -> Response {
    Request::new("OPTIONS", url)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
        .send()
}

fn allowed(answer: &Response) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

fn lists(answer: &Response, name: &str, wanted: &str) -> bool {
    let list = answer.header(name).unwrap_or_default().to_ascii_lowercase();
    list.split(',')
        .any(|entry| entry.trim() == wanted.to_ascii_lowercase())
}

#[test]
fn the_api_lets_its_own_pages_in_and_their_preflights_last() {
    let url = format!("{}/uploads", oidc().api);
    for origin in [oidc().origin(), Env::get().extra_origin.as_str()] {
        let answer = preflight(&url, origin, "POST", "authorization,content-type");
        assert_eq!(allowed(&answer), Some(origin), "{}", answer.status);
        assert!(matches!(answer.status, 200 | 204), "{}", answer.status);
        assert!(lists(
            &answer,
            "access-control-allow-headers",
            "authorization"
        ));
        assert!(lists(&answer, "access-control-allow-methods", "POST"));
        let age = answer
            .header("access-control-max-age")
            .and_then(|age| age.parse::<u64>().ok());
        assert!(
            age.is_some_and(|age| age >= 600),
            "the preflight of every create would cost a round trip"
        );
        let answer = somebody()
            .request("GET", "/uploads")
            .header("origin", origin)
            .send();
        assert_eq!((answer.status, allowed(&answer)), (200, Some(origin)));
        assert_ne!(
            answer.header("access-control-allow-credentials"),
            Some("true")
        );
    }
}

#[test]
fn a80_the_api_lets_no_other_page_in() {
    let url = format!("{}/uploads", oidc().api);
    for origin in strangers() {
        let answer = preflight(&url, &origin, "POST", "authorization,content-type");
        assert_eq!(allowed(&answer), None, "{origin}");
        let answer = somebody()
            .request("GET", "/uploads")
            .header("origin", origin.as_str())
            .send();
        assert_eq!(allowed(&answer), None, "{origin}");
    }
}

#[test]
fn the_bucket_lets_its_own_pages_send_what_is_signed() {
    let leave = somebody().leave(&item("a.txt", "text/plain", b"a"));
    let names: Vec<&str> = leave.put.headers.keys().map(String::as_str).collect();
    for origin in [oidc().origin(), Env::get().extra_origin.as_str()] {
        let answer = preflight(&leave.put.url, origin, "PUT", &names.join(","));
        assert_eq!((answer.status, allowed(&answer)), (200, Some(origin)));
        for name in &names {
            assert!(
                lists(&answer, "access-control-allow-headers", name),
                "{name}"
            );
        }
    }
    let origin = oidc().origin();
    let answer = leave.put(b"a").header("origin", origin).send();
    assert_eq!((answer.status, allowed(&answer)), (200, Some(origin)));
    for name in ["etag", "x-amz-checksum-crc64nvme"] {
        assert!(
            lists(&answer, "access-control-expose-headers", name),
            "{name}"
        );
    }
}

#[test]
fn a80_a52_the_bucket_lets_no_other_page_send() {
    for origin in strangers() {
        let leave = somebody().leave(&item("a.txt", "text/plain", b"a"));
        let answer = preflight(&leave.put.url, &origin, "PUT", "content-type,if-none-match");
        assert_eq!((answer.status, allowed(&answer)), (403, None), "{origin}");
        // A URL is a bearer's: what is not a browser may send from anywhere, but a page may not read it.
        let answer = leave.put(b"a").header("origin", origin.as_str()).send();
        assert_eq!(allowed(&answer), None, "{origin}");
    }
}

#[test]
fn a80_the_bucket_allows_no_other_method_and_no_other_header() {
    let leave = somebody().leave(&item("a.txt", "text/plain", b"a"));
    let origin = oidc().origin();
    for method in ["DELETE", "POST", "PATCH"] {
        assert_eq!(
            preflight(&leave.put.url, origin, method, "content-type").status,
            403,
            "{method}"
        );
    }
    for header in [
        "x-amz-tagging",
        "x-amz-meta-a",
        "authorization",
        "x-amz-website-redirect-location",
    ] {
        assert_eq!(
            preflight(&leave.put.url, origin, "PUT", header).status,
            403,
            "{header}"
        );
    }
}
