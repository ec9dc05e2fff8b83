//! `crowfly/server`, the upload handler of the package, in front of a store: its own tests, under Node.

use e2e::upload_handler;

use crate::store::{BUCKET, Kind, Store};

/// What the handler calls this store; nothing if it has no settings for it.
pub(crate) fn preset(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Garage => Some("garage"),
        Kind::Local => Some("s3"),
        Kind::Ceph => None,
    }
}

/// Uploads as a page makes them, and URLs in other hands; returns the summary.
pub(crate) fn it_uploads_and_its_urls_are_of_no_other_use(store: &Store, preset: &str) -> String {
    let log = upload_handler::check(&upload_handler::Store {
        preset,
        endpoint: &store.client.url,
        bucket: BUCKET,
        region: &store.client.region,
        key: &store.client.key,
    });
    let passed = log.lines().find(|line| line.starts_with("# pass "));
    passed
        .unwrap_or_else(|| panic!("no test ran: {log}"))
        .to_owned()
}
