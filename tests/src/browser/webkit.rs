use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use devkit::http::Request;
use devkit::wait;
use serde_json::{Value, json};

use super::driver::{self, Driver};

/// A `WebKitWebDriver` on its own virtual screen: WebKitGTK has no headless mode.
pub(super) fn driver() -> Driver {
    let mut screen = driver::start(
        Command::new(driver::program("XVFB", "Xvfb", &[]))
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .args(["-screen", "0", "1280x1000x24"]),
    );
    let display: u32 = driver::announced(&mut screen, |line| line.trim().parse().ok(), "Xvfb");
    // The driver does not print the port that it picks by itself.
    let port = TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let profile = driver::new_profile();
    let child = Command::new(driver::program("WEBKITDRIVER", "WebKitWebDriver", &[]))
        .arg(format!("--port={port}"))
        .env("DISPLAY", format!(":{display}"))
        .env("XDG_DATA_HOME", profile.join("data"))
        .env("XDG_CACHE_HOME", profile.join("cache"))
        .env("GDK_BACKEND", "x11")
        // Its sandbox needs user namespaces and its compositor a GPU; a container has neither.
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start WebKitWebDriver: {error}"));
    let driver = Driver::new(vec![child, screen], port, profile);
    wait::until("WebKitWebDriver", Duration::from_secs(10), || {
        let status = Request::new("GET", format!("{}/status", driver.address));
        status.try_send().ok()
    });
    driver
}

pub(super) fn capabilities(proxy: Option<SocketAddr>) -> Value {
    let mut options = json!({"args": ["--automation"]});
    if let Some(binary) = mini_browser() {
        options["binary"] = json!(binary.display().to_string());
    }
    let mut wanted = json!({"webkitgtk:browserOptions": options});
    if let Some(proxy) = proxy {
        wanted["proxy"] = driver::manual(proxy);
    }
    json!({"capabilities": {"alwaysMatch": wanted}})
}

/// WebKitGTK's MiniBrowser, which no package puts on `PATH`.
fn mini_browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("MINIBROWSER") {
        return Some(named.into());
    }
    ["x86_64-linux-gnu", "aarch64-linux-gnu"]
        .iter()
        .flat_map(|machine| {
            ["4.1", "4.0", "6.0"]
                .map(|api| format!("/usr/lib/{machine}/webkit2gtk-{api}/MiniBrowser"))
        })
        .map(PathBuf::from)
        .find(|path| path.is_file())
}
