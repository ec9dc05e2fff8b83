//! The cases: what an upload to a real store must survive. Each returns what was seen.

use std::time::Duration;

use e2e::proxy::Entry;
use serde_json::json;

use crate::world::{MIB, TestFile, World, bytes_of};

pub(crate) type Case = (&'static str, fn(&mut World) -> String);

/// Every case, for the example in Node.
pub(crate) const ALL: &[Case] = &[
    (
        "s1_s3_files_of_every_size_arrive_and_complete_is_called_once",
        sizes,
    ),
    ("s1_odd_names_arrive", names),
    ("s3_the_routes_of_the_example_are_an_api", api),
    (
        "s1_unproven_bytes_are_refused_where_proof_is_required",
        required,
    ),
    ("s2_a_flipped_byte_is_refused_and_sent_again", flipped),
    ("s3_a_paused_upload_goes_on", paused),
    ("s3_an_aborted_upload_leaves_nothing", aborted),
    ("s4_an_expired_url_is_signed_anew", expired),
    ("s4_urls_of_five_seconds_are_enough", short_lived),
    ("s7_after_a_reload_only_missing_parts_are_sent", reloaded),
    ("s6_a_store_may_be_down_for_a_while", killed),
];

/// For the examples in other languages: the same routes.
pub(crate) const SOME: &[Case] = &[
    (
        "s1_s3_files_of_some_sizes_arrive_and_complete_is_called_once",
        some_sizes,
    ),
    ("s2_a_flipped_byte_is_refused_and_sent_again", flipped),
    ("s3_an_aborted_upload_leaves_nothing", aborted),
    ("s7_after_a_reload_only_missing_parts_are_sent", reloaded),
];

fn sizes(world: &mut World) -> String {
    arrive(world, &[0, 1, 5 * MIB, 16 * MIB + 1, 100 * MIB])
}

fn some_sizes(world: &mut World) -> String {
    arrive(world, &[0, 1, 16 * MIB + 1])
}

fn arrive(world: &World, sizes: &[usize]) -> String {
    for size in sizes {
        let file = TestFile::new("file.bin", *size);
        let end = world.upload(&file);
        world.assert_arrived(&file, &end);
        assert_eq!(
            bytes_of(&world.puts()),
            *size as u64,
            "bytes sent of {size}"
        );
        let calls = world.calls("POST", "/complete");
        assert_eq!(calls.len(), 1, "calls of complete for {size} bytes");
    }
    format!("{sizes:?} bytes, each byte sent once, one call of complete each")
}

fn names(world: &mut World) -> String {
    let long = "a".repeat(251) + ".txt";
    let names = [
        "한글 여름 😀.txt",
        "100% & + # ? = ; ,.txt",
        "it's \"quoted\" (1)*.txt",
        "..hidden ..txt",
        &long,
    ];
    for name in names {
        let file = TestFile::new(name, 10);
        let end = world.upload(&file);
        let key = world.assert_arrived(&file, &end);
        let object = world.store.get(&key);
        let disposition = object.header("content-disposition").unwrap_or_default();
        let kept = disposition
            .strip_prefix("attachment; filename*=UTF-8''")
            .unwrap_or_default();
        let kept = devkit::http::decode(kept);
        // What an encoded word may not hold is replaced.
        let plain = |text: &str| text.replace(['\'', '(', ')', '*'], "_");
        assert_eq!(plain(&kept), plain(name), "{disposition}");
        assert_eq!(object.header("content-type"), Some("application/x-test"));
    }
    format!("{} names", names.len())
}

/// No functions in the page: the server says the same to the SDK itself.
fn api(world: &mut World) -> String {
    for size in [1000, 17 * MIB] {
        let file = TestFile::new("api.bin", size);
        world.open();
        world.begin(&file, json!({"api": "/", "credentials": "same-origin"}));
        let end = world.end();
        world.assert_arrived(&file, &end);
        let calls = world.calls("POST", "/complete");
        assert_eq!(calls.len(), 1, "calls of complete for {size} bytes");
    }
    "one call of complete each".into()
}

fn required(world: &mut World) -> String {
    let file = TestFile::new("proof.bin", 1000);
    world.open();
    world.begin(&file, json!({"requireVerified": true}));
    let end = world.end();
    if world.facts.proves() {
        world.assert_arrived(&file, &end);
        return "the store proves the bytes".into();
    }
    assert_eq!(end["error"]["code"], "unverified", "{end}");
    "the store proves nothing: unverified".into()
}

/// One bit of a single PUT, and one of a part, are flipped on the way.
fn flipped(world: &mut World) -> String {
    let mut seen = Vec::new();
    for (size, query) in [(1000, None), (20 * MIB, Some("partNumber=2"))] {
        let file = TestFile::new("flipped.bin", size);
        world.open();
        world.proxy.rule(json!({
            "match": {"method": "PUT", "host": world.store.host(), "query": query},
            "fault": {"kind": "flip", "at": "half"},
        }));
        world.begin(&file, json!({}));
        let end = world.end();
        let refused = world
            .puts()
            .iter()
            .filter(|put| put.status == Some(400))
            .count();
        if world.facts.proves() {
            world.assert_arrived(&file, &end);
            assert_eq!(refused, 1, "PUTs that the store refused");
            seen.push(format!("{} bytes sent of {size}", bytes_of(&world.puts())));
            continue;
        }
        // The store takes what comes, and `verified` says so.
        assert_eq!(
            (&end["stored"]["verified"], refused),
            (&json!(false), 0),
            "{end}"
        );
        assert_eq!(end["warnings"], json!(["unverified"]), "{end}");
        let key = end["stored"]["key"].as_str().expect("a key");
        let stored = world.store.get(key).body;
        let differing = stored.iter().zip(&file.bytes).filter(|(a, b)| a != b);
        let differing = differing.count();
        assert_eq!(differing, 1, "bytes that differ in storage");
        seen.push(format!("{size} bytes arrived damaged, verified: false"));
    }
    seen.join("; ")
}

/// The link to storage carries this many bytes a second.
fn slow(world: &World, bytes_per_second: usize) {
    world.proxy.rule(json!({
        "match": {"method": "PUT", "host": world.store.host(), "times": "forever"},
        "fault": {"kind": "bandwidth", "bytesPerSecond": bytes_per_second},
    }));
}

fn paused(world: &mut World) -> String {
    let file = TestFile::new("paused.bin", 100 * MIB);
    world.open();
    slow(world, 4 * MIB);
    world.begin(&file, json!({}));
    world.wait_confirmed(8 * MIB);
    let look = "
        const { upload } = window.stores;
        if (arguments[0]) upload[arguments[0]]();
        return [upload.state, upload.progress.confirmed];";
    world.browser.run(look, &[json!("pause")]);
    std::thread::sleep(Duration::from_secs(1));
    let before = (world.browser.run(look, &[]), world.puts().len());
    assert!(before.1 < 13, "all parts are on their way already");
    std::thread::sleep(Duration::from_secs(3));
    let after = (world.browser.run(look, &[]), world.puts().len());
    assert_eq!(after, before, "while paused");
    assert_eq!(after.0[0], "paused");
    world.proxy.clear();
    world.browser.run(look, &[json!("resume")]);
    let end = world.end();
    world.assert_arrived(&file, &end);
    let sent = bytes_of(&world.puts());
    // Six parts of at most 9 MiB were on their way.
    assert!(
        sent <= (file.bytes.len() + 54 * MIB) as u64,
        "{sent} bytes sent"
    );
    format!(
        "{} of {} bytes sent again",
        sent - file.bytes.len() as u64,
        file.bytes.len()
    )
}

fn aborted(world: &mut World) -> String {
    let file = TestFile::new("aborted.bin", 100 * MIB);
    world.open();
    slow(world, 4 * MIB);
    world.begin(&file, json!({}));
    world.wait_confirmed(8 * MIB);
    let open = world.store.unfinished();
    let id = world.browser.run("return window.stores.upload.id;", &[]);
    let ours = |keys: &[String]| {
        keys.iter()
            .filter(|key| key.ends_with(id.as_str().unwrap_or("?")))
            .count()
    };
    assert_eq!(ours(&open), 1, "multipart uploads before: {open:?}");
    world.browser.run("window.stores.upload.abort();", &[]);
    assert_eq!(world.end()["error"]["name"], "AbortError");
    devkit::wait::until("the abort", Duration::from_secs(20), || {
        (ours(&world.store.unfinished()) == 0).then_some(())
    });
    let key = open
        .iter()
        .find(|key| ours(&[(*key).clone()]) == 1)
        .expect("its key");
    assert_eq!(world.store.get(key).status, 404, "{key}");
    "no multipart upload and no object is left".into()
}

/// URLs of one second that reach the SDK after two and a half, and promise more.
fn expired(world: &mut World) -> String {
    world.use_signer(world.signer.language, 1);
    let mut seen = Vec::new();
    for (size, late) in [(1000, 1), (40 * MIB, 2)] {
        let file = TestFile::new("late.bin", size);
        world.open();
        world.begin(&file, json!({"late": late, "lateMs": 2500}));
        let end = world.end();
        // Some stores judge the preflight already, and the page cannot read why that failed.
        let all = [world.puts(), world.preflights()].concat();
        let refused = |entry: &&Entry| matches!(entry.status, Some(400 | 403));
        let refused = all.iter().filter(refused).count();
        assert!(refused > 0, "no URL had expired: {end}");
        world.assert_arrived(&file, &end);
        seen.push(format!("{refused} requests refused, {size} bytes stored"));
    }
    seen.join("; ")
}

/// Nothing is told falsely here: the SDK must sign in time. A part takes longer than a URL lives.
fn short_lived(world: &mut World) -> String {
    world.use_signer(world.signer.language, 5);
    let file = TestFile::new("short.bin", 100 * MIB);
    world.open();
    slow(world, 5 * MIB / 4);
    world.begin(&file, json!({}));
    let end = world.end();
    world.assert_arrived(&file, &end);
    let signed = world.calls("POST", "/parts").len();
    let puts = world.puts();
    let refused = puts.iter().filter(|put| put.status != Some(200)).count();
    assert_eq!(refused, 0, "PUTs that the store refused");
    assert_eq!(bytes_of(&puts), file.bytes.len() as u64, "bytes sent");
    format!("{signed} calls of sign for {} parts", puts.len())
}

fn reloaded(world: &mut World) -> String {
    let file = TestFile::new("reloaded.bin", 60 * MIB);
    world.open();
    for part in [6, 7, 8] {
        world.proxy.rule(json!({
            "match": {"method": "PUT", "query": format!("partNumber={part}"), "times": "forever"},
            "fault": {"kind": "stall", "at": 0},
        }));
    }
    let id = world.begin(&file, json!({}));
    world.wait_confirmed(40 * MIB);
    // The journal is written while the upload goes on.
    std::thread::sleep(Duration::from_secs(1));
    world.load();
    world.proxy.clear();
    world.proxy.clear_log();
    world.pick(&file);
    let again = world
        .browser
        .run_async("return window.stores.attach(arguments[0]);", &[json!(id)]);
    assert_eq!(again, json!(id), "the upload is in the journal");
    let end = world.end();
    world.assert_arrived(&file, &end);
    let puts = world.puts();
    let mut parts: Vec<u32> = puts.iter().filter_map(|put| put.part).collect();
    parts.sort_unstable();
    assert_eq!(parts, [6, 7, 8], "parts sent after the reload");
    let how = if world.facts.lists() {
        "listed"
    } else {
        "unlisted"
    };
    format!(
        "{} of {} bytes sent after the reload; checksums {how}",
        bytes_of(&puts),
        file.bytes.len()
    )
}

/// The store is killed in the middle, and comes back after a quarter of a minute.
fn killed(world: &mut World) -> String {
    let file = TestFile::new("killed.bin", 100 * MIB);
    world.open();
    slow(world, 10 * MIB);
    world.begin(&file, json!({}));
    world.wait_confirmed(16 * MIB);
    world.store.kill();
    std::thread::sleep(Duration::from_secs(15));
    world.store.run();
    let end = world.end();
    world.assert_arrived(&file, &end);
    let sent = bytes_of(&world.puts());
    format!("{sent} bytes sent of {}", file.bytes.len())
}
