//! Recordings and streams, sent while they grow.

use std::time::Duration;

use devkit::browser::Kind;
use e2e::aws::Aws;
use e2e::files::{MIB, page_content};
use e2e::media::{File, end as end_of, frames};
use serde_json::{Value, json};

use crate::flow::{Seen, Visit};
use crate::sending::{assert_arrived, with_warnings};

/// For how long the camera is recorded.
const RECORDING: Duration = Duration::from_secs(4);

/// A client of `crowfly/live`, as `live`, in a script of [`Visit::script`].
const LIVE: &str = "
    const { createClient } = await import('/crowfly/live.js');
    const live = await createClient({
        api, token: () => token, onWarning: ({ code }) => flows.warnings.push(code),
    });";

const STREAM: &str = "
    const file = flows.file(given.name, given.seed, given.size);
    const bytes = new Uint8Array(await file.arrayBuffer());
    let at = 0;
    const stream = new ReadableStream({
        async pull(control) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            control.enqueue(bytes.slice(at, at + given.piece));
            at += given.piece;
            if (at >= bytes.length) control.close();
        },
    });
    const end = await flows.ending(flows.adopt(live.uploadLive(stream, { name: given.name })));
    live.close();
    return { ...end, spools: await flows.spools() };";

/// The bytes of a stream arrive; without a disk the page is told that they are in memory.
pub(crate) fn stream(visit: &Visit<'_>) -> Seen {
    const SIZE: usize = 12 * MIB + 7;
    visit.open();
    let given = json!({"name": "stream.bin", "seed": 11, "size": SIZE, "piece": MIB});
    let end = visit.script(&[LIVE, STREAM].concat(), &given);
    let crc = assert_arrived(visit, &end, &page_content(11, SIZE));
    let id = end["id"].as_str().and_then(|id| id.parse().ok());
    let record = visit.api.record(id.expect("an id")).expect("a record");
    assert!(record.live, "{record:?}");
    let warned = end["warnings"].as_array().expect("warnings");
    let in_memory = warned.contains(&json!("spool_unavailable"));
    assert_eq!(in_memory, end["spools"] == false, "{end}");
    with_warnings(&end, format!("{SIZE} bytes, crc64nvme {crc} on all sides"))
}

const RECORD: &str = "
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    if (!devices.some(({ kind }) => kind === 'videoinput')) return { lacks: 'a camera' };
    if (typeof MediaRecorder !== 'function') return { lacks: 'MediaRecorder' };
    const video = { width: 640, height: 480 };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    const recorder = new MediaRecorder(stream, { mimeType: given.type });
    const upload = live.uploadLive(recorder, { name: 'recording.webm', fixDuration: true });
    await flows.until('the first bytes', () => upload.progress.recorded > 0);
    const early = upload.progress.total;
    await new Promise((resolve) => setTimeout(resolve, given.ms));
    recorder.stop();
    const end = await flows.ending(flows.adopt(upload));
    stream.getTracks().forEach((track) => track.stop());
    live.close();
    return { ...end, early: early ?? null };";

/// A recording of the camera arrives, and plays.
pub(crate) fn recording(visit: &Visit<'_>) -> Seen {
    visit.open();
    let given = json!({"ms": RECORDING.as_millis(), "type": "video/webm;codecs=vp8,opus"});
    let end = visit.script(&[LIVE, RECORD].concat(), &given);
    if let Some(lacks) = end["lacks"].as_str() {
        // It shows pages no camera without a device of the computer.
        assert_eq!(visit.browser.kind(), Kind::WebKit, "lacks {lacks}");
        return Seen::Lacks(lacks.to_owned());
    }
    assert!(end["error"].is_null(), "{}", end["error"]);
    assert_eq!(end["early"], Value::Null, "a total before the end");
    let key = end["stored"]["key"].as_str().expect("a key");
    let object = Aws::new(visit.stack).get_object(key).body;
    let crc = assert_arrived(visit, &end, &object);
    let frames = frames(&object);
    // Sound alone has fifty a second.
    assert!(frames > 100, "{frames} frames");
    let folder = devkit::paths::temporary("media");
    let file = File::write(folder.path(), "recording", &object);
    let stated = file.duration().expect("a duration");
    let last = end_of(&file.packets());
    assert!((stated - last).abs() < 0.1, "{stated} s, not {last} s");
    let size = object.len();
    with_warnings(
        &end,
        format!("{size} bytes, {frames} frames in {stated:.1} s, crc64nvme {crc} on all sides"),
    )
}
