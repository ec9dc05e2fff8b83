//! Firefox and geckodriver: already installed, or from Debian and crates.io.

use std::path::PathBuf;

use devkit::paths;

use super::chromium::named;
use super::{apt, cargo_tools};
use crate::error::Error;
use crate::process;

/// A Firefox that WebDriver can drive.
#[derive(Debug, Clone)]
pub(crate) struct Firefox {
    /// The browser itself.
    pub(crate) browser: PathBuf,
    /// `geckodriver`.
    pub(crate) driver: PathBuf,
}

/// Finds the browser and its driver, or installs them.
///
/// # Errors
/// If there is none and none can be installed.
pub(crate) fn ready() -> Result<Firefox, Error> {
    if browser().is_none() && apt::usable() {
        // Debian's name; Ubuntu's `firefox` is a snap, which does not run in a container.
        apt::install(&["firefox-esr"])?;
    }
    let browser = browser().ok_or_else(|| {
        Error::Missing(
            "Firefox is needed for the tests in other browsers; install it (Debian: `apt-get install \
             firefox-esr`), or name it in FIREFOX"
                .to_owned(),
        )
    })?;
    if driver().is_none() {
        cargo_tools::geckodriver()?;
    }
    let driver = driver().ok_or_else(|| Error::failed("cargo installed no geckodriver"))?;
    Ok(Firefox { browser, driver })
}

fn browser() -> Option<PathBuf> {
    named("FIREFOX").or_else(|| {
        ["firefox-esr", "firefox"]
            .iter()
            .find_map(|name| process::find(name))
    })
}

fn driver() -> Option<PathBuf> {
    let installed = Some(paths::tools().join("bin/geckodriver")).filter(|path| path.is_file());
    named("GECKODRIVER")
        .or(installed)
        .or_else(|| process::find("geckodriver"))
}
