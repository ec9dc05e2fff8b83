//! WebKitGTK, the nearest thing to Safari that runs on Linux: driver, MiniBrowser, and a virtual screen.

use std::path::{Path, PathBuf};

use super::apt;
use super::chromium::named;
use crate::error::Error;
use crate::process;

/// A WebKit that WebDriver can drive.
#[derive(Debug, Clone)]
pub(crate) struct WebKit {
    /// `WebKitWebDriver`.
    pub(crate) driver: PathBuf,
    /// `MiniBrowser`, which comes with the library.
    pub(crate) browser: PathBuf,
    /// `Xvfb`, a virtual screen.
    pub(crate) screen: PathBuf,
}

/// Finds all three, or installs them.
///
/// # Errors
/// If one is missing and cannot be installed.
pub(crate) fn ready() -> Result<WebKit, Error> {
    if let Some(webkit) = find() {
        return Ok(webkit);
    }
    if apt::usable() {
        apt::install(&["webkit2gtk-driver", "xvfb"])?;
    }
    find().ok_or_else(|| {
        Error::Missing(
            "WebKitGTK's driver and Xvfb are needed for the tests in other browsers; install both (Debian \
             and Ubuntu: `apt-get install webkit2gtk-driver xvfb`), or name them in WEBKITDRIVER, MINIBROWSER \
             and XVFB"
                .to_owned(),
        )
    })
}

fn find() -> Option<WebKit> {
    Some(WebKit {
        driver: named("WEBKITDRIVER").or_else(|| process::find("WebKitWebDriver"))?,
        browser: named("MINIBROWSER").or_else(mini_browser)?,
        screen: named("XVFB").or_else(|| process::find("Xvfb"))?,
    })
}

/// No package puts it on `PATH`: `/usr/lib/<machine>/webkit2gtk-<api>/MiniBrowser`.
fn mini_browser() -> Option<PathBuf> {
    let machines = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut found: Vec<PathBuf> = machines
        .flat_map(|machine| of_machine(&machine.path()))
        .collect();
    found.sort();
    found.pop()
}

fn of_machine(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("webkit"))
        .map(|entry| entry.path().join("MiniBrowser"))
        .filter(|file| file.is_file())
        .collect()
}
