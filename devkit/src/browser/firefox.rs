use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::driver::{self, Driver, Profile};
use super::programs::Programs;

/// A geckodriver; the browser's profile is in its folder.
pub(super) fn driver(programs: Programs) -> Driver {
    let profile = Profile::new();
    let mut child = driver::start(
        Command::new(programs.path("GECKODRIVER"))
            .args(["--host", "127.0.0.1", "--port", "0", "--profile-root"])
            .arg(profile.path()),
    );
    let port = driver::announced(
        &mut child,
        |line| {
            let (_, address) = line.split_once("Listening on ")?;
            address.trim().rsplit(':').next()?.parse().ok()
        },
        "geckodriver",
    );
    Driver::new(vec![child], port, profile, programs)
}

pub(super) fn capabilities(firefox: &Path, proxy: Option<SocketAddr>) -> Value {
    let mut wanted = json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": firefox,
            "args": ["-headless", "-width", "1280", "-height", "1000"],
            "prefs": {
                "app.update.auto": false,
                "datareporting.policy.dataSubmissionEnabled": false,
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
                // By default Firefox bypasses the proxy for loopback.
                "network.proxy.allow_hijacking_localhost": true,
            },
        },
    });
    if let Some(proxy) = proxy {
        wanted["proxy"] = driver::manual(proxy);
    }
    wanted
}
