//! The API answers as `docs/openapi.json` says, and refuses what it forbids: requests made by schemathesis.

use std::path::PathBuf;
use std::process::Command;

use devkit::paths::root;

use crate::common::{new_caller, oidc};

/// Seconds of a short run, in which a passing test is worth the time of all test runs.
const SECONDS: u64 = 15;
/// A run can be repeated.
const SEED: u64 = 18;

/// schemathesis of `xtask/python/openapi.txt`: `CROWFLY_SCHEMATHESIS`, or where `cargo xtask setup` puts it.
fn program() -> PathBuf {
    std::env::var_os("CROWFLY_SCHEMATHESIS").map_or_else(
        || root().join("target/tools/venv-openapi/bin/schemathesis"),
        PathBuf::from,
    )
}

fn number(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
    given.unwrap_or(usual)
}

/// The API keeps to the document for so many seconds of requests, right ones and wrong ones.
#[test]
fn the_api_keeps_to_its_openapi_document() {
    let api = new_caller();
    let folder = root().join("target/test/openapi");
    std::fs::create_dir_all(&folder).expect("a folder");
    let (seconds, seed) = (
        number("CROWFLY_OPENAPI_SECONDS", SECONDS),
        number("CROWFLY_SEED", SEED),
    );
    let output = Command::new(program())
        .arg("--config-file")
        .arg(root().join("tests/openapi/schemathesis.toml"))
        .args(["run", "--url", &oidc().api, "--checks", "all"])
        .args(["--max-time", &seconds.to_string(), "--seed", &seed.to_string()])
        .args(["--workers", "2", "--no-color", "--report", "json"])
        .arg("--report-json-path")
        .arg(folder.join("report.json"))
        .arg(root().join("docs/openapi.json"))
        .env("CROWFLY_TOKEN", &api.token)
        .current_dir(&folder)
        .output()
        .expect("schemathesis: run `cargo xtask setup`");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
