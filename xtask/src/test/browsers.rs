//! The main flows in Chromium, Firefox and WebKit.

use std::path::Path;

use devkit::paths;

use super::binaries::{self, Binary};
use super::counts::Counts;
use crate::error::Error;
use crate::lambdas::Build;
use crate::setup::{self, chromium};
use crate::{local, step};

/// Runs the flows in every available browser and prints the table of flows and browsers.
pub(super) fn each(counts: &mut Counts) -> Result<(), Error> {
    let mut found = Found::default();
    let browser = chromium::ready()?;
    found.add(
        "chromium",
        &[
            ("CHROME", &browser.chrome),
            ("CHROMEDRIVER", &browser.driver),
        ],
    );
    let others = setup::other_browsers()?;
    if let Some(firefox) = &others.firefox {
        found.add(
            "firefox",
            &[
                ("FIREFOX", &firefox.browser),
                ("GECKODRIVER", &firefox.driver),
            ],
        );
    }
    if let Some(webkit) = &others.webkit {
        found.add(
            "webkit",
            &[
                ("WEBKITDRIVER", &webkit.driver),
                ("MINIBROWSER", &webkit.browser),
                ("XVFB", &webkit.screen),
            ],
        );
    }
    let all = step::step("flows in each browser, compiling", binaries::compile)?;
    let suite = local::start_for_tests(Build::Tests)?;
    let mut env = found.env;
    env.push(("CROWFLY_BROWSERS", found.names.join(",")));
    env.push(("CROWFLY_TEST_ENV", suite.env().display().to_string()));
    let result = binaries::run_all(counts, &all, Binary::needs_browsers, &env);
    print("test-tests-browsers");
    result?;
    // The pages in three browsers wrote logs too.
    binaries::run_all(counts, &all, Binary::searches_traces, &env)
}

/// The available browsers, and the environment variables that name their programs.
#[derive(Default)]
struct Found {
    names: Vec<&'static str>,
    env: Vec<(&'static str, String)>,
}

impl Found {
    fn add(&mut self, name: &'static str, programs: &[(&'static str, &Path)]) {
        self.names.push(name);
        let programs = programs.iter();
        self.env
            .extend(programs.map(|(variable, path)| (*variable, path.display().to_string())));
    }
}

/// Prints the table at the end of the log.
fn print(log: &str) {
    let log = std::fs::read_to_string(paths::log(log)).unwrap_or_default();
    let table = log.lines().skip_while(|line| !line.starts_with("flow  "));
    for line in table.take_while(|line| !line.is_empty()) {
        step::say(&format!("     {line}"));
    }
}
