//! `examples/recorder` as its README says, on the stack whose queue gets the address of each `.webm`.

use std::time::Duration;

use crowfly_contract::{ListResponse, Record, UploadStatus};
use devkit::browser::{Browser, Kind};
use devkit::env::{Env, Stack};
use devkit::http::encode_path;
use devkit::random::random_hex;
use devkit::{paths, wait};
use e2e::api::Api;
use e2e::aws::Aws;

use crate::tool_site::tool_site;

const WITHIN: Duration = Duration::from_secs(30);

/// Serves the example, filled in for this caller, until the process ends; returns its address.
fn serve(api: &Api) -> String {
    let from = paths::root().join("examples/recorder");
    let site = tool_site();
    let folder = &site.recorder;
    let read = |name: &str| std::fs::read_to_string(from.join(name)).expect(name);
    let mut script = read("app.js");
    for (placeholder, value) in [
        (
            "https://abc.execute-api.eu-west-1.amazonaws.com",
            api.base.as_str(),
        ),
        ("eyJ...", api.token.as_str()),
    ] {
        assert!(script.contains(placeholder), "{placeholder}");
        script = script.replace(placeholder, value);
    }
    std::fs::write(folder.join("app.js"), script).expect("a file");
    std::fs::write(folder.join("index.html"), read("index.html")).expect("a file");
    format!("{}recorder/", site.url)
}

fn text(browser: &Browser, css: &str) -> String {
    let found = browser.find(css).map(|element| element.text());
    found.unwrap_or_default()
}

#[track_caller]
fn begin(browser: &Browser) {
    browser.wait_for("#record:enabled").click();
    wait::until("bytes", WITHIN, || {
        let said = text(browser, "#bytes");
        (!said.is_empty() && !said.starts_with("0 bytes")).then_some(())
    });
    std::thread::sleep(Duration::from_secs(2));
}

/// Waits for the end that the page tells; returns the newest record, which came over the queue with its address.
#[track_caller]
fn arrived(browser: &Browser, stack: &Stack, api: &Api) -> Record {
    wait::until("the end", WITHIN, || {
        let said = text(browser, "#status");
        assert!(
            said.is_empty() || said.starts_with("Stored: "),
            "the page says: {said}"
        );
        (!said.is_empty()).then_some(())
    });
    let list = api.get("/uploads?limit=1");
    let list: ListResponse = serde_json::from_slice(&list.body).expect("a list");
    let newest = list.uploads.first().expect("a record");
    let record = api.wait_status(newest.id, UploadStatus::Stored, WITHIN);
    assert!(record.live && record.verified, "{record:?}");
    assert!(record.name.ends_with(".webm"), "{}", record.name);
    let key = record.key.to_string();
    let url = format!("{}/{}/{}", stack.s3, stack.bucket, encode_path(&key));
    assert_eq!(record.url.as_deref(), Some(url.as_str()));
    let body = Aws::new(stack).get_object(&key).body;
    assert_eq!(body.len() as u64, record.size);
    assert_eq!(body.get(..4), Some(&[0x1a, 0x45, 0xdf, 0xa3][..]), "WebM");
    record
}

#[test]
fn the_address_of_a_live_webm_goes_through_the_queue_also_after_a_crash() {
    let stack = Env::stack("webm");
    let api = Api::of_subject(stack, &format!("recorder-{}", random_hex(6)));
    let url = serve(&api);
    let browser = Browser::with_camera(Kind::Chromium, None);
    let first = browser.window();
    browser.open_window();
    browser.open(&url);
    begin(&browser);
    browser.wait_for("#stop").click();
    let stopped = arrived(&browser, stack, &api);
    browser.reload();
    begin(&browser);
    browser.crash();
    browser.switch_to(&first);
    browser.open(&url);
    let crashed = arrived(&browser, stack, &api);
    assert_ne!(stopped.id, crashed.id);
}

#[test]
fn the_example_is_short() {
    let script = include_str!("../../../examples/recorder/app.js");
    assert!(script.lines().count() <= 40);
}
