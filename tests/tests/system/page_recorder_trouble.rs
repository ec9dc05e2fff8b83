//! What the recorder of the demo page says when something is lacking, and that nothing is lost by it.

use std::time::Duration;

use devkit::browser::{Browser, Kind};
use devkit::wait;
use e2e::media::{duration, frames};
use e2e::page::Page;
use serde_json::json;

use crate::recorder_panel::{Recorder, WITHIN, stored};

/// The answers of the server to this page, changed by `window.change`: a function of request and answer.
const CHANGED: &str = "
    const { fetch } = window;
    window.change = () => {};
    window.fetch = async (...given) => {
        const request = given[0] instanceof Request ? given[0] : new Request(...given);
        const answer = await fetch(...given);
        return (await window.change(request, answer)) ?? answer;
    };";

/// So many bytes are the server's limit for a recording.
const LIMIT: u64 = 60_000;

#[test]
fn trouble_is_said_in_plain_words_and_what_was_recorded_is_stored_once() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    browser.run(CHANGED, &[]);
    without_a_disk(&browser, &recorder);
    beyond_the_limit(&browser, &recorder);
    after_a_failure(&browser, &recorder);
}

fn without_a_disk(browser: &Browser, recorder: &Recorder<'_>) {
    let full = "navigator.storage.estimate = () => Promise.resolve({ quota: 1, usage: 1 });";
    browser.run(full, &[]);
    recorder.record();
    let said = recorder.text("recorder-warning");
    assert!(
        said.contains("in memory") && said.contains("lost if this page closes"),
        "{said}"
    );
    recorder.press("stop-recording");
    recorder.wait_state("stored");
    frames(&stored(&recorder.id()).1);
    browser.run("delete navigator.storage.estimate;", &[]);
}

fn beyond_the_limit(browser: &Browser, recorder: &Recorder<'_>) {
    let less = "
        const [most] = arguments;
        window.change = async (request, answer) => {
            if (request.method !== 'POST' || !request.url.endsWith('/uploads')) return undefined;
            const body = await answer.json();
            for (const { plan } of body.uploads) plan.maxBytes = most;
            return Response.json(body, { status: answer.status });
        };";
    browser.run(less, &[json!(LIMIT)]);
    recorder.press("record");
    recorder.wait_state("stored");
    let said = recorder.text("recorder-warning");
    assert!(said.contains("the largest size that is accepted"), "{said}");
    let (record, object) = stored(&recorder.id());
    assert_eq!(record.size, LIMIT);
    // What is cut off does not count.
    let stated = duration(&object).expect("a duration");
    assert_eq!(record.duration_ms, Some((stated * 1000.0).round() as u64));
}

fn after_a_failure(browser: &Browser, recorder: &Recorder<'_>) {
    let fail = "
        window.change = ({ url }) => url.endsWith('/complete')
            ? Response.json({ error: { code: 'forbidden', message: 'no', requestId: 'r' } }, { status: 403 })
            : undefined;";
    browser.run(fail, &[]);
    recorder.record();
    recorder.press("stop-recording");
    recorder.wait_state("failed");
    let said = recorder.text("recorder-problem");
    assert!(said.contains("for permission"), "{said}");
    let said = recorder.text("recorder-words");
    assert!(said.contains("still here"), "{said}");
    let at = browser.run("return document.activeElement.dataset.action;", &[]);
    assert_eq!(at, json!("retry-recording"));
    recorder.picture("failed");
    browser.run("window.change = () => {};", &[]);
    let id = recorder.id();
    recorder.press("retry-recording");
    recorder.wait_state("stored");
    assert_eq!(recorder.text("recorder-problem"), "");
    assert_eq!(recorder.id(), id, "another upload");
    frames(&stored(&id).1);
    let shown = Page::of(browser).wait_record(&id);
    assert!(shown.contains("Verified"), "{shown}");
}

/// Sharing that ends by the browser's own button, or as here with the tab that is shared.
#[test]
fn a_screen_is_recorded_until_its_sharing_ends() {
    let browser = Browser::with_shared_tab();
    let recorder = Recorder::open(&browser);
    let first = browser.window();
    let draw = "
        const shared = window.open('about:blank', '', 'popup');
        shared.document.title = 'Shared';
        const canvas = shared.document.body.appendChild(shared.document.createElement('canvas'));
        const pen = canvas.getContext('2d');
        let turn = 0;
        shared.setInterval(() => {
            turn += 1;
            pen.fillStyle = `hsl(${turn * 7} 80% 50%)`;
            pen.fillRect(turn % 300, turn % 150, 40, 40);
        }, 40);
        window.shared = shared;";
    browser.run(draw, &[]);
    browser.switch_to(&first);
    recorder.choose("screen");
    recorder.record();
    std::thread::sleep(Duration::from_secs(2));
    browser.run("window.shared.close();", &[]);
    recorder.wait_state("stored");
    let said = recorder.text("recorder-warning");
    assert!(said.starts_with("Sharing has ended"), "{said}");
    let (record, object) = stored(&recorder.id());
    assert!(record.name.starts_with("screen "), "{}", record.name);
    frames(&object);
    let seconds = duration(&object).expect("a duration");
    assert!(seconds > 1.0, "{seconds} s");
    let free = "return document.getElementById('recorder-preview').srcObject;";
    wait::until("the end of the preview", WITHIN, || {
        browser.run(free, &[]).is_null().then_some(())
    });
}
