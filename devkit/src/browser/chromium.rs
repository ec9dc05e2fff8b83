use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::driver::{self, Driver, Profile};
use super::programs::Programs;

/// How often to start a chromedriver that exits before it listens.
const TRIES: usize = 3;

/// A chromedriver; the browser's profile is its folder.
pub(super) fn driver(programs: Programs) -> Driver {
    // It binds one port on IPv4 and IPv6, and exits when the port it chose is taken on the second.
    for _ in 0..TRIES {
        let mut command = Command::new(programs.path("CHROMEDRIVER"));
        let mut child = driver::start(command.args(["--port=0", "--log-level=WARNING"]));
        let port = driver::announcement(&mut child, |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        if let Some(port) = port {
            return Driver::new(vec![child], port, Profile::new(), programs);
        }
        let _ = child.wait();
    }
    panic!("chromedriver ended {TRIES} times without saying where it is")
}

/// Capabilities of a session with this profile; with `proxy`, every request goes through it.
pub fn capabilities(chrome: &Path, profile: &Path, proxy: Option<SocketAddr>) -> Value {
    let mut args = json!([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,1000",
        format!("--user-data-dir={}", profile.display()),
    ]);
    if let (Some(proxy), Some(args)) = (proxy, args.as_array_mut()) {
        args.push(json!(format!("--proxy-server=http://{proxy}")));
        // By default Chromium bypasses the proxy for loopback:
        // https://chromium.googlesource.com/chromium/src/+/HEAD/net/docs/proxy.md
        args.push(json!("--proxy-bypass-list=<-loopback>"));
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {"args": args, "binary": chrome},
    })
}
