//! The main flow on the demo page: picked files become objects and records.

use std::time::Duration;

use crowfly_contract::{PlanKind, Record, UploadStatus};
use devkit::browser::Browser;
use devkit::env::{Env, Stack};
use devkit::hash::sha256_hex;
use devkit::http::Request;
use e2e::api::{Api, crc64nvme};
use e2e::aws::Aws;
use e2e::files::{MIB, TestFile};
use e2e::page::{Page, Row};

use crate::common::{RECORD_WITHIN, oidc};

/// The record of a row's upload.
fn record_of(api: &Api, row: &Row) -> Record {
    api.record(row.id.parse().expect("the row carries the id"))
        .expect("the record")
}

/// The displayed progress never falls, and shows 100 % only once storage has the whole file.
fn assert_valid_progress(page: &Page<'_>, row: &Row) {
    let samples = page.samples(&row.id);
    for pair in samples.windows(2) {
        assert!(
            pair[0].percent <= pair[1].percent,
            "{}: fell: {pair:?}",
            row.text
        );
    }
    for sample in &samples {
        let ended = matches!(sample.state.as_str(), "stored" | "processed");
        assert_eq!(sample.percent == 100.0, ended, "{}: {sample:?}", row.text);
    }
    let first = |state: &str| {
        samples
            .iter()
            .find(|sample| sample.state == state)
            .map(|sample| sample.at)
    };
    let (Some(stored), Some(processed)) = (first("stored"), first("processed")) else {
        panic!(
            "{}: stored and processed were never shown: {samples:?}",
            row.text
        )
    };
    let within = Duration::from_secs_f64((processed - stored).max(0.0) / 1000.0);
    assert!(within < RECORD_WITHIN, "the record took {within:?}");
}

/// Storage has the file's bytes, and storage, record and page, whose table shows `shown`, have the same checksum.
fn assert_arrived(stack: &Stack, api: &Api, row: &Row, file: &TestFile, shown: &str) {
    let record = record_of(api, row);
    assert_eq!(
        (record.name.as_str(), record.status),
        (file.name.as_str(), UploadStatus::Stored)
    );
    assert_eq!(
        (record.size, record.verified),
        (file.bytes.len() as u64, true),
        "{}",
        file.name
    );
    let object = Aws::new(stack).get_object(&record.key.to_string());
    assert_eq!(object.status, 200, "{}", file.name);
    assert_eq!(
        sha256_hex(&object.body),
        file.sha256(),
        "{}: other bytes",
        file.name
    );
    let crc = crc64nvme(&file.bytes).to_string();
    assert_eq!(
        record.crc64nvme.map(|crc| crc.to_string()),
        Some(crc.clone()),
        "{}",
        file.name
    );
    assert_eq!(
        object.header("x-amz-checksum-crc64nvme"),
        Some(crc.as_str()),
        "{}",
        file.name
    );
    assert!(shown.contains(&crc), "the page shows the checksum: {shown}");
}

#[test]
fn every_size_and_every_name_arrives_whole() {
    let stack = Env::stack("main");
    let files = [
        TestFile::new("nothing at all.txt", 0),
        TestFile::new("1+1=2.txt", 1),
        TestFile::new("100%25 \"quoted\" & 'single'.png", MIB),
        TestFile::new("한글 파일 이름.zip", 16 * MIB),
        TestFile::new("🐦‍⬛ as the crow flies.webm", 100 * MIB),
    ];
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    page.log_in();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_path()).collect();
    page.pick(&paths);
    let rows: Vec<Row> = files
        .iter()
        .map(|file| page.wait_state(&file.name, "processed", Duration::from_secs(90)))
        .collect();
    let api = Api::demo_user(stack);
    for (row, file) in rows.iter().zip(&files) {
        let shown = page.wait_record(&row.id);
        assert_arrived(stack, &api, row, file, &shown);
        assert_valid_progress(&page, row);
        assert!(row.text.contains("Verified"), "{}", row.text);
        assert!(
            shown.contains(&file.name) && shown.contains("Verified"),
            "{shown}"
        );
    }
    browser.screenshot("uploaded");

    // The bytes were sent to storage only.
    let puts: Vec<String> = browser
        .requests()
        .into_iter()
        .filter(|(method, _)| method == "PUT")
        .map(|(_, url)| url.split('?').next().unwrap_or_default().to_owned())
        .collect();
    let parts = |file: &TestFile| match PlanKind::for_new_file(file.bytes.len() as u64) {
        Ok(PlanKind::Multipart(plan)) => plan.part_count() as usize,
        _ => 1,
    };
    assert_eq!(
        puts.len(),
        files.iter().map(parts).sum::<usize>(),
        "{puts:?}"
    );
    let bucket = format!("{}/{}/uploads/", stack.s3, stack.bucket);
    assert!(puts.iter().all(|url| url.starts_with(&bucket)), "{puts:?}");
    assert_quiet(&browser);
}

/// A53, A83: the console has neither errors nor secrets.
pub(crate) fn assert_quiet(browser: &Browser) {
    for line in browser.console() {
        assert!(
            !line.contains("X-Amz-Signature"),
            "a signature in the console"
        );
        assert!(!line.contains("eyJ"), "a token in the console");
        assert!(!line.contains("Content Security Policy"), "{line}");
        assert!(!line.starts_with("SEVERE"), "{line}");
    }
}

#[test]
fn sign_in_at_another_issuer_works_as_with_auth0() {
    let file = TestFile::new("from elsewhere.txt", 1000);
    let browser = Browser::start();
    let page = Page::open(&browser, oidc());
    browser.wait_for("[data-action=authorize]").click();
    page.wait_ready();
    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", Duration::from_secs(20));
    let shown = page.wait_record(&row.id);
    let api = Api::of_subject(oidc(), "alice");
    assert_arrived(oidc(), &api, &row, &file, &shown);
    // A53: neither code nor token stays in the URL.
    let address = browser.run("return location.href;", &[]);
    assert_eq!(address.as_str(), Some(oidc().page.as_str()));
    assert_quiet(&browser);
}

#[test]
fn what_is_refused_is_refused_before_any_byte_moves() {
    let page_stack = oidc();
    let forbidden = TestFile::new("page.html", 1000);
    let oversize = TestFile::sparse("too large.zip", 209_715_201);
    let browser = Browser::start();
    let page = Page::open(&browser, page_stack);
    browser.wait_for("[data-action=authorize]").click();
    page.wait_ready();
    browser.requests();
    page.pick(&[&forbidden.path, &oversize.path]);
    let failed =
        |name: &str| page.wait_row(name, Duration::from_secs(60), |row| row.state == "failed");
    for (name, code) in [
        ("page.html", "type_not_allowed"),
        ("too large.zip", "too_large"),
    ] {
        let row = failed(name);
        let facts = page.facts(&row.id);
        assert!(facts.contains(code) && facts.contains(name), "{facts}");
        assert_eq!(row.percent, 0.0, "{}", row.text);
    }
    let puts: Vec<_> = browser
        .requests()
        .into_iter()
        .filter(|(method, _)| method == "PUT")
        .collect();
    assert!(puts.is_empty(), "{} requests to storage", puts.len());
    browser.screenshot("refused");
}

/// Every page is served with a strict policy: its own scripts and images only, and no referrer.
#[test]
fn a53_a83_a_page_runs_its_own_scripts_only_and_sends_no_referrer() {
    for stack in Env::get().stacks.values() {
        for path in ["", "index.html", "js/main.js", "missing"] {
            let answer = Request::new("GET", format!("{}{path}", stack.page)).send();
            let policy = answer.header("content-security-policy").unwrap_or_default();
            let directive = |name: &str| {
                let found = policy.split(';').map(str::trim);
                found
                    .filter_map(|text| text.strip_prefix(name))
                    .map(str::trim)
                    .next()
            };
            assert_eq!(directive("default-src"), Some("'none'"), "{path}: {policy}");
            assert_eq!(
                directive("script-src"),
                Some("'self' 'wasm-unsafe-eval'"),
                "{path}"
            );
            assert_eq!(directive("img-src"), Some("'self' data: blob:"), "{path}");
            assert!(
                !policy.contains("unsafe-inline") && !policy.contains('*'),
                "{policy}"
            );
            assert_eq!(
                answer.header("referrer-policy"),
                Some("no-referrer"),
                "{path}"
            );
            assert_eq!(answer.header("set-cookie"), None, "{path}");
        }
    }
}

/// A83: a file name is shown as text, whatever it contains.
#[test]
fn a83_a_name_is_shown_as_text() {
    // A file name cannot contain `/`.
    let file = TestFile::new("\"><img src=x onerror=document.title='broken'>.txt", 10);
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    let title = browser.run("return document.title;", &[]);
    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", Duration::from_secs(20));
    page.wait_record(&row.id);
    assert!(browser.find("#app img").is_none());
    assert_eq!(browser.run("return document.title;", &[]), title);
}

#[test]
fn records_are_still_there_after_a_reload() {
    let file = TestFile::new("kept.txt", 10);
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", Duration::from_secs(20));
    browser.reload();
    page.log_in();
    assert!(page.wait_record(&row.id).contains(&file.name));
    assert!(
        page.rows().is_empty(),
        "a finished upload is no upload any more"
    );
}
