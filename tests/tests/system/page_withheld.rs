//! What the page shows for a file whose content does not match its type.

use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::Env;
use devkit::wait;
use e2e::files::TestFile;
use e2e::page::Page;
use serde_json::json;

const WITHIN: Duration = Duration::from_secs(20);
const WITHHELD: &str = "Withheld";
const WHY: &str = "The content is not what the type says, and could run.";

#[test]
fn a30_the_page_marks_a_file_whose_content_does_not_match_its_type() {
    let page_text = b"<!doctype html><title>a page that calls itself a film</title>";
    let text = b"a text that calls itself a film";
    let (odd, mild, plain) = (
        TestFile::of("odd.webm", page_text),
        TestFile::of("mild.webm", text),
        TestFile::of("plain.txt", text),
    );
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    page.pick(&[&plain.path, &mild.path, &odd.path]);
    // Announced in the live region, for screen readers.
    let said = wait::until("the announcement", WITHIN, || {
        let said = page.announced();
        said.contains("look like the type").then_some(said)
    });
    let one = said.contains("webm: The content does not look");
    assert!(one || said.contains("The content of 2 files"), "{said}");
    assert!(!said.contains("plain.txt: The content"), "{said}");
    // It is stored nevertheless, and delivered unless it is active content.
    for (file, withheld) in [(&odd, true), (&mild, false), (&plain, false)] {
        let row = page.wait_state(&file.name, "processed", WITHIN);
        assert_eq!(row.text.contains(WITHHELD), withheld, "{}", row.text);
        let shown = page.wait_record(&row.id);
        let times = shown.matches(WITHHELD).count();
        assert_eq!(times, usize::from(withheld), "said once: {shown}");
        assert_eq!(shown.contains(WHY), withheld, "{shown}");
        // P9: a person would take a file that is called verified for safe.
        assert_eq!(row.text.contains("Verified"), !withheld, "{}", row.text);
        assert_eq!(shown.contains("Verified"), !withheld, "{shown}");
        let script = "return document.querySelectorAll(
            `[data-record='${arguments[0]}'] [data-action=download]`).length;";
        let buttons = browser.run(script, &[json!(row.id)]);
        assert_eq!(buttons, json!(usize::from(!withheld)), "{shown}");
    }
    browser.screenshot("withheld");
}
