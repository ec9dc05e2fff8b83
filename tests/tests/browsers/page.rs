//! The demo page, used as a person uses it.

use std::time::Duration;

use devkit::env::Env;
use e2e::api::{Api, crc64nvme};
use e2e::files::{MIB, TestFile};
use e2e::page::Page;
use serde_json::json;

use crate::flow::{Seen, Visit};

pub(crate) fn from_disk(visit: &Visit<'_>) -> Seen {
    let stack = Env::stack("main");
    let file = TestFile::new("from disk.zip", 4 * MIB);
    let page = Page::open(visit.browser, stack);
    page.log_in();
    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", Duration::from_secs(60));
    let id = row.id.parse().expect("the row carries the id");
    let record = Api::demo_user(stack).record(id).expect("a record");
    assert!(record.verified, "the record is verified");
    let crc = crc64nvme(&file.bytes);
    assert_eq!(record.crc64nvme, Some(crc));
    assert_eq!(row.percent, 100.0);
    page.wait_record(&row.id);
    // WebKit's driver leaves clipped text out of an element's text although it is shown.
    let script = "return document.querySelector(`[data-record='${arguments[0]}']`).textContent;";
    let shown = visit.browser.run(script, &[json!(row.id)]);
    let shown = shown.as_str().unwrap_or_default();
    assert!(shown.contains(&file.name), "{shown:?}");
    format!("row, record and bytes agree on {crc}").into()
}
