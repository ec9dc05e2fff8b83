//! The documentation matches the code.
#![forbid(unsafe_code)]

#[path = "docs/deploy_page.rs"]
mod deploy_page;
#[path = "docs/pages.rs"]
mod pages;
#[path = "docs/server_page.rs"]
mod server_page;
#[path = "docs/servers.rs"]
mod servers;
#[path = "docs/signer_page.rs"]
mod signer_page;

use std::collections::HashSet;
use std::path::PathBuf;

use crowfly_contract::ErrorCode;
use crowfly_engine::State;
use devkit::paths::root;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cells of the table below a heading, row by row, without the head.
fn table(text: &str, heading: &str) -> Vec<Vec<String>> {
    let section = text
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no section {heading}"))
        .1;
    let section = section.split("\n## ").next().unwrap_or_default();
    let lines = section.lines().filter(|line| line.starts_with('|'));
    let rows = lines.skip(2).map(|line| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    });
    rows.collect()
}

/// What the code documents about each error code.
fn documented() -> Vec<(String, String)> {
    let source = read("contract/src/code.rs");
    let mut codes = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            words.push(text.trim());
        } else {
            let code = line
                .split_once(" = \"")
                .and_then(|(_, rest)| rest.split_once('"'));
            if let Some((code, _)) = code {
                codes.push((code.to_owned(), words.join(" ")));
            }
            words.clear();
        }
    }
    codes
}

#[test]
fn every_error_code_is_in_the_table_with_its_status_and_its_meaning() {
    let meanings = documented();
    let meaning = |code: &str| {
        let found = meanings.iter().find(|(other, _)| other == code);
        found
            .unwrap_or_else(|| panic!("{code} is not documented"))
            .1
            .clone()
    };
    let expected: Vec<Vec<String>> = ErrorCode::ALL
        .iter()
        .map(|code| {
            let status = code.http_status();
            vec![
                format!("`{code}`"),
                status.map_or(String::new(), |status| status.to_string()),
                if code.retryable() { "yes" } else { "" }.to_owned(),
                meaning(code.as_str()),
            ]
        })
        .collect();
    let found = table(&read("docs/SDK.md"), "Error codes");
    let should: Vec<String> = expected
        .iter()
        .map(|row| format!("| {} |", row.join(" | ")))
        .collect();
    assert_eq!(
        found,
        expected,
        "the table should be\n{}",
        should.join("\n")
    );
}

/// The comment before each code in the package's types, as one line.
fn commented(types: &str) -> Vec<(String, String)> {
    let union = types.split_once("export type UploadErrorCode =");
    let mut codes = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for line in union.map_or("", |(_, rest)| rest).lines().map(str::trim) {
        if let Some(code) = line.strip_prefix("| \"") {
            codes.push((
                code.trim_end_matches(['"', ';']).to_owned(),
                words.join(" "),
            ));
            words.clear();
        } else {
            let text = line.trim_start_matches(['/', '*']).trim_end_matches("*/");
            words.extend(text.split_whitespace());
        }
    }
    codes
}

#[test]
fn the_types_say_of_every_error_code_what_it_means() {
    let mut found = commented(&read("client-wasm/npm/errors.d.ts"));
    let newer = found.pop().map(|(code, _)| code);
    assert_eq!(newer.as_deref(), Some(ErrorCode::Unknown.as_str()));
    let known = |code: &str| ErrorCode::ALL.iter().any(|other| other.as_str() == code);
    let meanings = documented().into_iter();
    let mut expected: Vec<_> = meanings.filter(|(code, _)| known(code)).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn every_state_is_in_the_table() {
    let states = [
        State::Queued,
        State::Hashing,
        State::Uploading,
        State::Paused,
        State::Waiting,
        State::Stored,
        State::Processed,
        State::Failed,
        State::Aborted,
    ];
    let expected: Vec<String> = states.map(|state| format!("`{}`", state.as_str())).into();
    let found = table(&read("docs/SDK.md"), "States");
    let found: Vec<&String> = found.iter().filter_map(|row| row.first()).collect();
    assert_eq!(found, expected.iter().collect::<Vec<_>>());
    let types = read("client-wasm/npm/api.d.ts");
    let union = types
        .split_once("export type UploadState =")
        .map(|(_, rest)| rest);
    let union = union
        .and_then(|rest| rest.split_once(';'))
        .map(|(union, _)| union);
    let named: Vec<&str> = union
        .unwrap_or_default()
        .split('"')
        .skip(1)
        .step_by(2)
        .collect();
    assert_eq!(named, states.map(State::as_str));
}

/// The names of all functions and JavaScript test cases below these folders.
fn names(folders: &[&str]) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = open.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            open.extend(entries.flatten().map(|entry| entry.path()));
        } else if path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "js")
        {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            // A runner of its own lists its cases by name.
            let cases = path.ends_with("cases.rs");
            for before in ["fn ", "async ", if cases { "\"" } else { "async " }] {
                for (at, _) in text.match_indices(before) {
                    let rest = &text[at + before.len()..];
                    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                    names.insert(rest[..end.unwrap_or(rest.len())].to_owned());
                }
            }
        }
    }
    names
}

#[test]
fn every_test_that_the_promises_name_is_there() {
    let known = names(&[
        "backend",
        "client-wasm/src",
        "client-wasm/tests",
        "contract",
        "engine",
        "tests",
        "webm",
        "xtask/src",
    ]);
    let promises = read("docs/ACCEPTANCE.md");
    let named: Vec<&str> = promises
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| !name.contains([' ', '/']) && name.contains('_'))
        .collect();
    assert!(named.len() > 40, "{} names", named.len());
    for name in named {
        assert!(known.contains(name), "there is no test {name}");
    }
    let lines: Vec<u32> = promises
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    assert!(lines.len() >= 47, "{lines:?}");
    assert!(
        lines.iter().zip(1..).all(|(line, at)| *line == at),
        "{lines:?}"
    );
}

/// The README installs the tools that the tests run with.
#[test]
fn d1_the_readme_installs_the_versions_that_are_tested() {
    assert!(read("README.md").contains("\npip install -r requirements.txt\n"));
    let requirements = read("requirements.txt");
    let packages: Vec<&str> = requirements
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(packages.len(), 3, "{requirements}");
    let locked = ["sam", "lambda", "aws"].map(|name| read(&format!("xtask/python/{name}.txt")));
    for package in packages {
        let start = format!("{package} ");
        assert!(
            locked
                .iter()
                .any(|file| file.lines().any(|line| line.starts_with(&start))),
            "{package} is no version of xtask/python"
        );
    }
}

/// A person who reads one of the SDK's own sentences finds there what to do.
#[test]
fn every_sentence_of_a_failure_is_explained() {
    let source = read("engine/src/failure.rs");
    let body = source.split("fn sentence(").nth(1).expect("the sentences");
    let sentences: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
    assert!(sentences.len() > 15, "the sentences were read wrongly");
    let manual = read("docs/SDK.md");
    let trouble = manual.split("## In trouble").nth(1).expect("the section");
    let trouble = trouble.split("\n## ").next().unwrap_or_default();
    // The application itself has done these.
    let own = ["", "the upload was aborted", "the client was closed"];
    for sentence in sentences {
        let known = own.contains(&sentence) || trouble.contains(sentence);
        assert!(known, "docs/SDK.md does not explain: {sentence}");
    }
}

/// Every code of the doctor is in the manual.
#[test]
fn every_finding_of_the_doctor_is_explained() {
    let manual = read("docs/SDK.md");
    let section = manual.split("## The doctor").nth(1).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let sources = [
        "api",
        "storage",
        "token",
        "page",
        "page/probe",
        "probe",
        "operator/issuer",
    ];
    for source in sources {
        let text = read(&format!("doctor/src/{source}.rs"));
        for call in text.split("Finding::bad(").skip(1) {
            // A code in a variable is that of a call in the same file.
            let Some(rest) = call.trim_start().strip_prefix('"') else {
                continue;
            };
            let code = rest.split('"').next().unwrap_or_default();
            let known = section.contains(&format!("`{code}`"));
            assert!(known, "docs/SDK.md does not explain {code} of {source}.rs");
        }
    }
}
