//! Pictures of the page, with uploads in all states and records of all kinds, in `target/pictures`. `cargo xtask pictures`
//! makes those of the documentation of them, which show trouble as well.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use devkit::browser::{Browser, Kind};
use devkit::env::Env;
use e2e::files::{MIB, TestFile};
use e2e::page::Page;
use serde_json::json;

use crate::recorder_panel::Recorder;

const WITHIN: Duration = Duration::from_secs(60);
/// Set by `cargo xtask pictures`.
const LONG: &str = "CROWFLY_PICTURES";
/// How long is recorded: some parts of 5 MiB.
const RECORDING: Duration = Duration::from_secs(130);
/// Time between two pictures of the animation, in milliseconds.
const FRAME_MS: u128 = 300;

/// A file that looks like one of its kind to the page, to storage and to people.
fn file(name: &str, size: usize) -> TestFile {
    let start: &[u8] = match name.rsplit('.').next() {
        Some("mp4") => b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
        Some("zip") => b"PK\x03\x04\x14\0\0\0\x08\0",
        Some("pdf") => b"%PDF-1.7\n",
        Some("png") => return picture(name),
        Some("webm") => return TestFile::of(name, b"<!doctype html><title>not a film</title>"),
        _ => b"",
    };
    let mut bytes = devkit::random::content(size as u64, size);
    bytes[..start.len()].copy_from_slice(start);
    TestFile::of(name, &bytes)
}

/// A picture of which the page shows a small one.
fn picture(name: &str) -> TestFile {
    let bytes = std::fs::read(devkit::paths::root().join("tests/pictures/beach.png"));
    TestFile::of(name, &bytes.expect("a picture"))
}

fn folder(name: &str) -> PathBuf {
    let folder = devkit::paths::target().join("pictures").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn shoot(browser: &Browser, to: &Path) {
    let script =
        "await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));";
    browser.run_async(script, &[]);
    let bytes = browser.picture();
    assert!(bytes.starts_with(b"\x89PNG"), "a picture");
    std::fs::write(to, bytes).expect("its file");
}

/// Takes pictures until `end` holds, named by their time in milliseconds.
fn film(browser: &Browser, since: Instant, end: impl Fn(u128) -> bool) {
    let frames = folder("frames");
    loop {
        let at = since.elapsed().as_millis();
        std::fs::write(frames.join(format!("{at:06}.png")), browser.picture()).expect("a frame");
        if end(at) {
            return;
        }
        let spent = since.elapsed().as_millis() - at;
        std::thread::sleep(Duration::from_millis(FRAME_MS.saturating_sub(spent) as u64));
    }
}

fn press(browser: &Browser, kind: &str) {
    browser.wait_for(&format!("[data-trouble={kind}]")).click();
}

fn recovered(browser: &Browser) -> bool {
    let script = "return document.getElementById('recovered').textContent !== '–';";
    browser.run(script, &[]) == json!(true)
}

/// Large enough to be on its way still after trouble.
fn size_of_the_movie() -> usize {
    match std::env::var_os(LONG) {
        Some(_) => 480 * MIB,
        None => 150 * MIB,
    }
}

fn start(browser: &Browser) -> Page<'_> {
    browser.prefer_color_scheme("light");
    browser.screen(1280, 940, 2.0, false);
    let page = Page::open(browser, Env::stack("trouble"));
    page.log_in();
    page
}

/// Files in every state, and one of each kind of record.
fn every_state(browser: &Browser, page: &Page<'_>) -> Vec<TestFile> {
    let small = ["beach at dusk.png", "lease agreement.pdf", "odd one.webm"];
    let mut files: Vec<TestFile> = small.iter().map(|name| file(name, 840_000)).collect();
    for file in &files {
        page.pick(&[&file.path]);
        page.wait_state(&file.name, "processed", WITHIN);
    }
    press(browser, "slow");
    let [refused, cancelled, paused, movie] = [
        ("page.html", 4000),
        ("old backup.zip", 40 * MIB),
        ("raw photos.zip", 60 * MIB),
        ("drone over the bay.mp4", size_of_the_movie()),
    ]
    .map(|(name, size)| file(name, size));
    page.pick(&[&refused.path]);
    page.wait_row(&refused.name, WITHIN, |row| row.state == "failed");
    for (file, action, state) in [
        (&cancelled, "abort", "aborted"),
        (&paused, "pause", "paused"),
    ] {
        page.pick(&[&file.path]);
        let row = page.wait_row(&file.name, WITHIN, |row| row.percent >= 20.0);
        page.act(&row.id, action);
        page.wait_row(&file.name, WITHIN, |row| row.state == state);
    }
    page.pick(&[&movie.path]);
    page.wait_row(&movie.name, WITHIN, |row| row.percent >= 15.0);
    files.extend([movie, refused, cancelled, paused]);
    files
}

#[test]
fn three_pictures_show_uploads_in_all_states() {
    let browser = Browser::start();
    let page = start(&browser);
    let _files = every_state(&browser, &page);
    if std::env::var_os(LONG).is_some() {
        press(&browser, "drop");
        devkit::wait::until("the recovery", WITHIN, || recovered(&browser).then_some(()));
        std::thread::sleep(Duration::from_secs(2));
    }
    let folder = folder("");
    browser.run("scrollTo(0, 0); document.activeElement.blur();", &[]);
    shoot(&browser, &folder.join("desktop-light.png"));
    browser.prefer_color_scheme("dark");
    shoot(&browser, &folder.join("desktop-dark.png"));
    browser.prefer_color_scheme("light");
    browser.phone(true);
    browser.screen(390, 844, 2.0, true);
    browser.run("scrollTo(0, 0);", &[]);
    shoot(&browser, &folder.join("phone.png"));
    let states: Vec<String> = page.rows().into_iter().map(|row| row.state).collect();
    for state in ["uploading", "paused", "processed", "failed", "aborted"] {
        assert!(states.iter().any(|found| found == state), "{states:?}");
    }
}

/// A recording of which parts are confirmed while others are sent; only for `cargo xtask pictures`.
#[test]
fn a_picture_shows_a_recording() {
    if std::env::var_os(LONG).is_none() {
        return;
    }
    let browser = Browser::with_camera(Kind::Chromium, None);
    browser.prefer_color_scheme("light");
    browser.screen(1280, 720, 2.0, false);
    let recorder = Recorder::open(&browser);
    browser.limit_upload(600_000);
    recorder.record();
    std::thread::sleep(RECORDING);
    let look = "document.getElementById('recorder').scrollIntoView({ block: 'center' }); document.activeElement.blur();";
    browser.run(look, &[]);
    shoot(&browser, &folder("").join("recorder.png"));
    recorder.press("stop-recording");
    recorder.wait_state("stored");
}

/// An animation of trouble and recovery; only for `cargo xtask pictures`.
#[test]
fn an_animation_shows_trouble_and_recovery() {
    if std::env::var_os(LONG).is_none() {
        return;
    }
    std::fs::remove_dir_all(folder("frames")).expect("an empty folder");
    let browser = Browser::start();
    let page = start(&browser);
    browser.screen(1280, 800, 1.0, false);
    let files = [
        file("drone over the bay.mp4", 150 * MIB),
        file("raw photos.zip", 70 * MIB),
    ];
    press(&browser, "slow");
    let since = Instant::now();
    page.pick(&files.each_ref().map(|file| file.path.as_path()));
    film(&browser, since, |at| at > 5_000);
    press(&browser, "drop");
    film(&browser, since, |_| recovered(&browser));
    let over = |_| page.rows().iter().all(|row| row.state == "processed");
    film(&browser, since, over);
    let end = since.elapsed().as_millis() + 1_500;
    film(&browser, since, |at| at > end);
}
