//! Recordings of a real browser, made seekable while they are written, in the eyes of ffmpeg and of a player. One browser
//! makes them all.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use crowfly_webm::{Index, Outcome, Reason, Reserve, finish};
use data_encoding::BASE64;
use devkit::browser::{Browser, Kind};
use devkit::http::{Reply, Server};
use e2e::Tally;
use e2e::media::{File, end};
use serde_json::{Value, json};

/// Room for Cues: for some fifty.
const ROOM: usize = 1024;
/// What a duration may be wrong by, in seconds.
const NEAR: f64 = 0.1;
/// What a clock may be wrong by: a recorder begins with the first frame that its encoder gives.
const CLOCK: f64 = 1.0;

struct Case {
    name: &'static str,
    kind: &'static str,
    media_type: &'static str,
    /// Times of recording in milliseconds, with a pause before each but the first.
    times: &'static [u64],
}

const PAUSE: u64 = 3000;
const CASES: [Case; 8] = [
    Case {
        name: "camera_vp8",
        kind: "camera",
        media_type: "video/webm;codecs=vp8,opus",
        times: &[5000],
    },
    Case {
        name: "camera_vp9",
        kind: "camera",
        media_type: "video/webm;codecs=vp9,opus",
        times: &[5000],
    },
    Case {
        name: "camera_av1",
        kind: "camera",
        media_type: "video/webm;codecs=av1,opus",
        times: &[3000],
    },
    Case {
        name: "sound_alone",
        kind: "sound",
        media_type: "audio/webm;codecs=opus",
        times: &[5000],
    },
    Case {
        name: "canvas_with_pauses",
        kind: "canvas",
        media_type: "video/webm;codecs=vp8",
        times: &[2000, 1000, 2000],
    },
    Case {
        name: "canvas_that_changes_its_size",
        kind: "turned",
        media_type: "video/webm;codecs=vp8",
        times: &[3000],
    },
    Case {
        name: "camera_h264_in_matroska",
        kind: "camera",
        media_type: "video/x-matroska;codecs=avc1,opus",
        times: &[3000],
    },
    Case {
        name: "camera_h264_in_webm",
        kind: "camera",
        media_type: "video/webm;codecs=h264,opus",
        times: &[3000],
    },
];

struct Recording {
    /// In seconds, without pauses.
    recorded: f64,
    chunks: Vec<Vec<u8>>,
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let chosen =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let page = Server::bind(0).expect("a free port");
    let url = page.url();
    let served = page.serve(|_| {
        Reply::html(
            200,
            concat!("<script>", include_str!("page.js"), "</script>"),
        )
    });
    let _served = served.expect("a server");
    let browser = Browser::with_camera(Kind::Chromium, None);
    browser.open(&url);
    let mut tally = Tally::default();
    for case in CASES.iter().filter(|case| chosen(case.name)) {
        tally.run(case.name, || match record(&browser, case) {
            Some(recording) => check(&browser, case, &recording),
            None => "not supported by this browser".to_owned(),
        });
    }
    if chosen("mp4_is_left") {
        tally.run("mp4_is_left", || mp4_is_left(&browser));
    }
    tally.end()
}

fn record(browser: &Browser, case: &Case) -> Option<Recording> {
    let wanted = json!({
        "kind": case.kind, "type": case.media_type, "times": case.times, "pause": PAUSE,
    });
    let made = browser.run_async("return record(arguments[0]);", &[wanted]);
    assert!(made["rejected"].is_null(), "{}", made["rejected"]);
    let chunks = made["chunks"].as_array()?.iter();
    let chunks = chunks.map(|text| {
        let text = text.as_str().unwrap_or_default();
        BASE64.decode(text.as_bytes()).expect("base64")
    });
    Some(Recording {
        recorded: made["recorded"].as_f64()? / 1000.0,
        chunks: chunks.collect(),
    })
}

/// The recording as a client writes it while it comes, and its index.
fn written(recording: &Recording) -> (Vec<u8>, Outcome, Index) {
    let (mut reserve, mut index, mut bytes) = (Reserve::new(ROOM), Index::new(), Vec::new());
    for chunk in &recording.chunks {
        let chunk = reserve.push(chunk);
        index.push(&chunk);
        bytes.extend_from_slice(&chunk);
    }
    (bytes, reserve.outcome(), index)
}

fn mended(written: &[u8], index: &Index) -> Vec<u8> {
    let head = finish(written, index).expect("a head");
    [&head, &written[head.len()..]].concat()
}

fn check(browser: &Browser, case: &Case, recording: &Recording) -> String {
    let folder = devkit::paths::temporary("webm");
    let file = |name: &str, bytes: &[u8]| File::write(folder.path(), name, bytes);
    let recorded = recording.chunks.concat();
    let (written, outcome, index) = written(recording);
    assert!(matches!(outcome, Outcome::Reserved(_)), "{outcome:?}");
    let mended = mended(&written, &index);
    assert_eq!(mended.len(), written.len());

    // What is sent at first plays as what was recorded does.
    let before = file("recorded", &recorded);
    let packets = before.packets();
    assert_eq!(before.duration(), None, "this browser writes a duration");
    let between = file("written", &written);
    assert_eq!(between.packets(), packets);
    between.decode(0.0);

    let after = file("mended", &mended);
    let duration = after.duration().expect("a duration");
    assert_eq!(after.packets(), packets, "no frame is lost or moved");
    assert!(
        (duration - end(&packets)).abs() < NEAR,
        "{duration} of {}",
        end(&packets)
    );
    let clock = recording.recorded;
    assert!((duration - clock).abs() < CLOCK, "{duration} in {clock} s");
    after.decode(0.0);
    let near_end = duration - 1.2;
    after.decode(near_end);
    let sought = after.sought(near_end);
    // Key frames are a second apart, and so are the Clusters of sound.
    assert!(
        (near_end - 1.5..=near_end + 0.2).contains(&sought.time),
        "{sought:?}, not {near_end}"
    );
    player(browser, case, &recorded, &mended, duration);

    interrupted(
        &written[..written.len() * 2 / 3],
        &folder.path().join("cut"),
    );
    stale_cues(&mended, &file, near_end);
    format!(
        "{duration:.3} s, {} frames, recorded in {clock:.3} s",
        packets.len()
    )
}

/// The player of the browser goes to a moment; before, it does not know how long the recording is.
fn player(browser: &Browser, case: &Case, recorded: &[u8], mended: &[u8], duration: f64) {
    // It records H.264 in this container, and does not play it.
    if case.name.contains("h264") {
        return;
    }
    let media_type = case.media_type.split(';').next().unwrap_or_default();
    let play = |bytes: &[u8]| -> Value {
        let wanted =
            json!({"bytes": BASE64.encode(bytes), "type": media_type, "to": duration - 0.5});
        browser.run_async("return play(arguments[0]);", &[wanted])
    };
    assert_eq!(play(recorded)["duration"], "Infinity");
    let played = play(mended);
    let said = played["duration"]
        .as_str()
        .and_then(|said| said.parse().ok());
    let said: f64 = said.unwrap_or_default();
    assert!((said - duration).abs() < 0.01, "{played}, not {duration}");
    let at = played["at"].as_f64().unwrap_or_default();
    assert!((at - (duration - 0.5)).abs() < 0.01, "{played}");
}

/// What was written before a crash is read again, and finished without its last, incomplete frame.
fn interrupted(written: &[u8], path: &std::path::Path) {
    let mut index = Index::new();
    written.chunks(1000).for_each(|chunk| index.push(chunk));
    let mended = mended(written, &index);
    std::fs::write(path, &mended).expect("a file");
    let duration = index.duration_ms().expect("a duration") as f64 / 1000.0;
    let said = File(path.to_owned()).duration().unwrap_or_default();
    // One of the two is in whole milliseconds.
    assert!((said - duration).abs() < 0.001, "{said}, not {duration}");
}

/// Cues at the end with positions that are wrong, as those of WebKit are once its head has grown, mislead no player.
fn stale_cues(mended: &[u8], file: &impl Fn(&str, &[u8]) -> File, to: f64) {
    let cue = b"\xBB\x8D\xB3\x81\x00\xB7\x88\xF7\x81\x01\xF1\x83\x00\x00\x99";
    let stale = [mended, b"\x1C\x53\xBB\x6B\x8F", cue].concat();
    let stale = file("stale", &stale);
    let plain = file("plain", mended);
    assert_eq!(stale.sought(to), plain.sought(to));
    assert_eq!(stale.duration(), plain.duration());
    stale.decode(to);
}

fn mp4_is_left(browser: &Browser) -> String {
    let case = Case {
        name: "mp4",
        kind: "camera",
        media_type: "video/mp4;codecs=vp9,opus",
        times: &[1000],
    };
    let recording = record(browser, &case).expect("a browser that records mp4");
    let (bytes, outcome, index) = written(&recording);
    assert_eq!(outcome, Outcome::AsItIs(Reason::NotWebm));
    assert_eq!(bytes, recording.chunks.concat());
    assert_eq!(finish(&bytes, &index), Err(Reason::NotWebm));
    format!("{} bytes", bytes.len())
}
