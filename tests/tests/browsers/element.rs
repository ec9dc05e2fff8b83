//! The web component, in the page's own tree, where drivers reach it.

use std::time::Duration;

use devkit::wait;
use e2e::files::{MIB, TestFile};
use serde_json::json;

use crate::flow::{Seen, Visit};

/// Makes an element that sends by a token. The page's own script does it: a driver's runs in a sandbox of its own.
const MAKE: &str = "return await window.flows.element(...arguments);";

/// Picks files, sees them stored and verified, and finds their ids in the form.
pub(crate) fn picked(visit: &Visit<'_>) -> Seen {
    let files = [
        TestFile::new("small.bin", 1_000),
        TestFile::new("large.bin", 4 * MIB),
    ];
    visit.open();
    let browser = visit.browser;
    let given = [json!(visit.api.base), json!(visit.api.token)];
    assert_eq!(browser.run_async(MAKE, &given), true);
    // It is never shown: its button is what people see.
    let input = wait::until("the picker", Duration::from_secs(10), || {
        browser.find("crowfly-upload input[type=file][multiple]")
    });
    browser.pick(&input, &files.each_ref().map(|file| file.path.as_path()));
    let stored = "crowfly-upload [data-upload][data-state=stored]";
    wait::until("both files stored", Duration::from_secs(60), || {
        (browser.find_all(stored).len() == files.len()).then_some(())
    });
    let look = "
        const ids = new FormData(document.forms[0]).getAll('files');
        const rows = [...document.querySelectorAll('[data-upload]')].map(({ dataset }) => dataset.upload);
        const zone = getComputedStyle(document.querySelector('[part=zone]')).borderTopStyle;
        return [ids, rows, zone, document.forms[0].checkValidity()];";
    let seen = browser.run(look, &[]);
    assert_eq!(seen[0], seen[1], "the form has the ids of the rows");
    assert_eq!(seen[2], "dashed", "the sheet counts");
    assert_eq!(seen[3], true);
    let ids = seen[0].as_array().cloned().unwrap_or_default();
    assert_eq!(ids.len(), files.len());
    for id in ids {
        let id = id.as_str().unwrap_or_default().parse().expect("an id");
        let stored = crowfly_contract::UploadStatus::Stored;
        let record = visit.api.wait_status(id, stored, Duration::from_secs(30));
        assert!(record.verified, "{}", record.name);
    }
    "two files, two verified records".into()
}
