//! The apps of `crowfly/server` in Chromium, against real stores on loopback: those of `examples/server-*` in Node, and a
//! fresh app of `create-next-app` with nothing but the lines of `docs/SERVER.md`.
//!
//! `CROWFLY_SERVERS` chooses cases by words in their names, as in `garage::next`; all of them by default.
#![forbid(unsafe_code)]

mod app;
#[path = "../stores/bucket.rs"]
#[allow(dead_code, reason = "the suite of the stores asks more of a bucket")]
mod bucket;
mod cases;
#[path = "../stores/ceph.rs"]
mod ceph;
mod document;
mod lines;
mod next;
mod page;
#[path = "../stores/process.rs"]
mod process;
#[path = "../tools/project.rs"]
#[allow(dead_code, reason = "the suite of the tools has more projects")]
mod project;
mod quickstart;
#[path = "../stores/store.rs"]
#[allow(dead_code, reason = "the suite of the stores kills them")]
mod store;
mod world;

use std::process::ExitCode;

use e2e::{Tally, caught};

use app::Kind;
use cases::CASES;
use world::World;

fn main() -> ExitCode {
    let words = std::env::var("CROWFLY_SERVERS").unwrap_or_default();
    let mut tally = Tally::default();
    for store in [store::Kind::Local, store::Kind::Garage] {
        for kind in Kind::ALL {
            let name = |case: &str| format!("{}::{}::{case}", store.name(), kind.name());
            let wanted = |case: &str| words.split(',').any(|word| name(case).contains(word));
            let cases: Vec<_> = CASES.iter().filter(|(case, _)| wanted(case)).collect();
            if cases.is_empty() {
                continue;
            }
            if let Some(reason) = store.lacks() {
                println!("skip {}: {reason}", name(""));
                continue;
            }
            let mut world = caught(|| World::start(store, kind));
            for (case, run) in cases {
                tally.run(&name(case), || match &mut world {
                    Ok(world) => {
                        world.restore();
                        run(world)
                    }
                    Err(cause) => panic!("{cause}"),
                });
            }
        }
    }
    let name = "local-aws::quickstart::from_the_first_line_to_a_stored_file";
    if words.split(',').any(|word| name.contains(word)) {
        tally.run(name, quickstart::from_the_first_line_to_a_stored_file);
    }
    println!("\n{}", lines::table());
    tally.end()
}
