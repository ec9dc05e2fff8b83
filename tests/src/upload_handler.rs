//! The tests of `crowfly/server` against a store, which run under Node.

use std::process::Command;

use devkit::aws::Key;
use devkit::paths::root;

use crate::package_page::{node_modules, package};

/// A store as the handler is told of it.
#[derive(Debug)]
pub struct Store<'a> {
    /// What the handler calls it.
    pub preset: &'a str,
    /// Its address.
    pub endpoint: &'a str,
    /// The bucket's name.
    pub bucket: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The key of the server.
    pub key: &'a Key,
}

/// Uploads as a page makes them, and URLs in other hands; returns what the tests print.
///
/// # Panics
/// If one fails.
pub fn check(store: &Store<'_>) -> String {
    let output = Command::new("node")
        .args(["--test", "--test-reporter=tap", "server/tests/store.mjs"])
        .current_dir(root())
        .env("CROWFLY_PACKAGE_DIR", package())
        .env("CROWFLY_NODE_MODULES", node_modules())
        .env("NODE_NO_WARNINGS", "1")
        .env("STORE", store.preset)
        .env("ENDPOINT", store.endpoint)
        .env("BUCKET", store.bucket)
        .env("AWS_REGION", store.region)
        .env("AWS_ACCESS_KEY_ID", &store.key.id)
        .env("AWS_SECRET_ACCESS_KEY", &store.key.secret)
        .env_remove("AWS_SESSION_TOKEN")
        .output()
        .expect("node starts");
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{log}");
    log
}
