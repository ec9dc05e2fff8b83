//! Browsers and their drivers: already installed, or from Debian and crates.io.

use devkit::browser::{Kind, Programs};

use super::{apt, cargo_tools};
use crate::error::Error;
use crate::step;

pub(crate) fn chromium() -> Result<Programs, Error> {
    ready(Kind::Chromium)
}

/// Finds a browser and its driver, or installs what is missing.
fn ready(kind: Kind) -> Result<Programs, Error> {
    let mut missing = Programs::missing(kind);
    if kind == Kind::Firefox && missing.contains(&"GECKODRIVER") {
        cargo_tools::geckodriver()?;
        missing.retain(|variable| *variable != "GECKODRIVER");
    }
    if !missing.is_empty() && apt::usable() {
        apt::install(packages(kind))?;
    }
    Programs::find(kind).ok_or_else(|| {
        Error::Missing(format!(
            "{} and its driver are needed for the browser tests; install them (Debian: `apt-get install {}`), or name \
             them in {}",
            kind.name(),
            packages(kind).join(" "),
            Programs::missing(kind).join(", ")
        ))
    })
}

/// Debian's names. Ubuntu's `firefox` is a snap, which does not run in a container.
fn packages(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Chromium => &["chromium", "chromium-driver"],
        Kind::Firefox => &["firefox-esr"],
        Kind::WebKit => &["webkit2gtk-driver", "xvfb"],
    }
}

/// Installs every browser; reports which besides Chromium are not available here, and why.
pub(crate) fn all() -> Result<Vec<(Kind, Programs)>, Error> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        match ready(kind) {
            Ok(programs) => found.push((kind, programs)),
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(reason) if kind == Kind::Chromium || std::env::var_os("CI").is_some() => {
                return Err(reason);
            }
            Err(reason) => step::say(&format!("skip {}: {reason}", kind.name())),
        }
    }
    Ok(found)
}
