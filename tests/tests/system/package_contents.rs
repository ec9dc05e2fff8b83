//! The contents of the published package and the deployed zips, and what must not be in them: A92 and A97.

use std::path::{Path, PathBuf};
use std::process::Command;

use devkit::paths::root;
use serde_json::{Value, json};

/// The output of a program, run in the root of the workspace.
#[track_caller]
fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let run = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output();
    let run = run.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(
        run.status.success(),
        "{program} {arguments:?}: {}",
        run.status
    );
    run.stdout
}

const TARBALL: &str = "target/npm/crowfly.tgz";
/// The functions that the stacks run.
const FUNCTIONS: [&str; 6] = ["presign", "forward", "record", "read", "sweep", "scanner"];

/// The names of the packed files, and the contents of one of them.
fn packed() -> Vec<String> {
    let names = String::from_utf8(output("tar", &["-tzf", TARBALL])).expect("names in UTF-8");
    names
        .lines()
        .filter_map(|name| name.strip_prefix("package/"))
        .map(str::to_owned)
        .collect()
}

fn unpacked(name: &str) -> Vec<u8> {
    output("tar", &["-xzOf", TARBALL, &format!("package/{name}")])
}

/// The contents of all files in a zip archive, concatenated.
fn unzipped(name: &str) -> Vec<u8> {
    let script = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
sys.stdout.buffer.write(b'\\n'.join(map(archive.read, archive.namelist())))";
    output(
        "target/tools/venv-local-aws/bin/python",
        &["-c", script, name],
    )
}

#[test]
fn a97_the_package_holds_what_it_lists_and_runs_nothing_when_installed() {
    let manifest: Value = serde_json::from_slice(&unpacked("package.json")).expect("JSON");
    for field in [
        "scripts",
        "dependencies",
        "optionalDependencies",
        "bundledDependencies",
        "bin",
        "gypfile",
        "binary",
    ] {
        assert_eq!(manifest[field], Value::Null, "{field}");
    }
    // The frameworks of the adapters, Uppy, and the AWS SDK of `crowfly/server`, which npm installs for nobody.
    let peers = manifest["peerDependencies"].as_object().expect("peers");
    let names: Vec<&str> = peers.keys().map(String::as_str).collect();
    let scoped = [
        "@aws-sdk/client-s3",
        "@aws-sdk/s3-request-presigner",
        "@uppy/core",
    ];
    assert_eq!(
        names,
        [&scoped[..], &["react", "solid-js", "svelte", "vue"]].concat()
    );
    for name in names {
        let optional = &manifest["peerDependenciesMeta"][name]["optional"];
        assert_eq!(optional, true, "{name}");
    }
    let mut expected: Vec<String> = manifest["files"]
        .as_array()
        .expect("a list of files")
        .iter()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect();
    expected.extend(["LICENSE", "README.md", "package.json"].map(str::to_owned));
    expected.sort();
    let mut found = packed();
    found.sort();
    assert_eq!(found, expected);
    let listed = |name: &str| found.iter().any(|found| found == name);
    for unwanted in [
        "binding.gyp",
        ".npmrc",
        "node_modules",
        "package-lock.json",
        ".env",
    ] {
        assert!(!listed(unwanted), "{unwanted}");
    }
    assert_eq!(manifest["name"], json!("crowfly"));
}

/// No page and no document of ours loads a script from elsewhere without an integrity hash:
/// <https://developer.mozilla.org/en-US/docs/Web/Security/Subresource_Integrity>.
#[test]
fn a97_a_script_from_elsewhere_has_an_integrity() {
    let files = String::from_utf8(output("git", &["ls-files"])).expect("names in UTF-8");
    let mut looked_at = 0;
    for name in files
        .lines()
        .filter(|name| name.ends_with(".html") || name.ends_with(".md"))
    {
        let text = std::fs::read_to_string(root().join(name)).unwrap_or_default();
        looked_at += 1;
        for tag in text
            .split("<script")
            .skip(1)
            .chain(text.split("<link").skip(1))
        {
            let tag = tag.split('>').next().unwrap_or_default();
            let from_elsewhere = ["src=\"http", "src=\"//", "href=\"http", "href=\"//"]
                .iter()
                .any(|source| tag.contains(source));
            assert!(
                !from_elsewhere || tag.contains("integrity="),
                "{name}: {tag}"
            );
        }
        let imports = ["from \"https://", "import(\"https://"];
        let bare = imports.iter().find(|import| text.contains(**import));
        assert_eq!(
            bare, None,
            "{name}: a module from elsewhere has no integrity"
        );
    }
    assert!(looked_at > 5, "{looked_at} pages and documents");
}

/// A text in `bytes` that looks like a key or a token.
fn secret(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let run =
        |rest: &str, allowed: fn(char) -> bool| rest.chars().take_while(|c| allowed(*c)).count();
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let base64url = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    for prefix in ["AKIA", "ASIA"] {
        for (at, _) in text.match_indices(prefix) {
            let rest = &text[at + prefix.len()..];
            // A key is a word of its own; the module as text, in base64, has such letters by chance.
            let alone = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
            let word = alone(text[..at].chars().next_back()) && alone(rest.chars().nth(16));
            // The example keys in AWS's documentation contain `EXAMPLE`.
            if word && run(rest, upper) == 16 && !rest[..16].contains("EXAMPLE") {
                return Some(format!("an access key at {at}"));
            }
        }
    }
    for (at, _) in text.match_indices("eyJ") {
        let rest = &text[at..];
        let header = run(rest, base64url);
        let next = &rest[header..];
        if header >= 20 && next.starts_with(".eyJ") && run(&next[1..], base64url) >= 20 {
            return Some(format!("a token at {at}"));
        }
    }
    let begin = concat!("-----", "BEGIN ");
    for (at, _) in text.match_indices(begin) {
        let line = text[at..].lines().next().unwrap_or_default();
        if line.contains("PRIVATE KEY") {
            return Some(format!("a private key at {at}"));
        }
    }
    let assigned = ["aws_secret_access_key", "SecretAccessKey"];
    for (at, name) in assigned.iter().flat_map(|name| text.match_indices(name)) {
        let rest = text[at + name.len()..].trim_start_matches([' ', '=', ':', '"', '\'']);
        let secret = |c: char| c.is_ascii_alphanumeric() || "+/".contains(c);
        if run(rest, secret) == 40 && !rest[..40].contains("EXAMPLE") {
            return Some(format!("a secret key at {at}"));
        }
    }
    None
}

#[test]
fn a92_what_looks_like_a_secret_is_found() {
    for text in [
        format!("key {}{}", "AKIA", "Z".repeat(16)),
        format!("\"{}{}\"", "ASIA", "7".repeat(16)),
        format!("{}{}.{}{}.x", "eyJ", "a".repeat(30), "eyJ", "b".repeat(30)),
        format!("-----{} RSA PRIVATE KEY-----", "BEGIN"),
        format!("aws_secret_access_key = {}", "a".repeat(40)),
    ] {
        assert!(secret(text.as_bytes()).is_some(), "{text}");
    }
    assert_eq!(
        secret(b"AKIAIOSFODNN7EXAMPLE eyJ.x -----BEGIN CERTIFICATE"),
        None
    );
    let inside = format!("wasm=\"IC{}{}sh\"", "AKIA", "Z".repeat(16));
    assert_eq!(secret(inside.as_bytes()), None);
}

#[test]
fn a92_no_key_is_in_git_in_the_package_or_in_the_functions() {
    let files = String::from_utf8(output("git", &["ls-files", "-z"])).expect("names in UTF-8");
    let files: Vec<&str> = files.split_terminator('\0').collect();
    assert!(
        files.contains(&"template.yaml") && files.len() > 300,
        "{}",
        files.len()
    );
    for name in files {
        let path: PathBuf = root().join(name);
        // Deleted, but not yet in git.
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        assert_eq!(secret(&bytes), None, "{name}");
    }
    let packed = packed();
    assert!(
        packed
            .iter()
            .any(|name| Path::new(name).extension().is_some_and(|end| end == "wasm"))
    );
    for name in packed {
        assert_eq!(secret(&unpacked(&name)), None, "{name} of the package");
    }
    // What the stacks run, and what `sam build` makes if it ran.
    for function in FUNCTIONS {
        let [debug, release] = ["lambda-debug", "lambda"]
            .map(|folder| format!("target/{folder}/{function}/bootstrap.zip"));
        let released = root().join(&release).is_file().then_some(release);
        for zip in [debug].into_iter().chain(released) {
            let program = unzipped(&zip);
            assert!(program.starts_with(b"\x7fELF"), "{zip}");
            assert_eq!(secret(&program), None, "{zip}");
        }
    }
}
