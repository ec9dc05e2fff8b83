//! The example app of each framework's adapter, in Chromium: built, in its dev server with hot reload, and rendered on a
//! server. The API and the storage are those of [`e2e::sink`].
//!
//! `frameworks [NAME...]` runs the cases whose names contain one of these; `CROWFLY_FRAMEWORKS` names the frameworks, all
//! of them by default.
#![forbid(unsafe_code)]

mod app;
mod cases;
mod page;

use std::process::ExitCode;
use std::time::Instant;

use devkit::browser::Browser;
use e2e::caught;
use e2e::sink::{Config, Sink};

use app::App;
use cases::CASES;

/// A framework that has an adapter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Framework {
    React,
    Vue,
    Svelte,
    Solid,
}

impl Framework {
    const ALL: [Self; 4] = [Self::React, Self::Vue, Self::Svelte, Self::Solid];

    /// The folder of its example.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::React => "react",
            Self::Vue => "vue",
            Self::Svelte => "svelte",
            Self::Solid => "solid",
        }
    }

    /// The source of its example's main component.
    pub(crate) fn component(self) -> &'static str {
        match self {
            Self::React | Self::Solid => "src/App.jsx",
            Self::Vue => "src/App.vue",
            Self::Svelte => "src/App.svelte",
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
    let (mut passed, mut failures) = (0, Vec::new());
    for framework in Framework::ALL.into_iter().filter(chosen) {
        let name = framework.name();
        let cases = CASES.iter().filter(|(case, _)| {
            wanted.is_empty() || wanted.iter().any(|part| case.contains(part.as_str()))
        });
        let world = caught(|| World::start(framework));
        for (case, run) in cases {
            let since = Instant::now();
            let ended = world.as_ref().map_err(String::clone);
            let ended = ended.and_then(|world| caught(|| world.run(*run)));
            let took = since.elapsed().as_secs_f64();
            match ended {
                Ok(seen) => {
                    passed += 1;
                    println!("test {name}::{case} ... ok  {took:.1} s  {seen}");
                }
                Err(text) => {
                    println!("test {name}::{case} ... FAILED  {took:.1} s");
                    failures.push(format!("{name}::{case}\n    {text}"));
                }
            }
        }
    }
    let failed = failures.len();
    let word = if failed == 0 { "ok" } else { "FAILED" };
    if failed > 0 {
        println!("\nfailures:\n{}", failures.join("\n"));
    }
    println!("\ntest result: {word}. {passed} passed; {failed} failed;");
    match (passed, failed) {
        (1.., 0) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
