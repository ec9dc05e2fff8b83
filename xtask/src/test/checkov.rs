//! checkov over the template as it is deployed, against the findings that we keep with a reason.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::python;
use crate::{files, paths, step};

/// What checkov reads, and we: the findings that are kept.
const KEPT: &str = "xtask/lint/checkov.yaml";

/// Parameters of a stack.
type Parameters = &'static [(&'static str, &'static str)];

/// The template is judged with each of these parameters, and defaults for the others.
const VARIANTS: &[(&str, Parameters)] = &[
    ("defaults", &[]),
    (
        "everything",
        &[
            ("AlarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:alarms"),
            ("EventRoute", "lambda"),
            ("JwtAudience", "uploads"),
            ("JwtIssuer", "https://id.example.com/"),
            ("PublicRead", "acl"),
            ("ScanUploads", "on"),
            ("Tracing", "on"),
        ],
    ),
    (
        "own key",
        &[
            (
                "KmsKeyArn",
                "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            ),
            ("Versioning", "on"),
        ],
    ),
];

/// A finding that is kept.
#[derive(Debug, PartialEq, Eq)]
struct Kept<'a> {
    check: &'a str,
    /// The parameter and the value with which alone it is found.
    with: Option<(&'a str, &'a str)>,
}

/// Compares the findings of each variant with those that are kept.
///
/// # Errors
/// If one is missing in the list, or not needed in it any more.
pub(super) fn check() -> Result<(), Error> {
    let text = files::text(&paths::root().join(KEPT))?;
    let kept = kept(&text)?;
    for (name, parameters) in VARIANTS {
        let found = step::step(&format!("checkov, {name}"), || found(name, parameters))?;
        compare(&kept, parameters, &found)
            .map_err(|what| Error::failed(format!("checkov, {name}: {what}; see {KEPT}")))?;
    }
    Ok(())
}

/// The checks that fail for the template with these parameters.
fn found(name: &str, parameters: Parameters) -> Result<BTreeSet<String>, Error> {
    let resolved = paths::target().join(format!("lint/{}.json", name.replace(' ', "-")));
    files::write(&resolved, "")?;
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    Cmd::new(python::sam()?.join("python"))
        .words("xtask/lint/resolve.py template.yaml")
        .arg(&resolved)
        .args(pairs)
        .log("resolve")
        .run()?;
    let report = Cmd::new(python::checkov()?.join("checkov"))
        .args(["--config-file", KEPT, "--file"])
        .arg(&resolved)
        // In place of the file's list, so that an entry without finding shows.
        .words("--skip-check NONE --soft-fail --output json")
        .log("checkov");
    let report: Value = files::json("checkov's report", report.output()?)?;
    let failed = report["results"]["failed_checks"].as_array();
    let Some(failed) = failed else {
        return Err(Error::failed("checkov reports no list of findings"));
    };
    let ids = failed.iter().filter_map(|check| check["check_id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

/// The list in [`KEPT`]: `- CHECK # reason`.
fn kept(text: &str) -> Result<Vec<Kept<'_>>, Error> {
    let listed = text.split_once("\nskip-check:\n").map(|(_, list)| list);
    let lines = listed.unwrap_or_default().lines();
    let entries = lines.filter_map(|line| line.trim().strip_prefix("- "));
    entries
        .map(|entry| {
            let (check, reason) = entry
                .split_once(" # ")
                .ok_or_else(|| Error::failed(format!("{KEPT} has no reason for {entry}")))?;
            let with = reason
                .strip_prefix("with ")
                .and_then(|rest| rest.split_once(": "))
                .and_then(|(parameter, _)| parameter.split_once('='));
            Ok(Kept { check, with })
        })
        .collect()
}

fn compare(kept: &[Kept], parameters: Parameters, found: &BTreeSet<String>) -> Result<(), String> {
    let value = |name: &str| {
        let own = parameters.iter().find(|(parameter, _)| *parameter == name);
        own.map_or("", |(_, value)| value)
    };
    let counts = |kept: &&Kept| kept.with.is_none_or(|(name, with)| value(name) == with);
    let expected: BTreeSet<&str> = kept.iter().filter(counts).map(|kept| kept.check).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let list = |left: &BTreeSet<&str>, right: &BTreeSet<&str>| {
        let only: Vec<_> = left.difference(right).copied().collect();
        only.join(", ")
    };
    let (new, gone) = (list(&found, &expected), list(&expected, &found));
    match (new.is_empty(), gone.is_empty()) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("{new} is not listed")),
        (true, false) => Err(format!("{gone} is listed and not found")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KEPT, VARIANTS, compare, kept};
    use crate::{files, paths};

    const LIST: &str =
        "quiet: true\nskip-check:\n  # a title\n  - A1 # because\n  - B2 # with P=on: because\n";

    fn found(checks: &[&str]) -> BTreeSet<String> {
        checks.iter().map(|check| (*check).to_owned()).collect()
    }

    #[test]
    fn a_new_finding_fails_and_so_does_an_entry_that_finds_nothing() {
        let kept = kept(LIST).expect("two entries");
        let with = &[("P", "on")];
        assert_eq!(compare(&kept, &[], &found(&["A1"])), Ok(()));
        assert_eq!(compare(&kept, with, &found(&["A1", "B2"])), Ok(()));
        for (parameters, checks, named) in [
            (
                &[] as super::Parameters,
                &["A1", "B2"][..],
                "B2 is not listed",
            ),
            (&[], &["A1", "C3"], "C3 is not listed"),
            (&[], &[], "A1 is listed and not found"),
            (with, &["A1"], "B2 is listed and not found"),
        ] {
            let error = compare(&kept, parameters, &found(checks)).expect_err(named);
            assert_eq!(error, named);
        }
    }

    #[test]
    fn every_entry_has_a_reason() {
        assert!(kept("\nskip-check:\n  - A1\n").is_err());
        let text = files::text(&paths::root().join(KEPT)).expect("the list");
        let entries = kept(&text).expect("reasons");
        assert!(entries.len() > 5, "{entries:?}");
        let known = |pair| VARIANTS.iter().any(|(_, all)| all.contains(&pair));
        for (name, value) in entries.iter().filter_map(|entry| entry.with) {
            assert!(value.is_empty() || known((name, value)), "{name}={value}");
        }
    }
}
