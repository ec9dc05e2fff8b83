//! `crowfly/element` and `crowfly/recorder` in Chromium: the README's lines and nothing else, a form, a React app, each by the keyboard alone; what
//! people do with files; and what they see, read by axe. The API and the storage are those of [`e2e::sink`].
//!
//! `element [NAME...]` runs the cases whose names contain one of these.
#![forbid(unsafe_code)]

mod cases;
mod forms;
mod hands;
mod looks;
mod picking;
mod recorder;
mod recorder_looks;
mod rows;
mod site;

use std::process::ExitCode;

use devkit::browser::{Browser, Kind};
use e2e::Tally;
use e2e::sink::{Config, Sink};

use cases::CASES;
use site::Site;

/// What the cases share.
pub(crate) struct World {
    pub(crate) browser: Browser,
    pub(crate) sink: Sink,
    pub(crate) site: Site,
}

pub(crate) type Case = fn(&World) -> String;

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1);
    let wanted: Vec<String> = arguments
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let sink = Sink::start(Config::default()).expect("a sink");
    let world = World {
        browser: Browser::with_camera(Kind::Chromium, None),
        site: Site::start(&format!("http://{}", sink.address())),
        sink,
    };
    let mut tally = Tally::default();
    for (name, case) in CASES {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            tally.run(name, || world.run(*case));
        }
    }
    tally.end()
}
