//! The main flows in every available browser, as a table: flow, browser, result. All traffic goes through the
//! fault proxy, in which some flows set faults.
//!
//! Not libtest's harness: each browser is started once and runs all flows, and the table is printed at the
//! end. Arguments select flows by a part of their name; `CROWFLY_BROWSERS` names the browsers.
#![forbid(unsafe_code)]

mod control;
mod element;
mod features;
mod flow;
mod live;
mod page;
mod reload;
mod sending;
mod site;
mod table;
mod trouble;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use devkit::browser::{Browser, Kind};
use e2e::caught;
use e2e::proxy::{Config, Proxy};

use flow::{Flow, Outcome};
use site::Site;
use table::{Row, Table};

/// All flows, those without faults first.
const FLOWS: &[Flow] = &[
    Flow {
        name: "what the browser offers",
        run: features::all,
    },
    Flow {
        name: "an empty file",
        run: sending::empty,
    },
    Flow {
        name: "one PUT to done and record",
        run: sending::one_put,
    },
    Flow {
        name: "one PUT without a checksum",
        run: sending::unverified,
    },
    Flow {
        name: "forty files in one queue",
        run: sending::many,
    },
    Flow {
        name: "multipart to done and record",
        run: sending::multipart,
    },
    Flow {
        name: "pause and resume",
        run: control::pause_and_resume,
    },
    Flow {
        name: "pause and resume, in parts",
        run: control::pause_and_resume_parts,
    },
    Flow {
        name: "abort",
        run: control::abort,
    },
    Flow {
        name: "abort, in parts",
        run: control::abort_parts,
    },
    Flow {
        name: "offline and back",
        run: trouble::offline,
    },
    Flow {
        name: "offline and back, in parts",
        run: trouble::offline_parts,
    },
    Flow {
        name: "a reset connection",
        run: trouble::reset,
    },
    Flow {
        name: "resume after a reload",
        run: reload::resume,
    },
    Flow {
        name: "resume by handle",
        run: reload::resume_by_handle,
    },
    Flow {
        name: "a stream, sent while it grows",
        run: live::stream,
    },
    Flow {
        name: "a recording, sent while it grows",
        run: live::recording,
    },
    Flow {
        name: "refused before any byte moves",
        run: control::refused,
    },
    Flow {
        name: "the web component",
        run: element::picked,
    },
    Flow {
        name: "the demo page, from disk",
        run: page::from_disk,
    },
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let site = Site::start();
    let mut table = Table::default();
    for kind in browsers() {
        let flows = FLOWS.iter().filter(|flow| {
            wanted.is_empty() || wanted.iter().any(|part| flow.name.contains(part.as_str()))
        });
        through(kind, &site, flows, &mut table);
    }
    println!("{table}");
    if table.failed() == 0 && table.passed() > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs all flows in one browser. A browser that does not even start is one failed row.
fn through<'flow>(
    kind: Kind,
    site: &Site,
    flows: impl Iterator<Item = &'flow Flow>,
    table: &mut Table,
) {
    let proxy = Proxy::start(Config::default()).expect("a proxy");
    let started = caught(|| Browser::with_camera(kind, proxy.address()));
    let browser = match started {
        Ok(browser) => browser,
        Err(reason) => {
            table.add(Row {
                flow: "start",
                browser: kind.name(),
                outcome: Outcome::Failed(reason),
                took: Duration::ZERO,
            });
            return;
        }
    };
    for flow in flows {
        let since = Instant::now();
        let outcome = flow.run(&browser, &proxy, site);
        table.add(Row {
            flow: flow.name,
            browser: kind.name(),
            outcome,
            took: since.elapsed(),
        });
    }
}

/// The browsers in `CROWFLY_BROWSERS`, separated by commas; all of them without it.
fn browsers() -> Vec<Kind> {
    let Ok(names) = std::env::var("CROWFLY_BROWSERS") else {
        return Kind::ALL.to_vec();
    };
    Kind::ALL
        .into_iter()
        .filter(|kind| names.split(',').any(|name| name == kind.name()))
        .collect()
}
