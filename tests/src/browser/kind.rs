use std::net::SocketAddr;

use serde_json::Value;

use super::driver::Driver;
use super::{chromium, firefox, webkit};

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

    pub(super) fn driver(self) -> Driver {
        match self {
            Self::Chromium => chromium::driver(),
            Self::Firefox => firefox::driver(),
            Self::WebKit => webkit::driver(),
        }
    }

    /// Capabilities of a new session; with `proxy`, every request goes through it, those to loopback too.
    pub(super) fn capabilities(self, driver: &Driver, proxy: Option<SocketAddr>) -> Value {
        match self {
            Self::Chromium => chromium::capabilities(driver, proxy),
            Self::Firefox => firefox::capabilities(proxy),
            Self::WebKit => webkit::capabilities(proxy),
        }
    }
}
