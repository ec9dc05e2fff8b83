use std::path::{Path, PathBuf};

use crate::paths;

/// The browsers that the tests know how to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser by `WebKitWebDriver`: the nearest thing to Safari that runs on Linux.
    WebKit,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }
}

/// A program of a browser: the environment variable that may name it, and where it is looked for: words, each its name on
/// `PATH` or by a path (from the root of the repository, if not absolute).
type Program = (&'static str, &'static str);

const CHROMES: &str = "chromium google-chrome google-chrome-stable chromium-browser chrome";
const CHROMIUM: &[Program] = &[("CHROME", CHROMES), ("CHROMEDRIVER", "chromedriver")];

const FIREFOX: &[Program] = &[
    ("FIREFOX", "firefox-esr firefox"),
    ("GECKODRIVER", "target/tools/bin/geckodriver geckodriver"),
];

const MINI_BROWSERS: &str = "\
    /usr/lib/x86_64-linux-gnu/webkitgtk-6.0/MiniBrowser \
    /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser \
    /usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser \
    /usr/lib/aarch64-linux-gnu/webkitgtk-6.0/MiniBrowser \
    /usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser \
    /usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser";
const WEBKIT: &[Program] = &[
    ("WEBKITDRIVER", "WebKitWebDriver"),
    // No package puts it on `PATH`.
    ("MINIBROWSER", MINI_BROWSERS),
    ("XVFB", "Xvfb"),
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
        let programs = programs(kind).iter();
        let missing = programs.filter(|program| find(program).is_none());
        missing.map(|program| program.0).collect()
    }

    /// The program that this variable may name; empty when the browser has no such program.
    pub fn path(&self, variable: &str) -> &Path {
        let found = self.0.iter().find(|(name, _)| *name == variable);
        found.map_or(Path::new(""), |(_, path)| path)
    }

    /// The environment by which another process finds the same programs.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let pair = |(name, path): &(&'static str, PathBuf)| (*name, path.display().to_string());
        self.0.iter().map(pair).collect()
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
        let found = |place: &str| match place.contains('/') {
            true => Some(paths::root().join(place)).filter(|file| file.is_file()),
            false => paths::on_path(place),
        };
        places.split(' ').find_map(found)
    })
}
