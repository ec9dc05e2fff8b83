//! The code of `docs/SERVER.md`, as those copy it who follow the page.

use devkit::paths::root;

/// The blocks of code below a heading, each without its fence.
pub(crate) fn blocks(heading: &str) -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/SERVER.md")).expect("docs/SERVER.md");
    let section = page.split_once(&format!("\n## {heading}\n"));
    let section = section.unwrap_or_else(|| panic!("no section {heading}")).1;
    let section = section.split("\n## ").next().unwrap_or_default();
    let fenced = section.split("\n```").skip(1).step_by(2);
    let blocks = fenced.filter_map(|block| Some(block.split_once('\n')?.1.to_owned() + "\n"));
    blocks.collect()
}

/// The files of the quick start: each block whose first line is a comment with a path, with that path.
pub(crate) fn files() -> Vec<(String, String)> {
    let blocks = blocks("Next.js").into_iter();
    let named = blocks.filter_map(|block| {
        let first = block.lines().next()?;
        let path = first
            .strip_prefix("// ")
            .or_else(|| first.strip_prefix("# "))?;
        Some((path.to_owned(), block))
    });
    named.collect()
}

/// The commands of the quick start.
pub(crate) fn commands() -> Vec<String> {
    let first = blocks("Next.js").into_iter().next().unwrap_or_default();
    first.lines().map(str::to_owned).collect()
}
