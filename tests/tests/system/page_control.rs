//! The buttons of a row: pause, resume, cancel, retry; and going offline.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use devkit::browser::Browser;
use devkit::env::Env;
use devkit::random::random_hex;
use devkit::time::unix;
use e2e::api::{Api, crc64nvme};
use e2e::aws::Aws;
use e2e::files::{MIB, TestFile};
use e2e::issuer::{TokenRequest, token};
use e2e::page::Page;

use crate::common::oidc;

const LIMIT: Duration = Duration::from_secs(30);

fn logged_in(browser: &Browser) -> Page<'_> {
    let page = Page::open(browser, Env::stack("main"));
    page.log_in();
    page
}

#[test]
fn pause_holds_and_resume_goes_on() {
    let file = TestFile::new("paused.zip", 16 * MIB);
    let browser = Browser::start();
    let page = logged_in(&browser);
    browser.limit_upload(4 * MIB as u64);
    page.pick(&[&file.path]);
    let row = page.wait_row(&file.name, LIMIT, |row| {
        row.state == "uploading" && row.percent >= 5.0
    });
    page.act(&row.id, "pause");
    let held = page.wait_state(&file.name, "paused", LIMIT);
    assert!(held.percent < 100.0);
    std::thread::sleep(Duration::from_secs(1));
    let still = page.row(&file.name).expect("its row");
    assert_eq!(still.state, "paused");
    assert!(still.percent <= held.percent, "it moved while paused");
    browser.limit_upload(0);
    page.act(&row.id, "resume");
    page.wait_state(&file.name, "processed", LIMIT);
    let record = Api::demo_user(Env::stack("main"))
        .record(row.id.parse().expect("an id"))
        .expect("a record");
    assert_eq!(
        (record.verified, record.crc64nvme),
        (true, Some(crc64nvme(&file.bytes)))
    );
}

#[test]
fn cancel_ends_it_here_and_in_the_record() {
    let stack = Env::stack("main");
    let file = TestFile::new("cancelled.zip", 16 * MIB);
    let browser = Browser::start();
    let page = logged_in(&browser);
    browser.limit_upload(2 * MIB as u64);
    page.pick(&[&file.path]);
    let row = page.wait_row(&file.name, LIMIT, |row| {
        row.state == "uploading" && row.percent >= 3.0
    });
    page.act(&row.id, "abort");
    page.wait_state(&file.name, "aborted", LIMIT);
    browser.limit_upload(0);
    let api = Api::demo_user(stack);
    let record = api.wait_status(row.id.parse().expect("an id"), UploadStatus::Aborted, LIMIT);
    assert!(
        !Aws::new(stack).has_object(&record.key.to_string()),
        "nothing was stored"
    );
}

#[test]
fn f12_an_upload_outlives_a_lost_network() {
    let file = TestFile::new("interrupted.zip", 24 * MIB);
    let browser = Browser::start();
    let page = logged_in(&browser);
    // Requests in flight continue while the browser is offline; later ones wait.
    browser.limit_upload(4 * MIB as u64);
    page.pick(&[&file.path]);
    page.wait_row(&file.name, LIMIT, |row| {
        row.state == "uploading" && row.percent >= 5.0
    });
    browser.offline(true);
    page.wait_row(&file.name, LIMIT, |row| row.state == "waiting");
    browser.offline(false);
    browser.limit_upload(0);
    let row = page.wait_state(&file.name, "processed", LIMIT);
    let record = Api::demo_user(Env::stack("main"))
        .record(row.id.parse().expect("an id"))
        .expect("a record");
    assert_eq!(
        (record.verified, record.crc64nvme),
        (true, Some(crc64nvme(&file.bytes)))
    );
}

/// An ended session fails the upload; after a new sign-in, Retry sends the same file.
#[test]
fn retry_sends_a_failed_file_after_signing_in_again() {
    let file = TestFile::new("second try.txt", 1000);
    let person = TokenRequest::of(&format!("again-{}", random_hex(6)));
    let ending = token(&person.clone().claim("exp", unix() + 5));
    let browser = Browser::start();
    let page = Page::open(&browser, oidc());
    let sign_in = |token: &str| {
        browser.wait_for("input[name=token]").type_text(token);
        browser.wait_for("[data-action=login]").click();
    };
    sign_in(&ending);
    page.wait_ready();
    std::thread::sleep(Duration::from_secs(6));
    page.pick(&[&file.path]);
    let row = page.wait_row(&file.name, LIMIT, |row| row.state == "failed");
    assert!(row.text.contains("Sign in again"), "{}", row.text);
    browser.screenshot("session-ended");
    sign_in(&token(&person));
    devkit::wait::until("the new session", LIMIT, || {
        browser
            .find("input[name=token]")
            .is_none_or(|input| !input.is_shown())
            .then_some(())
    });
    page.act(&row.id, "retry");
    page.wait_row(&file.name, LIMIT, |row| row.state == "processed");
}
