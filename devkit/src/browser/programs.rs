use std::path::{Path, PathBuf};

use super::kind::Kind;
use crate::paths;

/// A program of a browser: the environment variable that may name it, and where it is looked for, by its name on
/// `PATH` or by a path (from the root of the repository, if not absolute).
type Program = (&'static str, &'static [&'static str]);

const CHROMIUM: &[Program] = &[
    (
        "CHROME",
        &[
            "chromium",
            "google-chrome",
            "google-chrome-stable",
            "chromium-browser",
            "chrome",
        ],
    ),
    ("CHROMEDRIVER", &["chromedriver"]),
];

const FIREFOX: &[Program] = &[
    ("FIREFOX", &["firefox-esr", "firefox"]),
    (
        "GECKODRIVER",
        &["target/tools/bin/geckodriver", "geckodriver"],
    ),
];

const WEBKIT: &[Program] = &[
    ("WEBKITDRIVER", &["WebKitWebDriver"]),
    // No package puts it on `PATH`.
    (
        "MINIBROWSER",
        &[
            "/usr/lib/x86_64-linux-gnu/webkitgtk-6.0/MiniBrowser",
            "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
            "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
            "/usr/lib/aarch64-linux-gnu/webkitgtk-6.0/MiniBrowser",
            "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
            "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
        ],
    ),
    ("XVFB", &["Xvfb"]),
];

/// The programs of one browser, by the environment variables that may name them.
#[derive(Clone, Debug)]
pub struct Programs(Vec<(&'static str, PathBuf)>);

impl Programs {
    /// Finds all programs of a browser; `None` when one is missing.
    pub fn find(kind: Kind) -> Option<Self> {
        let found = programs(kind).iter().map(|program| {
            let file = find(program)?;
            Some((program.0, file))
        });
        found.collect::<Option<_>>().map(Self)
    }

    /// The variables of the programs that are missing.
    pub fn missing(kind: Kind) -> Vec<&'static str> {
        let missing = programs(kind)
            .iter()
            .filter(|program| find(program).is_none());
        missing.map(|program| program.0).collect()
    }

    /// The program that this variable may name; empty when the browser has no such program.
    pub fn path(&self, variable: &str) -> &Path {
        let found = self.0.iter().find(|(name, _)| *name == variable);
        found.map_or(Path::new(""), |(_, path)| path)
    }

    /// The environment by which another process finds the same programs.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, path)| (*name, path.display().to_string()))
            .collect()
    }
}

fn programs(kind: Kind) -> &'static [Program] {
    match kind {
        Kind::Chromium => CHROMIUM,
        Kind::Firefox => FIREFOX,
        Kind::WebKit => WEBKIT,
    }
}

fn find((variable, places): &Program) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named.filter(|file| file.is_file()).or_else(|| {
        places.iter().find_map(|place| match place.contains('/') {
            true => Some(paths::root().join(place)).filter(|file| file.is_file()),
            false => paths::on_path(place),
        })
    })
}
