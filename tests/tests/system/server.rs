//! `crowfly/server`, the upload handler of the package, against the local AWS, which checks every signature. Its own tests
//! are in `server/tests`.

use std::process::Command;

use devkit::paths::root;
use e2e::package_page::{node_modules, package};

use crate::common::oidc;

/// The rows that its tests show are those of URLs in other hands.
#[test]
fn a40_to_a49_the_upload_handler_of_the_package_signs_what_the_contract_says() {
    let stack = oidc();
    let key = stack.key.as_ref().expect("the local AWS has a key");
    let output = Command::new("node")
        .args(["--test", "--test-reporter=tap", "server/tests/store.mjs"])
        .current_dir(root())
        .env("CROWFLY_PACKAGE_DIR", package())
        .env("CROWFLY_NODE_MODULES", node_modules())
        .env("NODE_NO_WARNINGS", "1")
        .envs([
            ("STORE", "s3"),
            ("ENDPOINT", &*stack.s3),
            ("BUCKET", &*stack.bucket),
            ("AWS_REGION", &*stack.region),
            ("AWS_ACCESS_KEY_ID", &*key.id),
            ("AWS_SECRET_ACCESS_KEY", &*key.secret),
        ])
        .env_remove("AWS_SESSION_TOKEN")
        .output()
        .expect("node starts");
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{log}");
    for row in 40..=49 {
        let shown = format!("- a{row} ");
        assert!(log.contains(&shown), "no test of A{row}: {log}");
    }
    assert!(!log.contains("# SKIP"), "{log}");
}
