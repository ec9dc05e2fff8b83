//! The table of records: searched, sorted, short, and with one status for each record.

use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::{Env, Stack};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use e2e::files::{MIB, TestFile};
use e2e::issuer::{TokenRequest, token};
use e2e::page::Page;
use serde_json::json;

const WITHIN: Duration = Duration::from_secs(30);
/// A page that is longer than this, in pixels, is a list of cards that nobody reads.
const LONGEST: u64 = 3_500;
const NAMES: &str =
    "return [...document.querySelectorAll('[data-record] .name')].map((name) => name.textContent);";

fn names(browser: &Browser) -> Vec<String> {
    let names = browser.run(NAMES, &[]);
    serde_json::from_value(names).expect("names")
}

#[track_caller]
fn wait_names(browser: &Browser, what: &str, wanted: &[&str]) {
    let start = std::time::Instant::now();
    while start.elapsed() < WITHIN {
        if names(browser) == wanted {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what}: {:?} and not {wanted:?}", names(browser));
}

#[test]
fn records_are_found_by_name_and_sorted_by_every_column() {
    let word = random_hex(4);
    let made = [("b 10", 300), ("a ü", 200), ("b 9", 100)];
    let files = made.map(|(name, size)| TestFile::new(&format!("{name} {word}.txt"), size));
    let [ten, accent, nine] = files.each_ref().map(|file| file.name.as_str());
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    for file in &files {
        page.pick(&[&file.path]);
        page.wait_state(&file.name, "processed", WITHIN);
    }
    let search = browser.wait_for("#search");
    search.type_text(&word.to_uppercase());
    wait_names(&browser, "the newest first", &[nine, accent, ten]);
    let sort = |column: &str| browser.wait_for(&format!("[data-sort={column}]")).click();
    let order = || {
        let script = "const at = document.querySelector('[aria-sort]');\
                      return `${at.dataset.column} ${at.ariaSort}`;";
        let order = browser.run(script, &[]);
        order.as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(order(), "time descending");
    for (column, way, wanted) in [
        ("time", "ascending", [ten, accent, nine]),
        ("size", "descending", [ten, accent, nine]),
        ("size", "ascending", [nine, accent, ten]),
        ("name", "descending", [ten, nine, accent]),
        ("name", "ascending", [accent, nine, ten]),
    ] {
        sort(column);
        wait_names(&browser, &format!("{column} {way}"), &wanted);
        assert_eq!(order(), format!("{column} {way}"));
    }
    // Marks above letters need not be typed, and words may be anywhere.
    let clear = "arguments[0] = document.getElementById('search'); arguments[0].value = '';\
                 arguments[0].dispatchEvent(new Event('input'));";
    browser.run(clear, &[]);
    browser.wait_for("#search").type_text(&format!("{word} U"));
    wait_names(&browser, "by its letters", &[accent]);
    let count = browser.find("#records-count").expect("the count").text();
    assert!(count.starts_with("1 match among"), "{count}");
}

#[test]
fn sixty_two_files_make_a_page_that_can_be_read() {
    let files: Vec<TestFile> = (0..62)
        .map(|n| TestFile::new(&format!("many {n}.txt"), 100))
        .collect();
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_path()).collect();
    page.pick(&paths);
    let stored = "return document.querySelector('[part~=sums]').textContent;";
    wait::until("all of them in storage", WITHIN, || {
        let sums = browser.run(stored, &[]);
        let all = sums
            .as_str()
            .is_some_and(|sums| sums.starts_with("62 of 62"));
        all.then_some(())
    });
    wait::until("a full table", WITHIN, || {
        (names(&browser).len() == 15).then_some(())
    });
    let height = "return document.documentElement.scrollHeight;";
    let high = browser.run(height, &[]).as_u64().unwrap_or(u64::MAX);
    assert!(high <= LONGEST, "{high} pixels");
    assert!(page.rows().len() <= 40, "{} rows", page.rows().len());
    browser.wait_for("#more").click();
    wait::until("a longer table", WITHIN, || {
        (names(&browser).len() == 30).then_some(())
    });
}

/// An upload of this person that was begun by the API `ago` milliseconds ago, and left.
fn left(stack: &Stack, subject: &str, ago: u64) -> String {
    let api = Api::of_subject(stack, subject);
    let upload = api.create_one(&item("left.webm", "video/webm", b"x"));
    let aws = Aws::new(stack);
    let id = upload.id.to_string();
    let owner = upload.key.owner().to_string();
    let mut item = aws.get_item(&owner, &id).expect("its item");
    let created = item["createdAt"].as_u64().expect("a moment");
    item["createdAt"] = json!(created - ago);
    aws.put_item(&item);
    id
}

/// P9: an upload that was left is not on its way for ever.
#[test]
fn p9_an_upload_that_was_left_is_shown_as_what_it_is() {
    let stack = Env::stack("oidc");
    let subject = format!("leaves-{}", random_hex(6));
    let now = left(stack, &subject, 0);
    let long_ago = left(stack, &subject, 20 * 60_000);
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    let token = token(&TokenRequest::of(&subject));
    browser.wait_for("input[name=token]").type_text(&token);
    browser.wait_for("[data-action=login]").click();
    let shown = page.wait_record(&now);
    assert!(shown.contains("Not finished"), "{shown}");
    let shown = page.wait_record(&long_ago);
    assert!(shown.contains("Abandoned"), "{shown}");
    let buttons = format!("[data-record='{long_ago}'] button");
    assert!(browser.find(&buttons).is_none(), "nothing can be done");
}

/// P9: what the uploader asks about is no record besides.
#[test]
fn p9_an_unfinished_upload_of_this_browser_is_not_shown_twice() {
    let file = TestFile::new("half.zip", 40 * MIB);
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    browser.limit_upload(8 * MIB as u64);
    page.pick(&[&file.path]);
    let row = page.wait_row(&file.name, WITHIN, |row| row.percent >= 5.0);
    let record = format!("[data-record='{}']", row.id);
    browser.wait_for("#refresh").click();
    std::thread::sleep(Duration::from_secs(1));
    assert!(browser.find(&record).is_none(), "while it is sent");
    browser.reload();
    page.log_in();
    let prompt = browser.wait_for("[part~=prompt]").text();
    assert!(prompt.contains("half.zip"), "{prompt}");
    wait::until("the records", WITHIN, || {
        (!names(&browser).is_empty() || browser.find("#records-empty").is_some()).then_some(())
    });
    assert!(browser.find(&record).is_none(), "while it is asked about");
    browser.limit_upload(0);
    page.pick(&[&file.path]);
    let again = page.wait_state(&file.name, "processed", WITHIN);
    assert_eq!(again.id, row.id, "it goes on");
    assert!(page.wait_record(&row.id).contains("Verified"));
}

/// The panel shows the code that runs: the page's own files.
#[test]
fn the_code_beside_the_uploader_is_the_code_of_the_page() {
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    let text = |id: &str| {
        let script = "return document.getElementById(arguments[0]).textContent;";
        wait::until("the code", WITHIN, || {
            let text = browser.run(script, &[json!(id)]);
            text.as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        })
    };
    let file = |path: &str| {
        std::fs::read_to_string(devkit::paths::root().join("www").join(path)).expect(path)
    };
    assert_eq!(text("code-js"), file("js/sending.js").trim());
    let tag = text("code-html");
    assert!(tag.starts_with("<crowfly-upload "), "{tag}");
    assert!(file("index.html").contains(&tag), "{tag}");
    // What runs is made of it: the attributes of the element are those of the panel.
    let script = "return document.querySelector('#sending crowfly-upload').getAttributeNames();";
    let names: Vec<String> = serde_json::from_value(browser.run(script, &[])).expect("names");
    for name in ["light", "multiple", "folders", "camera", "paste"] {
        assert!(names.iter().any(|found| found == name), "{names:?}");
        assert!(tag.contains(name), "{tag}");
    }
}
