//! Trouble that a person makes on the page, and what the page shows of the recovery.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use devkit::browser::Browser;
use devkit::env::Env;
use devkit::http::Request;
use devkit::wait;
use e2e::api::{Api, crc64nvme};
use e2e::files::{MIB, TestFile};
use e2e::page::Page;
use serde_json::json;

use crate::page_a11y::axe;

const WITHIN: Duration = Duration::from_secs(40);

fn text(browser: &Browser, id: &str) -> String {
    let script = "return document.getElementById(arguments[0]).textContent;";
    let text = browser.run(script, &[json!(id)]);
    text.as_str().unwrap_or_default().to_owned()
}

fn number(browser: &Browser, id: &str) -> u64 {
    text(browser, id).parse().expect("a number")
}

fn press(browser: &Browser, kind: &str, on: bool) {
    browser.wait_for(&format!("[data-trouble={kind}]")).click();
    browser.wait_for(&format!("[data-trouble={kind}][aria-pressed={on}]"));
}

#[test]
fn connections_are_dropped_and_the_page_shows_the_recovery() {
    let stack = Env::stack("trouble");
    let file = TestFile::new("through trouble.zip", 64 * MIB);
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    page.log_in();
    press(&browser, "slow", true);
    page.pick(&[&file.path]);
    page.wait_row(&file.name, WITHIN, |row| row.percent >= 10.0);
    assert_eq!(text(&browser, "recovered"), "–");
    press(&browser, "drop", true);
    wait::until("parts that are sent again", WITHIN, || {
        (number(&browser, "resent") >= 2).then_some(())
    });
    press(&browser, "slow", false);
    let row = page.wait_state(&file.name, "processed", WITHIN);
    wait::until("the recovery", WITHIN, || {
        let said = page.announced();
        said.contains("Recovered after").then_some(())
    });
    assert!(text(&browser, "recovered").ends_with(" s"));
    assert!(number(&browser, "retries") >= number(&browser, "resent"));
    let marks = "return ['rect.mark-trouble', '.mark-retry', '.mark-recovered']\
                 .map((mark) => document.querySelectorAll(`#flow-graph ${mark}`).length > 0);";
    wait::until("its marks in the graph", WITHIN, || {
        (browser.run(marks, &[]) == json!([true, true, true])).then_some(())
    });
    let words = text(&browser, "flow-words");
    assert!(words.contains("through trouble 1 time"), "{words}");
    axe(&browser, "after trouble");
    browser.screenshot("trouble");
    let api = Api::demo_user(stack);
    let record = api.wait_status(row.id.parse().expect("an id"), UploadStatus::Stored, WITHIN);
    assert_eq!(
        (record.verified, record.crc64nvme),
        (true, Some(crc64nvme(&file.bytes)))
    );
}

/// Each ends when it is switched off, and the file arrives.
#[test]
fn refusals_of_storage_are_met_with_retries() {
    let stack = Env::stack("trouble");
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    page.log_in();
    for kind in ["busy", "expire"] {
        let files = [1, 2, 3, 4].map(|n| TestFile::new(&format!("{kind} {n}.txt"), 1000));
        let before = number(&browser, "retries");
        press(&browser, kind, true);
        let paths = files.each_ref().map(|file| file.path.as_path());
        page.pick(&paths);
        wait::until(kind, WITHIN, || {
            (number(&browser, "retries") > before).then_some(())
        });
        press(&browser, kind, false);
        for file in &files {
            page.wait_state(&file.name, "processed", WITHIN);
        }
    }
}

#[test]
fn only_a_page_with_a_proxy_offers_trouble() {
    let stack = Env::stack("main");
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    page.log_in();
    let trouble = browser.find("#trouble").expect("the panel");
    assert!(!trouble.is_shown());
    let request = Request::new("POST", format!("{}trouble", stack.page));
    let own = request.header("origin", stack.origin());
    let answer = own.json(&json!({"kind": "drop", "on": true})).send();
    assert_eq!(answer.status, 404);
}
