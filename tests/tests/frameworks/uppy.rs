//! What `crowfly/uppy` promises, in Uppy's Dashboard as a person uses it.

use std::time::Duration;

use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::World;
use crate::cases::Case;

/// Bytes a second while something has to last.
const SLOW: u64 = 1_000_000;

const UPLOAD: &str = ".uppy-StatusBar-actionBtn--upload:not([disabled])";
const RETRY: &str = ".uppy-StatusBar-actionBtn--retry";
const PAUSE: &str = ".uppy-StatusBar-actionCircleBtn[title=Pause]";
const RESUME: &str = ".uppy-StatusBar-actionCircleBtn[title=Resume]";
const CANCEL: &str = ".uppy-StatusBar-actionCircleBtn[title=Cancel]";
const FILE: &str = ".uppy-Dashboard-Item";
const PICKER: &str = "input.uppy-Dashboard-input";
const STORED: &str = "#stored li";

pub(crate) const CASES: &[(&str, Case)] = named![
    uppy_sends_and_the_records_are_read_back,
    uppy_pauses_all_and_one_and_goes_on,
    uppy_cancels_one_and_all,
    uppy_says_why_a_file_failed_and_retries_it,
    uppy_says_that_a_remote_file_is_refused,
    uppy_keeps_the_folders_that_were_dropped,
    uppy_goes_on_after_a_reload_and_sends_no_part_twice,
];

impl World {
    /// Opens the page, with nothing restored of an earlier case, and adds files.
    fn dashboard(&self, path: &str, files: &[&TestFile]) {
        let all = json!({"origin": self.app.origin, "storageTypes": "all"});
        self.browser.open("about:blank");
        self.browser.devtools("Storage.clearDataForOrigin", all);
        self.browser.open(&format!("{}{path}", self.app.origin));
        self.browser.wait_for(".uppy-Dashboard-AddFiles");
        self.add(files);
    }

    /// Picks files, once the Dashboard asks for some.
    fn add(&self, files: &[&TestFile]) {
        let paths: Vec<_> = files.iter().map(|file| file.path.as_path()).collect();
        self.until("the picker", || self.browser.find(PICKER).is_some());
        if let (Some(input), false) = (self.browser.find(PICKER), paths.is_empty()) {
            self.browser.pick(&input, &paths);
        }
    }

    fn push(&self, css: &str) {
        self.browser.wait_for(css).click();
    }

    fn count(&self, css: &str) -> usize {
        self.browser.find_all(css).len()
    }

    fn wait_status(&self, start: &str) {
        self.until(&format!("the status {start}"), || {
            self.text(".uppy-StatusBar-statusPrimary")
                .starts_with(start)
        });
    }

    /// Waits until so many files are listed as stored, and the batch has ended.
    fn wait_stored(&self, count: usize) {
        self.until(&format!("{count} stored"), || self.count(STORED) == count);
        self.wait_status("Complete");
    }

    /// Bytes of requests that storage has received, once it receives no more.
    fn bytes_at_rest(&self) -> u64 {
        let bytes = || self.sink.stats().bytes;
        self.until("silence", || {
            let before = bytes();
            std::thread::sleep(Duration::from_millis(300));
            bytes() == before
        });
        bytes()
    }

    /// The record of the newest upload of this name.
    fn record_of(&self, name: &str) -> Value {
        let records = self.records();
        let found = records.iter().find(|record| record["name"] == name);
        found
            .cloned()
            .unwrap_or_else(|| panic!("no {name} in {records:?}"))
    }

    fn aborted(&self) -> usize {
        let records = self.records().into_iter();
        records
            .filter(|record| record["status"] == "aborted")
            .count()
    }

    /// Why Uppy says that a file failed. It logs that too.
    fn reason(&self) -> String {
        self.wait_status("Upload failed");
        let details = self.browser.wait_for(".uppy-Dashboard-Item-errorDetails");
        let said = self.browser.console();
        assert!(said.iter().any(|line| line.contains("[Uppy]")), "{said:?}");
        details.attribute("aria-label").unwrap_or_default()
    }
}

fn uppy_sends_and_the_records_are_read_back(world: &World) -> String {
    let files = [
        TestFile::new("sea.bin", 3 * MIB),
        TestFile::of("a.txt", b"a"),
    ];
    world.dashboard("/", &[&files[0], &files[1]]);
    // The Dashboard's own form for a file's metadata.
    world.push(".uppy-Dashboard-Item-action--edit");
    world
        .browser
        .wait_for("#uppy-Dashboard-FileCard-input-caption")
        .type_text("The sea");
    world.push(".uppy-Dashboard-FileCard-actionsBtn[type=submit]");
    world.push(UPLOAD);
    world.wait_stored(2);
    for file in &files {
        let record = world.record_of(&file.name);
        let [id, key] = ["id", "key"].map(|name| record[name].as_str().unwrap_or_default());
        assert_eq!(record["size"], file.bytes.len());
        assert_eq!(
            [&record["status"], &record["verified"]],
            [&json!("stored"), &json!(true)]
        );
        let shown = world.text(&format!("{STORED}[data-id='{id}']"));
        assert_eq!(shown, format!("{}: verified as {key}", file.name));
    }
    assert_eq!(
        world.record_of("sea.bin")["metadata"],
        json!({"caption": "The sea"})
    );
    let without = &world.record_of("a.txt")["metadata"];
    assert!(
        without.as_object().is_none_or(|fields| fields.is_empty()),
        "{without}"
    );
    format!("{} creates", world.sink.stats().creates)
}

fn uppy_pauses_all_and_one_and_goes_on(world: &World) -> String {
    let files = ["long.bin", "longer.bin"].map(|name| TestFile::new(name, 3 * MIB));
    world.dashboard("/", &[&files[0], &files[1]]);
    world.browser.limit_upload(SLOW);
    world.push(UPLOAD);
    world.wait_status("Uploading");
    world.push(PAUSE);
    world.wait_status("Paused");
    // Nothing but the pause holds them back.
    world.browser.limit_upload(0);
    let all = world.bytes_at_rest();
    assert_eq!(world.sink.stats().completed, 0);
    world.browser.limit_upload(SLOW);
    world.push(RESUME);
    let one = ".uppy-Dashboard-Item-progressIndicator[title='Pause upload']";
    world.until("both", || world.count(one) == 2);
    world.push(one);
    world.browser.limit_upload(0);
    world.until("the end of the other", || world.count(STORED) == 1);
    let other = world.bytes_at_rest();
    assert_eq!(world.sink.stats().completed, 1);
    world.push(".uppy-Dashboard-Item-progressIndicator[title='Resume upload']");
    world.wait_stored(2);
    let stats = world.sink.stats();
    assert_eq!((stats.uploads, stats.completed), (2, 2));
    format!("at rest at {all} and {other} of {} bytes", stats.bytes)
}

fn uppy_cancels_one_and_all(world: &World) -> String {
    let files = ["one.bin", "two.bin", "three.bin"].map(|name| TestFile::new(name, 3 * MIB));
    world.dashboard("/lab/", &[&files[0], &files[1], &files[2]]);
    world.browser.limit_upload(SLOW);
    world.push(UPLOAD);
    world.until("all three", || world.sink.stats().uploads == 3);
    world.push(".uppy-Dashboard-Item-action--remove");
    world.until("the cancel of one", || world.aborted() == 1);
    assert_eq!(world.count(FILE), 2);
    world.push(CANCEL);
    world.until("the cancel of all", || world.aborted() == 3);
    world.browser.wait_for(".uppy-Dashboard-AddFiles");
    assert_eq!(world.sink.stats().completed, 0);
    // The same file again is another upload.
    world.browser.limit_upload(0);
    world.add(&[&files[0]]);
    world.push(UPLOAD);
    world.wait_stored(1);
    assert_eq!(world.sink.stats().uploads, 4);
    // Who leaves Uppy leaves nothing behind.
    world.browser.limit_upload(SLOW);
    world.push(".uppy-DashboardContent-addMore");
    world.add(&[&files[1]]);
    world.push(UPLOAD);
    world.until("the fifth", || world.sink.stats().uploads == 5);
    world.browser.run("window.uppy.destroy();", &[]);
    world.until("the cancel of the last", || world.aborted() == 4);
    format!("{} aborted, one stored", world.aborted())
}

fn uppy_says_why_a_file_failed_and_retries_it(world: &World) -> String {
    let file = TestFile::new("signed out.bin", MIB);
    world.dashboard("/", &[&file]);
    let send_instead = |headers: Value| {
        let headers = json!({"headers": headers});
        world
            .browser
            .devtools("Network.setExtraHTTPHeaders", headers);
    };
    world.browser.devtools("Network.enable", json!({}));
    send_instead(json!({"Authorization": "None"}));
    world.push(UPLOAD);
    let why = world.reason();
    assert_eq!(
        (why.as_str(), world.sink.stats().uploads),
        ("Unauthorized", 0)
    );
    send_instead(json!({}));
    world.push(RETRY);
    world.wait_stored(1);
    assert_eq!(world.sink.stats().uploads, 1);
    why
}

/// A file as the plugin of a provider adds it.
const REMOTE: &str = "window.uppy.addFile({
    name: 'drive.pdf', type: 'application/pdf', isRemote: true, data: { size: 5 },
    remote: { companionUrl: 'https://companion.example', requestClientId: 'drive', url: '/drive/1' },
});";

fn uppy_says_that_a_remote_file_is_refused(world: &World) -> String {
    let file = TestFile::of("here.txt", b"here");
    world.dashboard("/lab/", &[&file]);
    world.browser.run(REMOTE, &[]);
    world.push(UPLOAD);
    let why = world.reason();
    assert!(why.ends_with("add it from this device"), "{why}");
    world.until("the other file", || world.count(STORED) == 1);
    assert_eq!(world.sink.stats().uploads, 1);
    why
}

fn uppy_keeps_the_folders_that_were_dropped(world: &World) -> String {
    let above = devkit::paths::temporary("trip");
    let trip = above.path().join("trip");
    std::fs::create_dir_all(trip.join("day 1")).expect("a folder");
    std::fs::write(trip.join("day 1/b.txt"), "b").expect("a file");
    std::fs::write(trip.join("a.txt"), "a").expect("a file");
    world.dashboard("/", &[]);
    world.drop_on(
        ".uppy-Dashboard-inner",
        ".uppy-Dashboard--isDraggingOver",
        &trip,
    );
    world.until("both files", || world.count(FILE) == 2);
    world.push(UPLOAD);
    world.wait_stored(2);
    let paths = ["a.txt", "b.txt"].map(|name| world.record_of(name)["path"].clone());
    assert_eq!(paths, ["trip", "trip/day 1"]);
    "trip and trip/day 1".into()
}

fn uppy_goes_on_after_a_reload_and_sends_no_part_twice(world: &World) -> String {
    // Golden Retriever keeps no file of this size, so the person picks it again. Six parts are sent at a time.
    let size = 96 * MIB as u64;
    let file = TestFile::sparse("half sent.bin", size);
    world.dashboard("/", &[&file]);
    world.browser.limit_upload(16 * SLOW);
    world.push(UPLOAD);
    // The sink counts a part when it ends.
    world.until("the first part", || world.sink.stats().bytes > 0);
    world.browser.reload();
    let before = world.bytes_at_rest();
    assert!(before < size, "{before} bytes before the reload");
    world.browser.limit_upload(0);
    world.until("what was restored", || {
        world.text("main").contains("half sent.bin")
    });
    world.push(".uppy-Dashboard-Item-reSelect");
    world.add(&[&file]);
    world.push(UPLOAD);
    world.wait_stored(1);
    let stats = world.sink.stats();
    assert_eq!(
        (stats.uploads, stats.completed, stats.parts_sent_twice),
        (1, 1, 0)
    );
    assert!(stats.bytes < before + size, "{} bytes in all", stats.bytes);
    format!("{before} bytes before the reload, {} in all", stats.bytes)
}
