//! Puts the files of `js/` together into one module and declares what Rust calls of it: a browser then loads
//! one file instead of twenty, and whoever builds this crate gets it without a further step.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const DECLARATIONS: &str = include_str!("src/host.in.rs");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=js");
    println!("cargo::rerun-if-changed=src/host.in.rs");
    let mut files: Vec<_> = std::fs::read_dir("js")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "js"));
    files.sort();
    let mut module = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        // What a file imports stands in the same module; every import is a line of its own, and two files
        // that gave one name to two things would be no module.
        for line in text.lines().filter(|line| !line.starts_with("import ")) {
            writeln!(module, "{line}")?;
        }
    }
    let out = std::env::var("OUT_DIR")?;
    // A text in the form in which Rust shows it is also the form in which Rust reads it.
    let declared = DECLARATIONS.replace("\"JS\"", &format!("{module:?}"));
    std::fs::write(Path::new(&out).join("host.rs"), declared)?;
    Ok(())
}
