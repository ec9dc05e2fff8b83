//! The package in Chromium, through the examples of `examples/signer-*`, against real stores on loopback.
//!
//! Not part of the usual run: `cargo xtask test --only stores`. Words after the name of the binary choose cases, as in
//! `garage::node`; a store or a language that this machine lacks is left out, and said so.
#![forbid(unsafe_code)]

mod bucket;
mod cases;
mod ceph;
mod facts;
mod handler;
mod process;
mod signer;
mod store;
mod world;

use std::process::ExitCode;

use e2e::Tally;

use cases::{ALL, Case, SOME};
use facts::Facts;
use signer::Language;
use store::{Kind, Store};
use world::World;

fn main() -> ExitCode {
    let wanted = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'));
    let mut run = Run {
        wanted: wanted.collect(),
        ..Run::default()
    };
    for kind in Kind::ALL {
        match kind.lacks() {
            Some(reason) => println!("skip {}: {reason}", kind.name()),
            None => run.store(kind),
        }
    }
    run.end()
}

/// The local AWS judges a URL only after the last byte, and forgets its objects when it is killed.
const NOT_LOCALLY: [&str; 2] = ["s4_", "s6_"];

/// The results so far.
#[derive(Default)]
struct Run {
    wanted: Vec<String>,
    rows: Vec<String>,
    tally: Tally,
}

impl Run {
    fn chosen(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|part| name.contains(part.as_str()))
    }

    fn store(&mut self, kind: Kind) {
        let name = |language: Language, case: &Case| {
            format!("{}::{}::{}", kind.name(), language.name(), case.0)
        };
        let chosen = Language::ALL.map(|language| {
            let all = if language == Language::Node {
                ALL
            } else {
                SOME
            };
            let runs = |case: &&Case| {
                kind != Kind::Local || !NOT_LOCALLY.iter().any(|start| case.0.starts_with(start))
            };
            let named = |case: &&Case| self.chosen(&name(language, case));
            let cases: Vec<&Case> = all.iter().filter(runs).filter(named).collect();
            (language, cases)
        });
        let document = format!("{}::s2_the_document_says_what_it_does", kind.name());
        let server = format!(
            "{}::server::it_uploads_and_its_urls_are_of_no_other_use",
            kind.name()
        );
        let server = handler::preset(kind).map(|preset| (server, preset));
        let server = server.filter(|(name, _)| self.chosen(name));
        if chosen.iter().all(|(_, cases)| cases.is_empty())
            && !self.chosen(&document)
            && server.is_none()
        {
            return;
        }
        let store = Store::start(kind);
        if let Some((name, preset)) = server {
            self.tally.run(&name, || {
                handler::it_uploads_and_its_urls_are_of_no_other_use(&store, preset)
            });
        }
        let facts = Facts::measure(&store);
        let row = facts.row(&store.version);
        self.rows.push(row.clone());
        self.tally.run(&document, || documented(&row));
        let mut world: Option<World> = None;
        let mut ready = Some((store, facts));
        for (language, cases) in chosen {
            if let Some(reason) = language.lacks() {
                println!("skip {}::{}: {reason}", kind.name(), language.name());
                continue;
            }
            if cases.is_empty() {
                continue;
            }
            let world = world.get_or_insert_with(|| {
                let (store, facts) = ready.take().expect("a store, once");
                World::start(store, facts, language)
            });
            for case in cases {
                self.tally.run(&name(language, case), || {
                    world.restore(language);
                    (case.1)(world)
                });
            }
        }
    }

    fn end(self) -> ExitCode {
        println!("\n{}", self.rows.join("\n"));
        self.tally.end()
    }
}

/// The page prints each row as it was measured here. That of Amazon S3 is known from documents; what is measured is the
/// local AWS, which must do the same.
fn documented(row: &str) -> String {
    let page = devkit::paths::root().join("docs/SIGNER.md");
    let page = std::fs::read_to_string(&page)
        .unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let amazon = row.strip_suffix("measured |");
    let amazon = amazon.filter(|row| row.starts_with("| Amazon"));
    let same = |line: &str| line == row || amazon.is_some_and(|row| line.starts_with(row));
    assert!(page.lines().any(same), "docs/SIGNER.md should say\n{row}");
    row.to_owned()
}
