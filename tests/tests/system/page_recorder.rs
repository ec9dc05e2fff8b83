//! The recorder of the demo page, with a camera and a microphone that exist in Chromium alone.

use std::time::Duration;

use devkit::browser::{Browser, Kind};
use devkit::wait;
use e2e::page::Page;
use serde_json::json;

use crate::page::assert_quiet;
use crate::page_a11y::axe;
use crate::recorder_panel::{Recorder, WITHIN, stored};

#[test]
fn the_camera_is_recorded_sent_and_stored() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    recorder.record();
    std::thread::sleep(Duration::from_secs(3));
    let playing = "const video = document.getElementById('recorder-preview');
        return [video.hidden, video.muted, video.videoWidth > 0];";
    assert_eq!(browser.run(playing, &[]), json!([false, true, true]));
    let lines = "return ['recorded', 'sent', 'confirmed']
        .map((name) => document.querySelector(`#recorder-chart .line-${name}`).getAttribute('d').split('L').length > 4);";
    assert_eq!(browser.run(lines, &[]), json!([true, true, true]));
    let words = recorder.text("recorder-chart-words");
    assert!(
        words.starts_with("After ") && words.contains("confirmed by storage"),
        "{words}"
    );
    recorder.press("stop-recording");
    recorder.wait_state("stored");
    let record = recorder.stored();
    assert_eq!(record.media_type, "video/webm");
    assert!(
        record.name.starts_with("camera ") && record.name.ends_with(".webm"),
        "{}",
        record.name
    );
    assert!(record.size > 20_000, "{} bytes of 3 s", record.size);
    let shown = Page::of(&browser).wait_record(&record.id.to_string());
    assert!(
        shown.contains("camera ") && shown.contains("Verified"),
        "{shown}"
    );
    // Nothing holds the camera any more, and the keyboard is where it goes on.
    let after = "return [document.getElementById('recorder-preview').srcObject, document.activeElement.dataset.action];";
    assert_eq!(browser.run(after, &[]), json!([null, "record"]));
    assert_quiet(&browser);
}

#[test]
fn sending_waits_while_the_microphone_is_recorded() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    recorder.choose("microphone");
    recorder.record();
    recorder.press("pause-sending");
    wait::until("the pause", WITHIN, || {
        let words = recorder.text("recorder-words");
        words.ends_with("Sending is paused.").then_some(())
    });
    // Chromium's microphone beeps.
    let level =
        "return Number(document.querySelector('#recorder-level').getAttribute('aria-valuenow'));";
    wait::until("a sound", WITHIN, || {
        (browser.run(level, &[]).as_u64() > Some(20)).then_some(())
    });
    assert!(recorder.text("recorder-preview").is_empty(), "no picture");
    recorder.press("stop-recording");
    recorder.wait_state("sending");
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(recorder.state(), "sending");
    assert_eq!(recorder.text("recorder-confirmed"), "0 bytes");
    recorder.press("pause-sending");
    recorder.wait_state("stored");
    let record = recorder.stored();
    assert_eq!(record.media_type, "audio/webm");
}

#[test]
fn a_page_that_was_killed_goes_on_with_its_recording() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    recorder.record();
    std::thread::sleep(Duration::from_secs(2));
    let id = browser.run(
        "return document.getElementById('recorder').dataset.recording;",
        &[],
    );
    let id = id.as_str().expect("an id").to_owned();
    recorder.press("kill");
    let page = Page::of(&browser);
    page.log_in();
    let row = format!("[data-left='{id}']");
    let said = browser.wait_for(&row).text();
    assert!(said.contains("kept in this browser"), "{said}");
    assert!(!said.contains("0 bytes recorded"), "{said}");
    // The uploader does not ask for its file, and the table does not have it besides.
    let other = "return [document.querySelector('[part~=prompt]').hidden, document.querySelector(`[data-record='${arguments[0]}']`)];";
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(browser.run(other, &[json!(id)]), json!([true, null]));
    axe(&browser, "a recording that is left");
    recorder.picture("left");
    browser
        .wait_for(&format!("{row} [data-action=go-on]"))
        .click();
    wait::until("its end", WITHIN, || {
        browser.find(&row).is_none().then_some(())
    });
    assert!(page.wait_record(&id).contains("Verified"));
    assert!(stored(&id).0.size > 10_000);
    assert!(!browser.find("#left").expect("the list").is_shown());
}

#[test]
fn what_is_left_can_be_discarded() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    recorder.choose("microphone");
    recorder.record();
    let id = browser.run(
        "return document.getElementById('recorder').dataset.recording;",
        &[],
    );
    recorder.press("kill");
    Page::of(&browser).log_in();
    let row = format!("[data-left='{}']", id.as_str().expect("an id"));
    browser
        .wait_for(&format!("{row} [data-action=discard-left]"))
        .click();
    let title = browser.wait_for("#ask-title").text();
    assert!(title.starts_with("Discard microphone "), "{title}");
    browser.wait_for("[data-action=confirm-delete]").click();
    wait::until("its end", WITHIN, || {
        browser.find(&row).is_none().then_some(())
    });
    // The same of a recording that runs.
    recorder.record();
    recorder.press("discard-recording");
    browser.wait_for("[data-action=confirm-delete]").click();
    recorder.wait_state("discarded");
    browser.reload();
    Page::of(&browser).log_in();
    std::thread::sleep(Duration::from_secs(1));
    assert!(browser.find("[data-left]").is_none());
}

#[test]
fn a_camera_that_goes_ends_the_recording_and_loses_nothing() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    recorder.record();
    // What a page cannot do by itself: https://w3c.github.io/mediacapture-main/#event-mediastreamtrack-ended
    let lose =
        "const [track] = document.getElementById('recorder-preview').srcObject.getVideoTracks();
        track.stop(); track.dispatchEvent(new Event('ended'));";
    browser.run(lose, &[]);
    recorder.wait_state("stored");
    let said = recorder.text("recorder-warning");
    assert!(said.starts_with("The camera has gone"), "{said}");
    assert!(recorder.stored().size > 0);
}

#[test]
fn a_refusal_says_what_to_do() {
    let browser = Browser::with_refused_camera();
    let recorder = Recorder::open(&browser);
    recorder.press("record");
    let problem = || {
        let problem = recorder.text("recorder-problem");
        (!problem.is_empty()).then_some(problem)
    };
    let said = wait::until("the refusal", WITHIN, problem);
    assert!(said.contains("not allowed to use the camera"), "{said}");
    assert!(
        said.contains("Allow it") && said.contains("NotAllowedError"),
        "{said}"
    );
    assert_eq!(recorder.state(), "idle");
    let at = browser.run("return document.activeElement.dataset.action;", &[]);
    assert_eq!(at, json!("record"));
    axe(&browser, "a refusal");
    recorder.picture("refused");
    // Those that this browser cannot be brought to make by itself.
    for (kind, name, words) in [
        ("microphone", "NotReadableError", "another program"),
        ("camera", "NotFoundError", "There is no camera here"),
    ] {
        let refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', arguments[0]));";
        browser.run(refuse, &[json!(name)]);
        recorder.choose(kind);
        assert_eq!(problem(), None, "another choice");
        recorder.press("record");
        let said = wait::until(name, WITHIN, problem);
        assert!(said.contains(words), "{said}");
    }
    browser.run("navigator.mediaDevices.getDisplayMedia = undefined;", &[]);
    recorder.choose("screen");
    let said = wait::until("the word on screens", WITHIN, problem);
    assert!(said.contains("Choose the camera"), "{said}");
    recorder.press("record");
    assert_eq!(recorder.state(), "idle");
}

#[test]
fn axe_finds_nothing_in_the_recorder_and_it_fits_a_narrow_phone() {
    let browser = Browser::with_camera(Kind::Chromium, None);
    let recorder = Recorder::open(&browser);
    recorder.record();
    std::thread::sleep(Duration::from_secs(9));
    for (moment, state) in [("recording", "recording"), ("stored", "stored")] {
        recorder.wait_state(state);
        for scheme in ["light", "dark"] {
            browser.prefer_color_scheme(scheme);
            for (size, width) in [("desk", 1280), ("phone", 360)] {
                browser.screen(width, 900, 1.0, width < 500);
                let look = "document.getElementById('recorder').scrollIntoView({ block: 'start' });
                    return document.documentElement.scrollWidth;";
                let wide = browser.run(look, &[]);
                assert!(
                    wide.as_u64() <= Some(u64::from(width)),
                    "{moment}, {size}: {wide}"
                );
                std::thread::sleep(Duration::from_millis(400));
                browser.screenshot(&format!("recorder-{moment}-{scheme}-{size}"));
            }
            axe(&browser, &format!("{moment}, {scheme}"));
        }
        if state == "recording" {
            recorder.press("stop-recording");
        }
    }
    assert_ne!(recorder.text("recorder-confirmed"), "0 bytes");
}
