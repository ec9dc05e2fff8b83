//! What each app must do. Each case begins in a fresh page of a user who is signed in, and returns what was seen.

use std::time::Duration;

use devkit::wait;
use e2e::files::{MIB, TestFile};
use serde_json::json;

use crate::app::Kind;
use crate::world::World;

pub(crate) type Case = (&'static str, fn(&mut World) -> String);

pub(crate) const CASES: &[Case] = &[
    ("a_small_file_arrives_byte_for_byte", small),
    ("a_paused_large_file_goes_on_and_arrives", paused),
    ("after_a_reload_only_missing_parts_are_sent", reloaded),
    ("a_cancel_leaves_nothing", cancelled),
    ("a_refused_type_is_never_sent", refused),
    ("who_is_signed_out_gets_401_and_sends_nothing", signed_out),
    ("records_are_unsupported_at_once", records),
];

/// Parts of a large file, by the handler's own choice of their size.
const PARTS: u32 = 5;
const LARGE: usize = PARTS as usize * 8 * MIB;

fn small(world: &mut World) -> String {
    let file = TestFile::new("작은 film.mp4", 100_000);
    world.pick(&file);
    let key = world.assert_arrived(&file);
    assert_eq!(world.puts().len(), 1, "PUTs");
    let object = world.store.get(&key);
    assert_eq!(object.header("content-type"), Some("video/mp4"));
    assert_eq!(world.answers("POST", "/complete"), [200]);
    "one PUT, one call of complete".into()
}

fn paused(world: &mut World) -> String {
    let file = TestFile::new("paused.mp4", LARGE);
    world.slow(4 * MIB);
    world.pick(&file);
    world.until("bytes on their way", || {
        world.puts().iter().any(|put| put.received > 0)
    });
    world.click("Pause");
    world.until("the pause", || world.output() == "paused");
    std::thread::sleep(Duration::from_secs(2));
    let sent = || world.puts().iter().map(|put| put.received).sum::<u64>();
    let before = (sent(), world.puts().len());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((sent(), world.puts().len()), before, "while paused");
    assert!(before.0 < file.bytes.len() as u64, "all was sent already");
    world.proxy.clear();
    world.click("Pause");
    world.assert_arrived(&file);
    format!("{} bytes before, {} in all", before.0, sent())
}

/// The page ends while the last three parts are stuck; the next one is given the same file.
fn reloaded(world: &mut World) -> String {
    let file = TestFile::new("reloaded.mp4", LARGE);
    world.stick_from(3, PARTS);
    world.pick(&file);
    world.wait_for_parts(2);
    // The journal is written while the upload goes on.
    std::thread::sleep(Duration::from_secs(1));
    // The page is gone before the next one asks what it has left: no upload of a page that is still there is listed.
    world.browser.open("about:blank");
    std::thread::sleep(Duration::from_secs(1));
    world.proxy.clear();
    world.load();
    world.proxy.clear_log();
    if world.kind == Kind::Next {
        let left = "return document.body.innerText.includes(arguments[0]);";
        world.until("what was left", || {
            world.browser.run(left, &[json!(file.name)]) == true
        });
    }
    world.pick(&file);
    world.assert_arrived(&file);
    let mut parts: Vec<u32> = world.puts().iter().filter_map(|put| put.part).collect();
    parts.sort_unstable();
    assert_eq!(parts, [3, 4, 5], "parts sent after the reload");
    "parts 3, 4 and 5 of 5 sent after it".into()
}

fn cancelled(world: &mut World) -> String {
    let file = TestFile::new("cancelled.mp4", LARGE);
    let before = world.store.unfinished();
    world.stick_from(3, PARTS);
    world.pick(&file);
    world.wait_for_parts(2);
    let mut open = world.store.unfinished();
    open.retain(|key| !before.contains(key));
    assert_eq!(open.len(), 1, "multipart uploads begun: {open:?}");
    world.click("Cancel");
    wait::until("the end in storage", Duration::from_secs(20), || {
        (!world.store.unfinished().contains(&open[0])).then_some(())
    });
    let said = ["cancelled", "aborted"];
    world.until("the end in the page", || {
        said.contains(&world.output().as_str())
    });
    assert_eq!(world.store.get(&open[0]).status, 404, "{open:?}");
    "no multipart upload and no object is left".into()
}

fn refused(world: &mut World) -> String {
    let file = TestFile::of("page.html", b"<script>alert(1)</script>");
    world.pick(&file);
    let output = world.wait_for_output(|output| output == "type_not_allowed");
    assert!(world.puts().is_empty(), "{:?}", world.puts());
    output
}

fn signed_out(world: &mut World) -> String {
    // It stays until the end: the SDK reads it before it calls.
    let file = TestFile::new("film.mp4", 1000);
    world.sign_out();
    world.pick(&file);
    let output = world.wait_for_output(|output| output == "unauthenticated");
    let answers = world.answers("POST", "/uploads");
    assert!(
        !answers.is_empty() && answers.iter().all(|status| *status == 401),
        "{answers:?}"
    );
    assert!(world.puts().is_empty(), "{:?}", world.puts());
    output
}

/// A server without a memory has no records, and says so to the SDK and to anyone else.
fn records(world: &mut World) -> String {
    for (method, path) in [("GET", ""), ("GET", "/01JD7ZK3V8Q2X5N6R9T0W1Y4AB")] {
        let answer = world.fetch(method, path);
        let seen = (&answer["status"], &answer["body"]["error"]["code"]);
        assert_eq!(
            seen,
            (&json!(501), &json!("unsupported")),
            "{method} {path}"
        );
    }
    if world.kind == Kind::Next {
        return "501 unsupported".into();
    }
    let script = "
        const { createClient } = await import('/crowfly/index.js');
        const client = await createClient({ api: '/api/uploads', credentials: 'same-origin' });
        const upload = client.upload(new File(['a'], 'a.txt', { type: 'text/plain' }));
        const stored = await upload.done;
        const ends = [client.records(), upload.processed()].map((end) => end.then(() => 'an answer', ({ code }) => code));
        return [stored.verified, ...await Promise.all(ends)];";
    let script = format!("return (async () => {{{script}}})();");
    let since = std::time::Instant::now();
    let ended = world.browser.run_async(&script, &[]);
    assert_eq!(ended, json!([true, "unsupported", "unsupported"]));
    format!(
        "501 unsupported; of the SDK after {} ms",
        since.elapsed().as_millis()
    )
}
