//! `docs/PARAMETERS.md`: a row for each parameter, with its default, the tests that show it, and a page that explains it; and the
//! groups in which the console shows them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::document::template;

/// A row: parameter, default, purpose, tests of the template, tests of the system, page.
type Row = [String; 6];

fn root() -> PathBuf {
    devkit::paths::root().to_path_buf()
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/PARAMETERS.md")).unwrap()
}

/// The rows below each heading.
fn groups() -> Vec<(String, Vec<Row>)> {
    let page = page();
    let sections = page.split("\n### ").skip(1);
    let groups = sections.filter_map(|section| {
        let (heading, rest) = section.split_once('\n')?;
        let rows: Vec<Row> = rest
            .split("\n## ")
            .next()?
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| {
                let cells = line.trim_matches('|').split('|');
                let cells: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
                cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"))
            })
            .collect();
        (!rows.is_empty()).then(|| (heading.to_owned(), rows))
    });
    groups.collect()
}

fn rows() -> Vec<Row> {
    groups().into_iter().flat_map(|(_, rows)| rows).collect()
}

/// The texts in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The names of all tests below a folder.
fn tests(folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                let tests = code.split("test]\n").skip(1);
                let names = tests.filter_map(|rest| {
                    Some(rest.split_once("fn ")?.1.split_once('(')?.0.to_owned())
                });
                found.extend(names);
            }
        }
    }
    found
}

#[test]
fn each_parameter_has_a_row_with_its_default() {
    let parameters = template()["Parameters"].as_object().unwrap();
    let listed: Vec<String> = rows()
        .iter()
        .map(|row| row[0].trim_matches('`').to_owned())
        .collect();
    let mut names: Vec<&String> = listed.iter().collect();
    names.sort();
    let mut known: Vec<&String> = parameters.keys().collect();
    known.sort();
    assert_eq!(names, known, "each parameter once");
    for row in rows() {
        let name = row[0].trim_matches('`');
        let default = match &parameters[name]["Default"] {
            Value::Null => "none".to_owned(),
            Value::String(text) if text.is_empty() => "empty".to_owned(),
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        // The list of types is too long for a cell.
        if name != "AllowedTypes" {
            assert_eq!(row[1], default, "{name}");
        }
    }
}

#[test]
fn each_row_names_tests_that_exist_and_a_page_that_names_it() {
    let (of_template, of_system) = (tests("tests/tests/template"), tests("tests/tests/system"));
    let elsewhere = tests("backend");
    assert!(of_system.len() > 100 && of_template.len() > 50 && elsewhere.len() > 50);
    for row in rows() {
        let name = row[0].trim_matches('`');
        assert!(row[2].len() > 8, "{name}: what is it for?");
        let named = quoted(&row[3]);
        assert!(!named.is_empty(), "{name} has no test of the template");
        for test in named {
            assert!(of_template.contains(test), "{name}: {test}");
        }
        let named = quoted(&row[4]);
        match row[4].strip_prefix("none: ") {
            Some(reason) => assert!(reason.len() > 10, "{name}: why not?"),
            None => assert!(!named.is_empty(), "{name} has no test of the system"),
        }
        for test in named.into_iter().filter(|test| test.contains('_')) {
            assert!(
                of_system.contains(test) || elsewhere.contains(test),
                "{name}: {test}"
            );
        }
        let text = match row[5].split_once("](") {
            None => page(),
            Some((_, target)) => explained(target.trim_end_matches(')')),
        };
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("| `") || line.matches('|').count() != 7);
        let told: Vec<&str> = lines.collect();
        assert!(told.join("\n").contains(name), "{name}: {}", row[5]);
    }
}

/// The page, or the section of a page, that a link of `docs/` leads to.
fn explained(target: &str) -> String {
    let (file, section) = target.split_once('#').unwrap_or((target, ""));
    let file = match file {
        "" => Path::new("docs/PARAMETERS.md").to_path_buf(),
        file => Path::new("docs").join(file),
    };
    let text = std::fs::read_to_string(root().join(&file));
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if section.is_empty() {
        return text;
    }
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|c| c.is_alphanumeric() || " -".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    let mut lines = text
        .lines()
        .skip_while(|line| !line.starts_with('#') || anchor(line) != section);
    let heading = lines
        .next()
        .unwrap_or_else(|| panic!("no section {target}"));
    let body = lines.take_while(|line| !line.starts_with("## "));
    [heading]
        .into_iter()
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The console shows parameters that no group names at its end, without a label.
#[test]
fn the_console_shows_each_parameter_in_one_group_with_a_label() {
    let interface = &template()["Metadata"]["AWS::CloudFormation::Interface"];
    let found: Vec<(String, Vec<String>)> = interface["ParameterGroups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let names = group["Parameters"].as_array().unwrap().iter();
            let names = names
                .map(|name| name.as_str().unwrap().to_owned())
                .collect();
            (
                group["Label"]["default"].as_str().unwrap().to_owned(),
                names,
            )
        })
        .collect();
    let listed = groups().into_iter().map(|(heading, rows)| {
        let names = rows.iter().map(|row| row[0].trim_matches('`').to_owned());
        (heading, names.collect())
    });
    assert_eq!(found, listed.collect::<Vec<(String, Vec<String>)>>());
    let labels = interface["ParameterLabels"].as_object().unwrap();
    let parameters = template()["Parameters"].as_object().unwrap();
    let labelled: BTreeSet<&String> = labels.keys().collect();
    assert_eq!(labelled, parameters.keys().collect());
    for (name, label) in labels {
        let label = label["default"].as_str().unwrap();
        assert!(label.len() > 5 && label != name, "{name}: {label}");
    }
}

/// The policy that the page has for a key, which nothing here can try: whom it lets in, and to what.
#[test]
fn the_policy_of_the_key_lets_in_the_services_that_use_it() {
    let page = page();
    let (_, rest) = page.split_once("```json\n").expect("a policy");
    let policy: Value = serde_json::from_str(rest.split("```").next().unwrap()).expect("JSON");
    let statements = policy["Statement"].as_array().unwrap();
    let statement = |sid: &str| statements.iter().find(|one| one["Sid"] == sid).unwrap();
    let events = statement("EventsToTheQueue");
    for service in ["s3.amazonaws.com", "events.amazonaws.com"] {
        assert!(
            events["Principal"].to_string().contains(service),
            "{service}"
        );
    }
    for action in ["kms:GenerateDataKey", "kms:Decrypt"] {
        assert!(events["Action"].to_string().contains(action), "{action}");
    }
    let groups = &statement("Logs")["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"];
    for (name, group) in crate::document::of_type("AWS::Logs::LogGroup") {
        let path = group["Properties"]["LogGroupName"]["Fn::Sub"]
            .as_str()
            .unwrap();
        let path = path.replace("${AWS::StackName}", "crowfly");
        let (folder, _) = path.rsplit_once('/').unwrap();
        assert!(
            groups.to_string().contains(&format!(":{folder}/*")),
            "{name}"
        );
    }
    for statement in statements
        .iter()
        .filter(|one| one["Sid"] != "PoliciesOfThisAccount")
    {
        assert!(statement["Condition"].is_object(), "{statement}");
    }
}
