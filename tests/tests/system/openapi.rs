//! The API answers as `docs/openapi.json` says, and refuses what it forbids: requests made by schemathesis.

use std::path::{Path, PathBuf};
use std::process::Command;

use devkit::paths::root;
use serde_json::{Value, json};

use crate::common::{new_caller, oidc};

/// Seconds of a short run; `cargo xtask soak` gives more.
const SECONDS: u64 = 20;
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

/// The document as it is for this stack, so that fewer requests end at its policy: it gives no `state`, and takes these
/// types and sizes.
fn narrowed() -> Value {
    let text = std::fs::read_to_string(root().join("docs/openapi.json")).expect("the document");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    let schemas = &mut document["components"]["schemas"];
    for name in ["CreateItem", "SignPartsRequest", "CompleteRequest"] {
        let fields = schemas[name]["properties"].as_object_mut();
        let state = fields.and_then(|fields| fields.remove("state"));
        assert!(state.is_some(), "{name} has no state");
    }
    for (name, field, value) in [
        ("MediaType", "enum", json!(["video/webm", "text/plain"])),
        ("ByteSize", "maximum", json!(200 << 20)),
    ] {
        assert!(schemas[name].is_object(), "no schema {name}");
        schemas[name][field] = value;
    }
    document
}

/// The counts of a run, from the line `Test cases:` and the one below it.
fn generated(said: &str) -> u64 {
    let counts = said.split("Test cases:").nth(1).unwrap_or_default();
    let first = counts.split_whitespace().next().unwrap_or_default();
    first.parse().unwrap_or_default()
}

fn run(document: &Path, api: &str, token: &str, seconds: u64) -> (bool, String) {
    let seed = number("CROWFLY_SEED", SEED);
    let output = Command::new(program())
        .arg("--config-file")
        .arg(root().join("tests/openapi/schemathesis.toml"))
        .args(["run", "--url", api, "--checks", "all"])
        // A request that the schema allows may be refused by policy or state: a quota, a cursor of nobody, `..` in a path.
        // A gateway answers 404, not 405, where a path has no route for a method.
        .args([
            "--exclude-checks",
            "positive_data_acceptance,unsupported_method",
        ])
        .args([
            "--max-time",
            &seconds.to_string(),
            "--seed",
            &seed.to_string(),
        ])
        // One worker: threads that parse at the same time meet a fault of CPython 3.11.
        // https://github.com/python/cpython/issues/106905
        .args(["--workers", "1", "--no-color", "--warnings", "off"])
        .arg(document)
        .env("CROWFLY_TOKEN", token)
        .current_dir(document.parent().expect("a folder"))
        .output()
        .expect("schemathesis: run `cargo xtask setup`");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), said.concat())
}

/// The API keeps to the document for so many seconds of requests, right ones and wrong ones.
#[test]
fn the_api_keeps_to_its_openapi_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("openapi.json");
    let mut document = narrowed();
    std::fs::write(&file, document.to_string()).expect("a file");
    let api = &oidc().api;
    let seconds = number("CROWFLY_OPENAPI_SECONDS", SECONDS);
    let (good, said) = run(&file, api, &new_caller().token, seconds);
    println!("{said}");
    assert!(good, "{said}");
    assert!(generated(&said) > 100, "{said}");

    // What says something else is found.
    let listed = &mut document["paths"]["/uploads"]["get"];
    listed["responses"]["200"]["content"]["application/json"]["schema"] = json!({"type": "array"});
    document["paths"] = json!({"/uploads": {"get": listed.take()}});
    std::fs::write(&file, document.to_string()).expect("a file");
    let (good, said) = run(&file, api, &new_caller().token, 2);
    assert!(!good && said.contains("GET /uploads"), "{said}");
}
