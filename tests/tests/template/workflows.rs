//! The workflows of GitHub: what they may do, and what they run. `cargo xtask test --only package` checks them against
//! GitHub's schema.

use std::process::Command;

use serde_json::{Value, json};

use super::document::read;

const CI: &str = ".github/workflows/ci.yml";
const RELEASE: &str = ".github/workflows/release.yml";

fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    let steps = jobs.flat_map(|job| job["steps"].as_array().unwrap());
    steps.collect()
}

/// A tag can be moved to other code, a commit cannot.
#[test]
fn every_action_is_pinned_to_a_commit() {
    let pinned = |uses: &str| {
        let (name, commit) = uses.split_once('@').unwrap_or_default();
        let hex = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        name.contains('/') && commit.len() == 40 && hex
    };
    for file in [CI, RELEASE] {
        let workflow = read(file);
        let uses = steps(&workflow).into_iter();
        let uses: Vec<_> = uses.filter_map(|step| step["uses"].as_str()).collect();
        assert!(uses.len() > 3, "{file}: {uses:?}");
        for action in uses {
            assert!(pinned(action), "{file}: {action}");
        }
    }
    assert!(!pinned("actions/checkout@v4"));
}

/// A workflow reads the repository. The job that publishes may also ask for an identity, and the one after it write releases;
/// neither has a build, nor anything of the repository.
#[test]
fn only_the_jobs_that_publish_have_rights() {
    for file in [CI, RELEASE] {
        let workflow = read(file);
        assert_eq!(
            workflow["permissions"],
            json!({"contents": "read"}),
            "{file}"
        );
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            let expected = match (file, name.as_str()) {
                (RELEASE, "publish") => json!({"contents": "read", "id-token": "write"}),
                (RELEASE, "release") => json!({"contents": "write"}),
                _ => Value::Null,
            };
            let publishes = !expected.is_null();
            assert_eq!(job["permissions"], expected, "{file}: {name}");
            assert!(job["timeout-minutes"].is_number(), "{file}: {name}");
            let text = job.to_string();
            assert!(!text.contains("secrets."), "{file}: {name} reads a secret");
            for own in ["actions/checkout", "cargo"] {
                assert!(!publishes || !text.contains(own), "{name}: {own}");
            }
        }
        for step in steps(&workflow) {
            if step["uses"]
                .as_str()
                .is_some_and(|uses| uses.contains("/checkout@"))
            {
                assert_eq!(step["with"]["persist-credentials"], false, "{file}");
            }
        }
    }
}

#[test]
fn a_tag_publishes_what_was_tested_with_its_provenance() {
    let workflow = read(RELEASE);
    assert_eq!(workflow["on"], json!({"push": {"tags": ["v*"]}}));
    let publish = &workflow["jobs"]["publish"];
    assert_eq!(publish["needs"], "test");
    assert_eq!(publish["environment"], "npm");
    let run = |job: &Value| -> Vec<String> {
        let steps = job["steps"].as_array().unwrap().iter();
        steps
            .filter_map(|step| Some(step["run"].as_str()?.to_owned()))
            .collect()
    };
    let command = "npm publish ./crowfly.tgz --provenance --access public --ignore-scripts";
    assert_eq!(run(publish), [command]);
    let test = &workflow["jobs"]["test"];
    assert!(run(test).contains(&".ci/run".to_owned()));
    let uploaded = steps(&workflow)
        .into_iter()
        .find(|step| step["with"]["path"].is_string());
    assert_eq!(uploaded.unwrap()["with"]["path"], "target/npm/crowfly.tgz");
}

/// Built after the tests, in their job; attached with its checksum once the package is published.
#[test]
fn a_tag_has_the_kit_for_both_processors_with_its_checksum() {
    let workflow = read(RELEASE);
    let job = |name: &str| {
        let steps = workflow["jobs"][name]["steps"].as_array().unwrap();
        let place = |what: &str| {
            steps
                .iter()
                .position(|step| step.to_string().contains(what))
        };
        (steps, move |what: &str| {
            place(what).unwrap_or_else(|| panic!("no {what}"))
        })
    };
    let (steps, place) = job("test");
    let built = place("cargo xtask kit");
    assert!(place(".ci/run") < built);
    let run = steps[built]["run"].as_str().unwrap();
    assert!(!run.contains("--architecture"), "both: {run}");
    let uploaded = place("\"name\":\"kit\"");
    assert!(built < uploaded);
    let files = steps[uploaded]["with"]["path"].as_str().unwrap();
    let files: Vec<&str> = files.lines().collect();
    let both = [
        "target/kit/crowfly-*.zip",
        "target/kit/crowfly-*.zip.sha256",
    ];
    assert_eq!(files, both);

    assert_eq!(workflow["jobs"]["release"]["needs"], "publish");
    let (steps, place) = job("release");
    let checked = place("sha256sum --check crowfly-*.zip.sha256");
    let created = place("gh release create");
    assert!(place("\"name\":\"kit\"") < checked && checked < created);
    let run = steps[created]["run"].as_str().unwrap();
    assert!(run.contains("crowfly-*.zip crowfly-*.zip.sha256"), "{run}");
    assert!(run.contains("--verify-tag"), "{run}");
}

/// The step is run here, in a copy of what it reads.
#[test]
fn a_tag_that_is_not_the_version_publishes_nothing() {
    let workflow = read(RELEASE);
    let all = steps(&workflow);
    let step = all
        .iter()
        .find(|step| step["name"] == "The tag is the version");
    let script = step.unwrap()["run"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(path("client-wasm/npm")).unwrap();
    std::fs::write(
        path("client-wasm/npm/package.json"),
        r#"{"version":"1.2.0"}"#,
    )
    .unwrap();
    let passes = |tag: &str, changes: &str| {
        std::fs::write(path("CHANGELOG.md"), changes).unwrap();
        // As GitHub runs it: a failed command ends the step.
        let bash = Command::new("bash")
            .args(["-e", "-c", script])
            .current_dir(folder.path())
            .env("GITHUB_REF_NAME", tag)
            .status();
        bash.unwrap().success()
    };
    assert!(passes("v1.2.0", "# Changelog\n\n## 1.2.0 - 2026-12-01\n"));
    assert!(!passes("v1.2.1", "## 1.2.0\n"));
    assert!(!passes("v1.2", "## 1.2.0\n"));
    assert!(!passes("v1.2.0", "## Unreleased\n"));
}

/// The package's version is the workspace's.
#[test]
fn one_version() {
    let text = |path: &str| std::fs::read_to_string(devkit::paths::root().join(path)).unwrap();
    let manifest: Value = serde_json::from_str(&text("client-wasm/npm/package.json")).unwrap();
    let version = format!("\nversion = {}\n", manifest["version"]);
    assert!(text("Cargo.toml").contains(&version), "{version}");
}
