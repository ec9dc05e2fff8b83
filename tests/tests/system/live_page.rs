//! Recordings of a camera that are sent while they grow, and pages that end in the middle of one.
//!
//! `CROWFLY_RECORDINGS` sets how many end, `CROWFLY_SEED` when and how; `cargo xtask soak` ends twenty.

use std::time::{Duration, Instant};

use crowfly_contract::{Record, UploadStatus};
use data_encoding::BASE64;
use devkit::browser::{Browser, Kind};
use devkit::random::words;
use devkit::wait;
use e2e::api::{Api, crc64nvme};
use e2e::media::{duration, frames};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, account, new_caller};
use crate::tool_site::tool_site;

/// In a default run.
const RECORDINGS: u64 = 3;
/// The last moment at which a page ends, after the first bytes of its recording.
const LATEST_MS: u64 = 6_000;
/// Bytes a second, so that what was left is not sent at once.
const SLOW: u64 = 100_000;
/// A driver of the camera, an encoder and a store share this computer.
const LONGEST: Duration = Duration::from_secs(60);

/// At most so many bytes of a recording change when it gets its duration.
const HEAD: usize = 20 * 1024;

/// How a page ends in the middle of a recording.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The browser's process is killed.
    Killed,
    /// The page's process crashes.
    Crashed,
    /// The browser's process is killed, and once more while what was left is sent.
    KilledTwice,
}

/// One caller in one browser with a camera.
struct Visit {
    browser: Browser,
    api: Api,
}

impl Visit {
    fn begin() -> Self {
        Self {
            browser: Browser::with_camera(Kind::Chromium, None),
            api: new_caller(),
        }
    }

    fn open(&self) {
        self.browser.open(&tool_site().url);
        wait::until("the page's modules", LONGEST, || {
            (self.browser.run("return Boolean(window.recordings);", &[]) == true).then_some(())
        });
    }

    /// Calls a function of the page.
    #[track_caller]
    fn call(&self, function: &str, given: Value) -> Value {
        let script = format!("return await window.recordings.{function}(arguments[0]);");
        let result = self.browser.run_async(&script, &[given]);
        assert!(
            result["rejected"].is_null(),
            "{function}: {}",
            result["rejected"]
        );
        result
    }

    fn given(&self) -> Value {
        json!({"api": self.api.base, "token": self.api.token})
    }

    /// Records until the first bytes are on the disk.
    fn record(&self, more: &Value) {
        let mut given = self.given();
        given["name"] = json!("recording.webm");
        given["type"] = json!("video/webm;codecs=vp8,opus");
        given["bitsPerSecond"] = json!(12_000_000);
        for (name, value) in more.as_object().into_iter().flatten() {
            given[name] = value.clone();
        }
        self.open();
        self.call("begin", given);
        wait::until("the first bytes", LONGEST, || {
            (self.recorded() > 0).then_some(())
        });
    }

    fn look(&self) -> Value {
        self.browser.run("return window.recordings.look();", &[])
    }

    /// Bytes that the page says are recorded.
    fn recorded(&self) -> u64 {
        let seen = self.look();
        seen["progress"]["recorded"].as_u64().unwrap_or_default()
    }

    /// What the page before left. The browser may hold its lock for a moment.
    fn left(&self) -> Value {
        let given = self.given();
        wait::until("what the page before left", LONGEST, || {
            let left = self.call("left", given.clone());
            let left = left.as_array().filter(|left| !left.is_empty())?;
            assert_eq!(left.len(), 1, "{left:?}");
            Some(left[0].clone())
        })
    }

    /// The bytes in the spool of an upload.
    fn spooled(&self, id: &str) -> Vec<u8> {
        let found = self.call("spooled", json!(id));
        let text = found["bytes"].as_str().expect("a text");
        BASE64.decode(text.as_bytes()).expect("base64")
    }

    /// Checks the object of an upload, by the page's answer, the record and the bytes in storage.
    #[track_caller]
    fn stored(&self, stored: &Value) -> (Record, Vec<u8>) {
        let id = stored["id"].as_str().and_then(|id| id.parse().ok());
        let id = id.expect("the id of a stored upload");
        let record = self
            .api
            .wait_status(id, UploadStatus::Stored, RECORD_WITHIN);
        assert!(
            record.live && record.verified && !record.truncated,
            "{record:?}"
        );
        let object = account().get_object(&record.key.to_string()).body;
        assert_eq!(stored["size"], record.size);
        assert_eq!(record.size, object.len() as u64);
        assert_eq!(record.crc64nvme, Some(crc64nvme(&object)));
        (record, object)
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn a_recording_is_stored_soon_after_its_end_and_plays() {
    let visit = Visit::begin();
    visit.record(&json!({}));
    // A tab that is not seen goes on.
    let first = visit.browser.window();
    visit.browser.open_window();
    visit.browser.open("about:blank");
    std::thread::sleep(Duration::from_secs(3));
    visit.browser.close_window();
    visit.browser.switch_to(&first);
    let since = Instant::now();
    let stored = visit.call("end", Value::Null);
    let (record, object) = visit.stored(&stored);
    let after = since.elapsed();
    let frames = frames(&object);
    // Two streams for three seconds at least, by a slow computer, too.
    assert!(frames > 60, "{frames} frames");
    assert_eq!(record.media_type, "video/webm");
    assert_eq!(visit.look()["warnings"], json!([]));
    println!(
        "{} bytes, {frames} frames, record after {after:.1?}",
        object.len()
    );
}

#[test]
fn a_page_that_ends_at_any_moment_loses_nothing_that_was_recorded() {
    let count = number("CROWFLY_RECORDINGS", RECORDINGS);
    let seed = number("CROWFLY_SEED", 1);
    let moments = words(seed).map(|word| u64::from_le_bytes(word) >> 16);
    let ends = [End::Killed, End::Crashed, End::KilledTwice];
    let mut visit = Visit::begin();
    for ((turn, draw), end) in (0..count).zip(moments).zip(ends.into_iter().cycle()) {
        let moment = Duration::from_millis(draw % LATEST_MS);
        println!("recording {turn} of seed {seed}: {end:?} after {moment:?}");
        visit.api = new_caller();
        let seen = ends_and_goes_on(&mut visit, turn, end, moment);
        println!("recording {turn} of seed {seed}: {seen}");
    }
}

/// Every second recording is to get its duration, and of every fifth storage has a part already.
fn ends_and_goes_on(visit: &mut Visit, turn: u64, end: End, moment: Duration) -> String {
    let mends = turn % 2 == 1;
    let first = visit.browser.window();
    if let End::Crashed = end {
        visit.browser.open_window();
    }
    visit.record(&json!({"fixDuration": mends, "noisy": true}));
    if turn % 5 == 4 {
        wait::until("a part in storage", LONGEST, || {
            let seen = visit.look();
            seen["progress"]["confirmed"]
                .as_u64()
                .filter(|bytes| *bytes > 0)
        });
    }
    std::thread::sleep(moment);
    let before = visit.look();
    let recorded = before["progress"]["recorded"].as_u64().expect("bytes");
    let id = before["id"].as_str().expect("an id").to_owned();
    match end {
        End::Killed | End::KilledTwice => {
            visit.browser.kill();
            visit.browser.restart();
        }
        End::Crashed => {
            visit.browser.crash();
            visit.browser.switch_to(&first);
        }
    }
    visit.open();
    let left = visit.left();
    let spool = visit.spooled(&id);
    let found = json!({"id": id, "live": true, "needs": "nothing", "recordedBytes": spool.len()});
    assert_eq!(left, found, "{recorded} bytes were recorded");
    assert!(
        spool.len() as u64 >= recorded,
        "{} of {recorded} bytes",
        spool.len()
    );
    if let End::KilledTwice = end {
        visit.browser.limit_upload(SLOW);
        visit.call("attach", Value::Null);
        visit.browser.kill();
        visit.browser.restart();
        visit.open();
        assert_eq!(visit.left(), found, "after the second time");
        assert!(visit.spooled(&id) == spool, "another spool");
    }
    visit.call("attach", Value::Null);
    let stored = visit.call("ended", Value::Null);
    let (record, object) = visit.stored(&stored);
    assert_eq!(record.id.to_string(), id);
    let frames = frames(&object);
    if mends {
        assert_eq!(object.len(), spool.len());
        let head = HEAD.min(spool.len());
        assert!(
            object[head..] == spool[head..],
            "other bytes than the spool's"
        );
        assert!(duration(&object).is_some(), "no duration");
    } else {
        assert_eq!(
            record.crc64nvme,
            Some(crc64nvme(&spool)),
            "the spool's checksum"
        );
        assert!(object == spool, "other bytes than the spool's");
    }
    let left = visit.call("left", visit.given());
    assert_eq!(left, json!([]), "it is left once more");
    let confirmed = &before["progress"]["confirmed"];
    format!(
        "{recorded} bytes recorded, {confirmed} confirmed, {} stored, {frames} frames",
        object.len()
    )
}
