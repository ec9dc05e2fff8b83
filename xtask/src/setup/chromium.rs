//! Chromium and chromedriver: already installed, or from Debian.

use std::path::PathBuf;

use super::apt;
use crate::error::Error;
use crate::process;

/// A browser that WebDriver can drive.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// The browser itself.
    pub(crate) chrome: PathBuf,
    /// `chromedriver`.
    pub(crate) driver: PathBuf,
}

/// Finds the browser, or installs it.
///
/// # Errors
/// If there is none and none can be installed.
pub(crate) fn ready() -> Result<Browser, Error> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    if apt::usable() {
        apt::install(&["chromium", "chromium-driver"])?;
    }
    find().ok_or_else(|| {
        Error::Missing(
            "Chromium and a chromedriver of the same version are needed for the browser tests; install both \
             (Debian: `apt-get install chromium chromium-driver`), or name them in CHROME and CHROMEDRIVER"
                .to_owned(),
        )
    })
}

fn find() -> Option<Browser> {
    let chrome = named("CHROME").or_else(|| {
        [
            "chromium",
            "google-chrome",
            "google-chrome-stable",
            "chromium-browser",
            "chrome",
        ]
        .iter()
        .find_map(|name| process::find(name))
    })?;
    let driver = named("CHROMEDRIVER").or_else(|| process::find("chromedriver"))?;
    Some(Browser { chrome, driver })
}

/// The file that an environment variable names.
pub(super) fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_file())
}
