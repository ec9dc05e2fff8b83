use std::net::SocketAddr;

use serde_json::{Value, json};

use super::driver::Driver;
use super::kind::Kind;
use super::programs::Programs;
use super::{chromium, firefox, webkit};

/// Starts the driver of a browser.
pub(super) fn driver(kind: Kind) -> Driver {
    let programs = Programs::find(kind).unwrap_or_else(|| {
        let missing = Programs::missing(kind).join(", ");
        panic!(
            "no {}: run `cargo xtask setup`, or set {missing}",
            kind.name()
        )
    });
    match kind {
        Kind::Chromium => chromium::driver(programs),
        Kind::Firefox => firefox::driver(programs),
        Kind::WebKit => webkit::driver(programs),
    }
}

/// Capabilities of a new session; with `proxy`, every request goes through it, those to loopback too.
pub(super) fn capabilities(kind: Kind, driver: &Driver, proxy: Option<SocketAddr>) -> Value {
    let program = |variable: &str| driver.programs.path(variable);
    match kind {
        Kind::Chromium => {
            let profile = driver.profile.path();
            let mut wanted = chromium::capabilities(program("CHROME"), profile, proxy);
            wanted["goog:loggingPrefs"] = json!({"browser": "ALL", "performance": "ALL"});
            wanted
        }
        Kind::Firefox => firefox::capabilities(program("FIREFOX"), proxy),
        Kind::WebKit => webkit::capabilities(program("MINIBROWSER"), proxy),
    }
}
