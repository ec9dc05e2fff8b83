//! The page by screen reader and keyboard.

use std::time::Duration;

use devkit::browser::{Browser, Key};
use devkit::env::Env;
use e2e::files::TestFile;
use e2e::package_page::node_modules;
use e2e::page::Page;
use serde_json::Value;

/// Runs axe (<https://www.deque.com/axe/>) on the page, and fails on any violation.
#[track_caller]
pub(crate) fn axe(browser: &Browser, view: &str) {
    let path = node_modules().join("axe-core/axe.min.js");
    let source = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // Animations end first: half-faded text fails the contrast check.
    let script = format!(
        "{source};
         await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
         const result = await axe.run(document, {{ resultTypes: ['violations'] }});
         return {{
             rules: result.passes.length,
             violations: result.violations.map(({{ id, nodes }}) => ({{ id, at: nodes.map((n) => n.html) }})),
         }};"
    );
    let result = browser.run_async(&script, &[]);
    assert!(
        result["rules"].as_u64().is_some_and(|rules| rules > 10),
        "axe did not run: {result}"
    );
    assert_eq!(result["violations"], Value::Array(Vec::new()), "{view}");
}

#[test]
fn axe_finds_nothing_in_light_and_in_dark_on_a_phone_and_right_to_left() {
    let good = TestFile::new("accessible.txt", 1000);
    let bad = TestFile::new("refused.html", 1000);
    let browser = Browser::start();
    browser.prefer_color_scheme("light");
    let page = Page::open(&browser, Env::stack("main"));
    browser.wait_for("[data-action=login]");
    for scheme in ["light", "dark"] {
        browser.prefer_color_scheme(scheme);
        axe(&browser, &format!("{scheme}: the sign-in"));
        browser.screenshot(&format!("sign-in-{scheme}"));
    }
    page.log_in();
    page.pick(&[&good.path, &bad.path]);
    page.wait_state(&good.name, "processed", Duration::from_secs(20));
    page.wait_row(&bad.name, Duration::from_secs(20), |row| {
        row.state == "failed"
    });
    for scheme in ["light", "dark"] {
        browser.prefer_color_scheme(scheme);
        axe(&browser, &format!("{scheme}: uploads and records"));
        browser.screenshot(&format!("uploads-{scheme}"));
        browser.run("document.documentElement.dir = 'rtl';", &[]);
        axe(&browser, &format!("{scheme}: right to left"));
        browser.run("document.documentElement.dir = 'ltr';", &[]);
        browser.phone(true);
        axe(&browser, &format!("{scheme}: on a phone"));
        let wide = browser.run("return document.documentElement.scrollWidth;", &[]);
        assert!(wide.as_u64() <= Some(390), "{scheme}: as wide as {wide}");
        browser.screenshot(&format!("phone-{scheme}"));
        browser.phone(false);
    }
}

/// By touch nothing is dropped, and a photo can be taken.
#[test]
fn a_phone_offers_what_a_phone_can_do() {
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    let zone = || browser.wait_for("[part~=zone]").text();
    assert!(zone().contains("Drop files here"), "{}", zone());
    assert!(!zone().contains("Take a photo"), "{}", zone());
    browser.phone(true);
    assert!(!zone().contains("Drop"), "{}", zone());
    assert!(zone().contains("Take a photo"), "{}", zone());
}

/// Presses Tab until `condition` holds for the focused element; each stop must show its focus.
#[track_caller]
fn tab_to(browser: &Browser, what: &str, condition: &str) {
    let script = format!("const at = document.activeElement; return Boolean({condition});");
    for _ in 0..40 {
        browser.press(Key::Tab);
        if browser.run(&script, &[]) == true {
            return;
        }
    }
    panic!("the keyboard does not reach {what}");
}

#[test]
fn the_keyboard_alone_does_the_job() {
    let file = TestFile::new("by keyboard.zip", 16 * e2e::files::MIB);
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    browser.wait_for("[data-action=login]");
    tab_to(
        &browser,
        "the sign-in button",
        "at.dataset.action === 'login'",
    );
    browser.press(Key::Enter);
    page.wait_ready();
    tab_to(
        &browser,
        "the button that opens the picker",
        "at.dataset.action === 'browse'",
    );
    let ring = "const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);\
                return outlineStyle !== 'none' || boxShadow !== 'none';";
    assert_eq!(browser.run(ring, &[]), true, "the focus can be seen");
    browser.limit_upload(2 * e2e::files::MIB as u64);
    page.pick(&[&file.path]);
    page.wait_row(&file.name, Duration::from_secs(20), |row| {
        row.state == "uploading"
    });
    tab_to(
        &browser,
        "the pause button",
        "at.dataset.action === 'pause'",
    );
    browser.press(Key::Space);
    page.wait_row(&file.name, Duration::from_secs(10), |row| {
        row.state == "paused"
    });
    // The focused button changes its action in place.
    let focus = "return document.activeElement.dataset.action;";
    assert_eq!(browser.run(focus, &[]).as_str(), Some("resume"));
    browser.limit_upload(0);
    browser.press(Key::Enter);
    page.wait_state(&file.name, "processed", Duration::from_secs(30));
    // Announcements are batched, so that many files do not flood a screen reader.
    devkit::wait::until(
        "a word to the screen reader",
        Duration::from_secs(8),
        || page.announced().contains("file is uploaded").then_some(()),
    );
}

#[test]
fn the_page_is_guarded_by_its_headers() {
    let answer = devkit::http::Request::new("GET", Env::stack("main").page.as_str()).send();
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}
