//! The dependency arrows of ARCHITECTURE.md, and house rules that no compiler checks.

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/modules.rs"]
mod modules;
#[path = "layers/tokens.rs"]
mod tokens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use circles::{Circle, circles};
use modules::Crate;

const OURS: &[&str] = &[
    "crowfly-contract",
    "crowfly-engine",
    "crowfly-webm",
    "crowfly",
    "crowfly-core",
    "crowfly-aws",
    "crowfly-lambdas",
    "crowfly-doctor",
    "crowfly-testing",
    "devkit",
    "e2e",
    "xtask",
];

/// Every crate that `package` depends on, directly or not, on any target, by ordinary dependencies.
fn reached(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none",
        ])
        .args(["--format", "{p}", "--package", package])
        .current_dir(devkit::paths::root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| *name != package)
        .map(str::to_owned)
        .collect()
}

/// Which of our own crates `package` depends on.
fn ours(package: &str) -> BTreeSet<String> {
    reached(package)
        .into_iter()
        .filter(|name| OURS.contains(&name.as_str()))
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_contract_reaches_serde_and_nothing_else() {
    let allowed = set(&[
        "serde",
        "serde_core",
        "serde_derive",
        "proc-macro2",
        "quote",
        "syn",
        "unicode-ident",
    ]);
    let reached = reached("crowfly-contract");
    assert!(
        reached.contains("serde"),
        "cargo tree was read wrongly: {reached:?}"
    );
    assert_eq!(
        reached.difference(&allowed).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn the_engine_reaches_no_browser_no_runtime_no_clock_and_no_randomness() {
    let forbidden = [
        "web-sys",
        "js-sys",
        "wasm-bindgen",
        "tokio",
        "async-std",
        "smol",
        "web-time",
        "getrandom",
        "rand",
        "chrono",
        "time",
        "reqwest",
        "hyper",
    ];
    let reached = reached("crowfly-engine");
    let found: Vec<_> = forbidden
        .iter()
        .filter(|name| reached.contains(**name))
        .collect();
    assert!(found.is_empty(), "the engine reaches {found:?}");
}

/// It becomes part of the module that each visitor loads.
#[test]
fn recordings_are_read_without_any_other_crate() {
    assert_eq!(reached("crowfly-webm"), set(&[]));
}

#[test]
fn the_backend_core_reaches_no_aws_and_no_lambda() {
    let reached = reached("crowfly-core");
    let found: Vec<_> = reached
        .iter()
        .filter(|name| name.starts_with("aws") || name.contains("lambda") || *name == "tokio")
        .collect();
    assert!(found.is_empty(), "backend/core reaches {found:?}");
}

#[test]
fn nothing_goes_from_client_to_backend_or_back_and_nothing_sees_the_tests() {
    assert_eq!(ours("crowfly-contract"), set(&[]));
    assert_eq!(ours("crowfly-engine"), set(&["crowfly-contract"]));
    assert_eq!(ours("crowfly-webm"), set(&[]));
    assert_eq!(
        ours("crowfly"),
        set(&["crowfly-contract", "crowfly-engine"])
    );
    assert_eq!(ours("crowfly-core"), set(&["crowfly-contract"]));
    assert_eq!(
        ours("crowfly-aws"),
        set(&["crowfly-contract", "crowfly-core"])
    );
    assert_eq!(
        ours("crowfly-lambdas"),
        set(&["crowfly-contract", "crowfly-core", "crowfly-aws"])
    );
    assert_eq!(
        ours("crowfly-testing"),
        set(&["crowfly-contract", "crowfly-core"])
    );
    assert_eq!(ours("devkit"), set(&[]));
    assert_eq!(
        ours("e2e"),
        set(&["crowfly-contract", "crowfly-engine", "devkit"])
    );
    assert_eq!(ours("crowfly-doctor"), set(&["crowfly-contract"]));
    assert_eq!(
        ours("xtask"),
        set(&["crowfly-contract", "crowfly-doctor", "devkit"])
    );
}

/// Files tracked by git with one of these endings, below one of these folders.
fn sources(folders: &[&str], endings: &[&str]) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--"])
        .args(folders)
        .current_dir(devkit::paths::root())
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("paths in UTF-8")
        .split('\0')
        .map(PathBuf::from)
        .filter(|path| {
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or_default();
            endings.is_empty() || endings.contains(&ending)
        })
        .filter(|path| devkit::paths::root().join(path).is_file())
        .collect()
}

fn read(path: &Path) -> String {
    std::fs::read(devkit::paths::root().join(path))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Modules in a dependency cycle.
type Known = &'static [&'static str];

/// The libraries that are published, deployed, or shared by tests and commands, and the cycles that each may still have.
const LIBRARIES: &[(&str, &[Known])] = &[
    ("contract", &[]),
    ("engine", &[]),
    ("webm", &[]),
    ("client-wasm", &[]),
    ("backend/core", &[]),
    ("backend/aws", &[]),
    ("backend/lambdas", &[]),
    ("devkit", &[]),
];

/// An exception that is no longer needed fails too: it would hide the return of its cycle.
#[test]
fn modules_use_each_other_one_way() {
    let source = |path: &Path| std::fs::read_to_string(devkit::paths::root().join(path)).ok();
    let mut wrong = Vec::new();
    for (library, allowed) in LIBRARIES {
        let root = Path::new(library).join("src/lib.rs");
        let found = circles(&Crate::of(&root, &source));
        for Circle { modules, uses } in &found {
            if !allowed.iter().any(|known| modules == known) {
                let uses = uses.iter();
                let uses = uses
                    .map(|(who, whom)| format!("\n  {} uses {}", who.display(), whom.display()));
                wrong.push(format!(
                    "{library}: a circle of {modules:?}{}",
                    uses.collect::<String>()
                ));
            }
        }
        for gone in *allowed {
            if !found.iter().any(|circle| circle.modules == *gone) {
                wrong.push(format!(
                    "{library}: there is no circle of {gone:?} any more"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The published scripts only start the module: uploads and API calls are made in Rust.
#[test]
fn no_script_sends_a_file_or_calls_the_api() {
    // Locating the module and the worker, and detecting a browser.
    const STARTING: [(&str, &str); 3] = [
        ("module.js", "value = await fetch(address);"),
        ("fallback.js", "await fetch(url)"),
        ("start.js", "\"XMLHttpRequest\" in globalThis"),
    ];
    let scripts = sources(&["client-wasm/js", "client-wasm/npm"], &["js"]);
    assert!(scripts.len() > 5, "git was read wrongly: {scripts:?}");
    let mut found = Vec::new();
    for path in scripts {
        let name = path.file_name().unwrap_or_default();
        for line in read(&path).lines() {
            let code = line.split("//").next().unwrap_or_default();
            let sends = ["XMLHttpRequest", "fetch(", "sendBeacon"]
                .iter()
                .any(|word| code.contains(word));
            let starts = STARTING
                .iter()
                .any(|(script, use_of)| name == *script && code.contains(use_of));
            // The text of an error.
            let says = name == "fallback.js" && code.contains("there is no XMLHttpRequest");
            if sends && !starts && !says {
                found.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The crates that the browser client is built on.
#[test]
fn the_client_is_built_on_the_crates_of_the_field() {
    let reached = reached("crowfly");
    for name in [
        "wasm-bindgen",
        "web-sys",
        "js-sys",
        "gloo-net",
        "serde-wasm-bindgen",
    ] {
        assert!(reached.contains(name), "{name} is not used");
    }
    let manifest = read(Path::new("client-wasm/Cargo.toml"));
    assert!(manifest.contains("wasm-bindgen-test"), "no browser tests");
}

#[test]
fn a_file_holds_one_idea() {
    let sources = sources(&["."], &["rs", "js", "mjs", "ts", "py", "css"]);
    assert!(sources.len() > 20, "git was read wrongly: {sources:?}");
    let long: Vec<_> = sources
        .iter()
        .map(|path| (read(path).lines().count(), path))
        .filter(|(lines, _)| *lines > 400)
        .collect();
    assert!(long.is_empty(), "longer than 400 lines: {long:?}");
}

#[test]
fn every_library_forbids_unsafe_code() {
    for path in [
        "contract/src/lib.rs",
        "engine/src/lib.rs",
        "webm/src/lib.rs",
        "client-wasm/src/lib.rs",
        "backend/core/src/lib.rs",
        "backend/aws/src/lib.rs",
        "backend/lambdas/src/lib.rs",
        "backend/testing/src/lib.rs",
        "devkit/src/lib.rs",
        "tests/src/lib.rs",
    ] {
        assert!(
            read(Path::new(path)).contains("#![forbid(unsafe_code)]"),
            "{path}"
        );
    }
}

/// A92: no key and no token in the sources.
#[test]
fn a92_no_secret_is_in_the_repository() {
    let marks = [
        "-----BEGIN RSA PRIVATE",
        "-----BEGIN PRIVATE",
        "-----BEGIN EC PRIVATE",
        "aws_session_token",
    ];
    for path in sources(&["."], &[]) {
        let text = read(&path);
        let found: Vec<_> = marks.iter().filter(|mark| text.contains(**mark)).collect();
        // This file contains the patterns themselves.
        assert!(
            found.is_empty() || path.ends_with("tests/layers.rs"),
            "{}: {found:?}",
            path.display()
        );
    }
}
