//! `crowfly/server`, the upload handler of the package, against the local AWS, which checks every signature. Its own tests
//! are in `server/tests`.

use e2e::upload_handler;

use crate::common::oidc;

/// The rows that its tests show are those of URLs in other hands.
#[test]
fn a40_to_a49_the_upload_handler_of_the_package_signs_what_the_contract_says() {
    let stack = oidc();
    let key = stack.key.as_ref().expect("the local AWS has a key");
    let log = upload_handler::check(&upload_handler::Store {
        preset: "s3",
        endpoint: &stack.s3,
        bucket: &stack.bucket,
        region: &stack.region,
        key,
    });
    for row in 40..=49 {
        let shown = format!("- a{row} ");
        assert!(log.contains(&shown), "no test of A{row}: {log}");
    }
    assert!(!log.contains("# SKIP"), "{log}");
}
