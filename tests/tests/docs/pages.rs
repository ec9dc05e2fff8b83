//! `docs/SUMMARY.md` has every page, and a guide says what a test does.

use devkit::paths::root;

use crate::read;

/// A page that the summary lacks is in no site and no `llms.txt`.
#[test]
fn every_page_is_in_the_summary() {
    let summary = read("docs/SUMMARY.md");
    let mut pages = 0;
    for (folder, at) in [("docs", ""), ("docs/guides", "guides/")] {
        let entries = std::fs::read_dir(root().join(folder)).expect(folder);
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") && name != "SUMMARY.md" {
                let line = format!("]({at}{name})\n");
                assert!(summary.contains(&line), "add {at}{name} to docs/SUMMARY.md");
                pages += 1;
            }
        }
    }
    assert!(pages > 15, "{pages} pages");
}

#[test]
fn the_policies_of_the_guide_are_those_that_are_tested() {
    let guide = read("docs/guides/csp.md");
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tested = one_line(&read("tests/tests/surroundings/cases.rs").replace("\\\n", " "));
    let policies: Vec<&str> = guide.split("```text\n").skip(1).collect();
    assert_eq!(policies.len(), 2);
    for policy in policies {
        let policy = policy.split("```").next().unwrap_or_default();
        let policy = one_line(policy).replace("https://api https://bucket", "API");
        assert!(tested.contains(&policy), "no case has {policy}");
    }
}
