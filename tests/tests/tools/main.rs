//! The packed npm package in every tool that people load it with: throw-away projects with nothing to set. Each that
//! has a browser uploads a file in Chromium against the whole system, until its record says that it is stored.
//!
//! `cargo xtask tools` runs all rows; the test command the usual ones. Words choose rows by the beginnings of their names.
#![forbid(unsafe_code)]

mod project;
mod rows;
mod server;
mod stranger;
mod upload;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Instant;

use e2e::caught;

use project::Project;
use rows::{ROWS, Row, Runs};
use server::Running;
use upload::{Seen, upload};

fn main() -> ExitCode {
    let words = std::env::var("CROWFLY_TOOLS").unwrap_or_else(|_| "usual".into());
    let words: Vec<String> = words.split(',').map(str::to_owned).collect();
    let chosen = ROWS.iter().filter(|row| row.wanted(&words));
    let mut matrix = Matrix::default();
    chosen.for_each(|row| matrix.run(row));
    matrix.end()
}

/// The results so far.
#[derive(Default)]
struct Matrix {
    /// The projects that are as they should be.
    fresh: BTreeSet<&'static str>,
    lines: Vec<String>,
    passed: usize,
    failures: Vec<String>,
}

impl Matrix {
    fn run(&mut self, row: &Row) {
        let since = Instant::now();
        let ended = caught(|| {
            if !matches!(row.runs, Runs::Stranger) && !self.fresh.contains(row.project) {
                Project::fresh(row.project);
                self.fresh.insert(row.project);
            }
            result(row)
        });
        let seconds = since.elapsed().as_secs_f64();
        let verdict = if ended.is_ok() { "ok" } else { "FAILED" };
        println!("test tools::{} ... {verdict}  {seconds:.1} s", row.test());
        let (way, warnings) = match &ended {
            Ok(Seen { way, warnings }) => (*way, warnings.join(", ")),
            Err(_) => ("", String::new()),
        };
        let version = Project::installed(row.project).version(row.tool);
        self.lines.push(format!(
            "{:<19}{:<10}{:<29}{verdict:<8}{way:<14}{seconds:>6.1}  {warnings}",
            row.project, version, row.mode
        ));
        match ended {
            Ok(_) => self.passed += 1,
            Err(cause) => self.failures.push(format!("{}: {cause}", row.name())),
        }
    }

    fn end(self) -> ExitCode {
        println!(
            "\n{:<19}{:<10}{:<29}{:<8}{:<14}{:>6}  warnings",
            "tool", "version", "mode", "result", "way", "s"
        );
        println!("{}\n", self.lines.join("\n"));
        let failed = self.failures.len();
        let word = if failed == 0 { "ok" } else { "FAILED" };
        if failed > 0 {
            println!("failures:\n{}\n", self.failures.join("\n\n"));
        }
        println!(
            "test result: {word}. {} passed; {failed} failed;",
            self.passed
        );
        match failed == 0 && self.passed > 0 {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }
}

/// Runs a row of a project that is as it should be.
fn result(row: &Row) -> Seen {
    let project = Project::installed(row.project);
    if let Some(script) = row.before {
        project.script(script);
    }
    let _running = match row.runs {
        Runs::Script => return Seen::default(),
        Runs::Stranger => return stranger::goes(),
        Runs::Server(script) => Running::tool(&project, script),
        Runs::Folder(folder) => Running::folder(project.folder.join(folder)),
        Runs::Cdn(page) => Running::cdn(&project, page),
    };
    upload(row.way)
}
