//! What the package does in a page that is served as it is, without a bundler.

use e2e::files::{MIB, TestFile};

use crate::World;
use crate::cases::Case;

/// Bytes a second while something has to last.
const SLOW: u64 = 1_000_000;

pub(crate) const CASES: &[(&str, Case)] = named![
    a_plain_page_sends_pauses_and_cancels,
    a_plain_page_goes_on_after_a_reload,
];

impl World {
    fn plain(&self) {
        self.browser.open(&format!("{}/", self.app.origin));
        self.until("the client", || {
            self.text("[role=status]").ends_with("stored")
        });
    }

    fn choose(&self, css: &str, files: &[&TestFile]) {
        let paths: Vec<_> = files.iter().map(|file| file.path.as_path()).collect();
        self.browser.pick(&self.browser.wait_for(css), &paths);
    }
}

fn a_plain_page_sends_pauses_and_cancels(world: &World) -> String {
    let files = ["kept.bin", "cancelled.bin"].map(|name| TestFile::new(name, 2 * MIB));
    world.plain();
    world.browser.limit_upload(SLOW);
    world.choose("#picker", &[&files[0], &files[1]]);
    world.wait_for("uploading", 2);
    world
        .browser
        .wait_for("button[aria-label='Cancel cancelled.bin']")
        .click();
    world.wait_for("aborted", 1);
    world
        .browser
        .wait_for("button[aria-label='Pause kept.bin']")
        .click();
    world.wait_for("paused", 1);
    world.browser.limit_upload(0);
    // The focus is where it was.
    world.browser.press(devkit::browser::Key::Enter);
    world.wait_for("stored", 1);
    let records = world.records();
    let record = records.iter().find(|record| record["name"] == "kept.bin");
    let record = record.expect("a record");
    assert_eq!(
        (&record["status"], &record["verified"]),
        (&"stored".into(), &true.into())
    );
    assert_eq!(world.text("[role=status]"), "1 of 2 stored");
    world.text("#uploads")
}

fn a_plain_page_goes_on_after_a_reload(world: &World) -> String {
    let file = TestFile::new("left.bin", 3 * MIB);
    world.plain();
    world.browser.limit_upload(SLOW);
    world.choose("#picker", &[&file]);
    world.wait_for("uploading", 1);
    world.browser.reload();
    world.browser.limit_upload(0);
    world.choose("input[aria-label='Choose left.bin again']", &[&file]);
    world.wait_for("stored", 1);
    world.until("an empty list", || world.browser.find("#left li").is_none());
    let stats = world.sink.stats();
    assert_eq!((stats.uploads, stats.completed), (1, 1));
    format!("{} creates", stats.creates)
}
