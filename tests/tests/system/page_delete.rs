//! Deleting a record's file on the page: asked first, by mouse and by keyboard.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use devkit::browser::{Browser, Key};
use devkit::env::Env;
use devkit::wait;
use e2e::api::Api;
use e2e::aws::Aws;
use e2e::files::TestFile;
use e2e::page::Page;
use serde_json::json;

use crate::page_a11y::axe;

const WITHIN: Duration = Duration::from_secs(20);
const FOCUSED: &str = "return document.activeElement.dataset.action \
                       ?? document.activeElement.dataset.record;";

fn dialog_is_open(browser: &Browser) -> bool {
    browser.run("return document.getElementById('ask').open;", &[]) == true
}

fn focused(browser: &Browser) -> String {
    let at = browser.run(FOCUSED, &[]);
    at.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_file_is_deleted_after_a_question_by_the_keyboard_alone() {
    let stack = Env::stack("main");
    let file = TestFile::of("unwanted.txt", b"no longer wanted");
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    page.log_in();
    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", WITHIN);
    page.wait_record(&row.id);
    let button = format!("[data-record='{}'] [data-action=delete]", row.id);
    let focus = "document.querySelector(arguments[0]).focus();";
    let record = || {
        let api = Api::demo_user(stack);
        api.record(row.id.parse().expect("an id"))
            .expect("a record")
    };

    // Enter asks, with the focus on the harmless answer; Enter there, or Escape, keeps the file.
    for key in [Key::Enter, Key::Escape] {
        browser.run(focus, &[json!(button)]);
        browser.press(Key::Enter);
        wait::until("the question", WITHIN, || {
            (dialog_is_open(&browser) && focused(&browser) == "keep").then_some(())
        });
        let title = browser.find("#ask-title").expect("its title").text();
        assert_eq!(title, "Delete unwanted.txt?");
        axe(&browser, "the question");
        browser.press(key);
        wait::until("the answer", WITHIN, || {
            (!dialog_is_open(&browser)).then_some(())
        });
        assert_eq!(focused(&browser), "delete", "the focus comes back");
    }
    assert_eq!(record().status, UploadStatus::Stored);

    browser.press(Key::Enter);
    wait::until("the question", WITHIN, || {
        dialog_is_open(&browser).then_some(())
    });
    browser.press(Key::Tab);
    assert_eq!(focused(&browser), "confirm-delete");
    browser.screenshot("delete");
    browser.press(Key::Space);
    wait::until("the row of a deleted file", WITHIN, || {
        let shown = page.wait_record(&row.id);
        (shown.contains("Deleted") && !shown.contains("Verified")).then_some(())
    });
    assert_eq!(focused(&browser), row.id, "the row has the focus");
    assert!(
        browser.find(&button).is_none(),
        "there is nothing to delete"
    );
    let live = "return document.getElementById('live').textContent;";
    wait::until("the announcement", WITHIN, || {
        let said = browser.run(live, &[]);
        let said = said.as_str().unwrap_or_default();
        said.contains("unwanted.txt is deleted.").then_some(())
    });
    let record = record();
    assert_eq!((record.status, record.url), (UploadStatus::Deleted, None));
    assert!(!Aws::new(stack).has_object(&record.key.to_string()));
}

#[test]
fn a_refused_deletion_says_so_and_leaves_the_row() {
    let stack = Env::stack("main");
    let file = TestFile::of("kept.txt", b"kept");
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    page.log_in();
    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", WITHIN);
    page.wait_record(&row.id);
    // As if its record had expired meanwhile.
    let api = Api::demo_user(stack);
    let key = api.record(row.id.parse().expect("an id")).expect("it").key;
    let aws = Aws::new(stack);
    let mut item = aws
        .get_item(key.owner().as_str(), &row.id)
        .expect("its item");
    item["expiresAt"] = json!(1);
    aws.put_item(&item);
    let button = format!("[data-record='{}'] [data-action=delete]", row.id);
    browser.wait_for(&button).click();
    browser.wait_for("[data-action=confirm-delete]").click();
    let problem = wait::until("the refusal", WITHIN, || {
        let shown = browser.find("#records-problem")?;
        shown.is_shown().then(|| shown.text())
    });
    assert!(problem.contains("kept.txt was not deleted."), "{problem}");
    assert!(problem.contains("not there any more"), "{problem}");
    assert!(page.wait_record(&row.id).contains("Verified"));
    assert!(aws.has_object(&key.to_string()));
}
