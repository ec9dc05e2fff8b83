//! The example app of each framework's adapter, in Chromium: built, in its dev server with hot reload, and rendered on a
//! server; that of Uppy, and a page without a bundler. The API and the storage are those of [`e2e::sink`].
//!
//! `frameworks [NAME...]` runs the cases whose names contain one of these; `CROWFLY_FRAMEWORKS` names the frameworks, all
//! of them by default.
#![forbid(unsafe_code)]

/// A list of cases, each named as its function.
macro_rules! named {
    ($($case:ident,)*) => { &[$((stringify!($case), $case)),*] };
}

mod app;
mod cases;
mod page;
mod plain;
mod uppy;

use std::process::ExitCode;

use devkit::browser::Browser;
use e2e::sink::{Config, Sink};
use e2e::{Tally, caught};

use app::App;
use cases::Case;

/// What has an example app: a framework that has an adapter, Uppy, or nothing but a browser.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Framework {
    React,
    Vue,
    Svelte,
    Solid,
    Uppy,
    Plain,
}

impl Framework {
    const ALL: [Self; 6] = [
        Self::React,
        Self::Vue,
        Self::Svelte,
        Self::Solid,
        Self::Uppy,
        Self::Plain,
    ];

    /// The folder of its example.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::React => "react",
            Self::Vue => "vue",
            Self::Svelte => "svelte",
            Self::Solid => "solid",
            Self::Uppy => "uppy",
            Self::Plain => "plain",
        }
    }

    /// What is promised of it.
    fn cases(self) -> &'static [(&'static str, Case)] {
        match self {
            Self::React | Self::Vue | Self::Svelte | Self::Solid => cases::CASES,
            Self::Uppy => uppy::CASES,
            Self::Plain => plain::CASES,
        }
    }

    /// The source of its example's main component.
    pub(crate) fn component(self) -> &'static str {
        match self {
            Self::React | Self::Solid => "src/App.jsx",
            Self::Vue => "src/App.vue",
            Self::Svelte => "src/App.svelte",
            Self::Uppy => "src/main.js",
            Self::Plain => "app.js",
        }
    }
}

/// What the cases of one framework share.
pub(crate) struct World {
    pub(crate) framework: Framework,
    pub(crate) browser: Browser,
    pub(crate) sink: Sink,
    pub(crate) api: String,
    pub(crate) app: App,
}

impl World {
    fn start(framework: Framework) -> Self {
        let sink = Sink::start(Config::default()).expect("a sink");
        let api = format!("http://{}", sink.address());
        let app = App::start(framework, &api);
        let browser = Browser::start();
        Self {
            framework,
            browser,
            sink,
            api,
            app,
        }
    }
}

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1);
    let wanted: Vec<String> = arguments
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let named = std::env::var("CROWFLY_FRAMEWORKS").unwrap_or_default();
    let chosen = |framework: &Framework| {
        named.is_empty() || named.split(',').any(|name| name == framework.name())
    };
    let mut tally = Tally::default();
    for framework in Framework::ALL.into_iter().filter(chosen) {
        let cases = framework.cases().iter().filter(|(case, _)| {
            wanted.is_empty() || wanted.iter().any(|part| case.contains(part.as_str()))
        });
        let world = caught(|| World::start(framework));
        for (case, run) in cases {
            tally.run(&format!("{}::{case}", framework.name()), || match &world {
                Ok(world) => world.run(*run),
                Err(text) => panic!("{text}"),
            });
        }
    }
    tally.end()
}
