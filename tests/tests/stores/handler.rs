//! `crowfly/server`, the upload handler of the package, in front of a store: its own tests, under Node.

use std::process::Command;

use devkit::paths::root;
use e2e::package_page::{node_modules, package};

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
    let output = Command::new("node")
        .args(["--test", "--test-reporter=tap", "server/tests/store.mjs"])
        .current_dir(root())
        .env("CROWFLY_PACKAGE_DIR", package())
        .env("CROWFLY_NODE_MODULES", node_modules())
        .env("NODE_NO_WARNINGS", "1")
        .env("STORE", preset)
        .env("ENDPOINT", &store.client.url)
        .env("BUCKET", BUCKET)
        .env("AWS_REGION", &store.client.region)
        .env("AWS_ACCESS_KEY_ID", &store.client.key.id)
        .env("AWS_SECRET_ACCESS_KEY", &store.client.key.secret)
        .env_remove("AWS_SESSION_TOKEN")
        .output()
        .expect("node starts");
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{log}");
    let passed = log.lines().find(|line| line.starts_with("# pass "));
    passed
        .unwrap_or_else(|| panic!("no test ran: {log}"))
        .to_owned()
}
