use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::http::Request;
use crate::wait;
use serde_json::{Value, json};

use super::driver::{self, Driver, Profile};
use super::programs::Programs;

/// A `WebKitWebDriver` on its own virtual screen: WebKitGTK has no headless mode.
pub(super) fn driver(programs: Programs) -> Driver {
    let mut screen = driver::start(
        Command::new(programs.path("XVFB"))
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .args(["-screen", "0", "1280x1000x24"]),
    );
    let display: u32 = driver::announced(&mut screen, |line| line.trim().parse().ok(), "Xvfb");
    // The driver does not print the port that it picks by itself.
    let port = TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let profile = Profile::new();
    let child = Command::new(programs.path("WEBKITDRIVER"))
        .arg(format!("--port={port}"))
        .env("DISPLAY", format!(":{display}"))
        .env("XDG_DATA_HOME", profile.path().join("data"))
        .env("XDG_CACHE_HOME", profile.path().join("cache"))
        .env("GDK_BACKEND", "x11")
        // Its sandbox needs user namespaces and its compositor a GPU; a container has neither.
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start WebKitWebDriver: {error}"));
    let driver = Driver::new(vec![child, screen], port, profile, programs);
    wait::until("WebKitWebDriver", Duration::from_secs(10), || {
        let status = Request::new("GET", format!("{}/status", driver.address));
        status.try_send().ok()
    });
    driver
}

pub(super) fn capabilities(mini_browser: &Path, proxy: Option<SocketAddr>) -> Value {
    let options = json!({"args": ["--automation"], "binary": mini_browser});
    let mut wanted = json!({"webkitgtk:browserOptions": options});
    if let Some(proxy) = proxy {
        wanted["proxy"] = driver::manual(proxy);
    }
    wanted
}
