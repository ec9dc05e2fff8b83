//! `docs/SUMMARY.md` has every page.

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
