use std::net::SocketAddr;
use std::process::Command;

use serde_json::{Value, json};

use super::driver::{self, Driver};

/// A geckodriver; the browser's profile is in its folder.
pub(super) fn driver() -> Driver {
    let installed = devkit::paths::root().join("target/tools/bin/geckodriver");
    let program = driver::program("GECKODRIVER", "geckodriver", &[installed]);
    let profile = driver::new_profile();
    std::fs::create_dir_all(&profile)
        .unwrap_or_else(|error| panic!("cannot make {}: {error}", profile.display()));
    let mut child = driver::start(
        Command::new(program)
            .args(["--host", "127.0.0.1", "--port", "0", "--profile-root"])
            .arg(&profile),
    );
    let port = driver::announced(
        &mut child,
        |line| {
            let (_, address) = line.split_once("Listening on ")?;
            address.trim().rsplit(':').next()?.parse().ok()
        },
        "geckodriver",
    );
    Driver::new(vec![child], port, profile)
}

pub(super) fn capabilities(proxy: Option<SocketAddr>) -> Value {
    let debian = "/usr/bin/firefox-esr".into();
    let binary = driver::program("FIREFOX", "/usr/bin/firefox", &[debian]);
    let mut wanted = json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": binary.to_string_lossy(),
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
    json!({"capabilities": {"alwaysMatch": wanted}})
}
