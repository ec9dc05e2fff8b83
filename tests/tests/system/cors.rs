//! Which web pages may call: exact origins, at the API and at the bucket. A52, A80, A81.

use crowfly_contract::ErrorCode;
use devkit::browser::Browser;
use devkit::env::Env;
use devkit::http::{Reply, Request, Response, Server};
use e2e::api::item;
use serde_json::json;

use crate::common::{account, assert_problem, new_caller, oidc};

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
        let headers = "authorization,content-type,traceparent";
        let answer = preflight(&url, origin, "POST", headers);
        assert_eq!(allowed(&answer), Some(origin), "{}", answer.status);
        assert!(matches!(answer.status, 200 | 204), "{}", answer.status);
        for header in headers.split(',') {
            let allowed = lists(&answer, "access-control-allow-headers", header);
            assert!(allowed, "{header}");
        }
        assert!(lists(&answer, "access-control-allow-methods", "POST"));
        let age = answer
            .header("access-control-max-age")
            .and_then(|age| age.parse::<u64>().ok());
        assert!(
            age.is_some_and(|age| age >= 600),
            "the preflight of every create would cost a round trip"
        );
        let answer = new_caller()
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
        let answer = new_caller()
            .request("GET", "/uploads")
            .header("origin", origin.as_str())
            .send();
        assert_eq!(allowed(&answer), None, "{origin}");
    }
}

#[test]
fn the_bucket_lets_its_own_pages_send_what_is_signed() {
    let upload = new_caller().create_one(&item("a.txt", "text/plain", b"a"));
    let names: Vec<&str> = upload.put.headers.keys().map(String::as_str).collect();
    for origin in [oidc().origin(), Env::get().extra_origin.as_str()] {
        let answer = preflight(&upload.put.url, origin, "PUT", &names.join(","));
        assert_eq!((answer.status, allowed(&answer)), (200, Some(origin)));
        for name in &names {
            assert!(
                lists(&answer, "access-control-allow-headers", name),
                "{name}"
            );
        }
    }
    let origin = oidc().origin();
    let answer = upload.put(b"a").header("origin", origin).send();
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
        let upload = new_caller().create_one(&item("a.txt", "text/plain", b"a"));
        let answer = preflight(
            &upload.put.url,
            &origin,
            "PUT",
            "content-type,if-none-match",
        );
        assert_eq!((answer.status, allowed(&answer)), (403, None), "{origin}");
        // A presigned URL is a bearer credential: other clients than browsers may send from anywhere, but a page of a
        // foreign origin may not read the answer.
        let answer = upload.put(b"a").header("origin", origin.as_str()).send();
        assert_eq!(allowed(&answer), None, "{origin}");
    }
}

#[test]
fn a80_the_bucket_allows_no_other_method_and_no_other_header() {
    let upload = new_caller().create_one(&item("a.txt", "text/plain", b"a"));
    let origin = oidc().origin();
    for method in ["DELETE", "POST", "PATCH"] {
        assert_eq!(
            preflight(&upload.put.url, origin, method, "content-type").status,
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
            preflight(&upload.put.url, origin, "PUT", header).status,
            403,
            "{header}"
        );
    }
}

#[test]
fn a80_the_api_allows_no_other_method_and_no_other_header() {
    let url = format!("{}/uploads", oidc().api);
    let origin = oidc().origin();
    for method in ["PUT", "PATCH", "TRACE"] {
        let answer = preflight(&url, origin, method, "authorization");
        assert!(
            !lists(&answer, "access-control-allow-methods", method),
            "{method}"
        );
        assert!(
            !lists(&answer, "access-control-allow-methods", "*"),
            "{method}"
        );
    }
    for header in ["x-amz-acl", "x-forwarded-for", "cookie", "x-anything"] {
        let answer = preflight(&url, origin, "POST", header);
        assert!(
            !lists(&answer, "access-control-allow-headers", header),
            "{header}"
        );
        assert!(
            !lists(&answer, "access-control-allow-headers", "*"),
            "{header}"
        );
    }
}

/// No request gets a wildcard origin or `Access-Control-Allow-Credentials` from the API; it uses no cookies.
/// (For the bucket's own origins S3 allows credentials by itself.)
/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#requests_with_credentials>
#[test]
fn a80_a81_no_answer_allows_every_origin_or_credentials_or_sets_a_cookie() {
    let upload = new_caller().create_one(&item("a.txt", "text/plain", b"a"));
    let api = format!("{}/uploads", oidc().api);
    let own = [oidc().origin().to_owned()];
    for origin in own.iter().chain(&strangers()) {
        let from = |request: Request| request.header("origin", origin.as_str()).send();
        let of_api = [
            preflight(&api, origin, "POST", "authorization"),
            from(new_caller().request("GET", "/uploads")),
            from(Request::new("GET", &api)),
            from(new_caller().request("GET", "/uploads?limit=0")),
        ];
        let of_bucket = [
            preflight(&upload.put.url, origin, "PUT", "content-type"),
            from(Request::new("GET", upload.put.url.as_str())),
        ];
        for (at_bucket, answer) in of_api
            .iter()
            .map(|answer| (false, answer))
            .chain(of_bucket.iter().map(|answer| (true, answer)))
        {
            assert_ne!(allowed(answer), Some("*"), "{origin}");
            assert_eq!(answer.header("set-cookie"), None, "{origin}");
            let credentials = answer.header("access-control-allow-credentials");
            if !at_bucket || origin != oidc().origin() {
                assert_ne!(credentials, Some("true"), "{origin}");
            }
        }
    }
}

/// A form of another site is sent with its cookies and without a preflight, and gets nothing:
/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests>.
#[test]
fn a81_a_form_of_another_site_is_nothing() {
    let api = new_caller();
    let good = json!({"uploads": [item("a.txt", "text/plain", b"x")]}).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let form = |request: Request| {
            request
                .header("origin", "https://evil.example")
                .header("content-type", kind)
                .header("cookie", format!("token={0}; authorization={0}", api.token))
                .body(good.as_str())
                .send()
        };
        let by_cookie = form(Request::new("POST", format!("{}/uploads", api.base)));
        assert_eq!(
            Some(by_cookie.status),
            ErrorCode::Unauthenticated.http_status()
        );
        let with_token = form(api.request("POST", "/uploads"));
        assert_problem(kind, &with_token, ErrorCode::UnsupportedMediaType);
        for answer in [by_cookie, with_token] {
            assert_eq!(answer.header("set-cookie"), None, "{kind}");
        }
    }
    assert_eq!(api.get("/uploads").json()["uploads"], json!([]));
}

/// The browser does not let a page of a foreign origin use a leaked URL.
#[test]
fn a52_a_foreign_page_cannot_use_a_url() {
    let server = Server::bind(0).expect("a free port");
    let foreign = server.address();
    let serving = server.serve(|_| Reply::html(200, "<title>x</title>"));
    let _serving = serving.expect("a server");
    let browser = Browser::start();
    let send = |page: &str| {
        let upload = new_caller().create_one(&item("a.txt", "text/plain", b"a"));
        browser.open(page);
        let script = "const [url, headers] = arguments;
            try { return (await fetch(url, { method: 'PUT', headers, body: 'a' })).status; }
            catch (error) { return error.name; }";
        let said = browser.run_async(script, &[json!(upload.put.url), json!(upload.put.headers)]);
        (said, account().has_object(&upload.key.to_string()))
    };
    assert_eq!(
        send(&format!("http://{foreign}/")),
        (json!("TypeError"), false)
    );
    assert_eq!(
        send(&oidc().page),
        (json!(200), true),
        "the stack's own page"
    );
}
