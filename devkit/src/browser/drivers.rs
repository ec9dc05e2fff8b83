use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::programs::{Kind, Programs};
use crate::http::Request;
use crate::{paths, wait};

/// How often to start a chromedriver that exits before it listens.
const TRIES: usize = 3;

/// The WebDriver process of one session, on its own port, with any helper process; stopped with the session.
#[derive(Debug)]
pub(super) struct Driver {
    children: Vec<Child>,
    /// Its base URL, without a trailing slash.
    pub(super) address: String,
    profile: TempDir,
    programs: Programs,
}

impl Driver {
    fn new(children: Vec<Child>, port: u16, profile: TempDir, programs: Programs) -> Self {
        Self {
            children,
            address: format!("http://127.0.0.1:{port}"),
            profile,
            programs,
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts `command` with its standard output piped.
fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            let program = Path::new(command.get_program()).display();
            panic!("cannot start {program}: {error}")
        })
}

/// The first line in which `find` finds something. The rest is read and dropped as long as the process
/// writes, so that it never blocks on a full pipe. `None` when the process exits first.
fn announced<T>(child: &mut Child, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let mut texts = lines.by_ref().map_while(Result::ok);
    let found = texts.find_map(|line| find(&line));
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    found
}

/// Starts the driver of a browser.
pub(super) fn start(kind: Kind) -> Driver {
    let programs = Programs::find(kind).unwrap_or_else(|| {
        let missing = Programs::missing(kind).join(", ");
        let name = kind.name();
        panic!("no {name}: run `cargo xtask setup`, or set {missing}")
    });
    match kind {
        Kind::Chromium => chromedriver(programs),
        Kind::Firefox => geckodriver(programs),
        Kind::WebKit => webkit_driver(programs),
    }
}

/// Capabilities of a new session; with `proxy`, every request goes through it, those to loopback too.
pub(super) fn capabilities(kind: Kind, driver: &Driver, proxy: Option<SocketAddr>) -> Value {
    let program = |variable: &str| driver.programs.path(variable);
    let mut wanted = match kind {
        Kind::Chromium => {
            let profile = driver.profile.path();
            let mut wanted = chromium_capabilities(program("CHROME"), profile, proxy);
            wanted["goog:loggingPrefs"] = json!({"browser": "ALL", "performance": "ALL"});
            return wanted;
        }
        Kind::Firefox => firefox_capabilities(program("FIREFOX")),
        Kind::WebKit => {
            let options = json!({"args": ["--automation"], "binary": program("MINIBROWSER")});
            json!({"webkitgtk:browserOptions": options})
        }
    };
    if let Some(proxy) = proxy {
        // https://www.w3.org/TR/webdriver2/#proxy
        wanted["proxy"] = json!({"proxyType": "manual", "httpProxy": proxy.to_string()});
    }
    wanted
}

/// A chromedriver; the browser's profile is its folder.
fn chromedriver(programs: Programs) -> Driver {
    // It binds one port on IPv4 and IPv6, and exits when the port it chose is taken on the second.
    for _ in 0..TRIES {
        let mut command = Command::new(programs.path("CHROMEDRIVER"));
        let mut child = spawn(command.args(["--port=0", "--log-level=WARNING"]));
        let port = announced(&mut child, |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        if let Some(port) = port {
            return Driver::new(vec![child], port, paths::temporary("profiles"), programs);
        }
        let _ = child.wait();
    }
    panic!("chromedriver ended {TRIES} times without saying where it is")
}

/// Capabilities of a session with this profile; with `proxy`, every request goes through it.
pub fn chromium_capabilities(chrome: &Path, profile: &Path, proxy: Option<SocketAddr>) -> Value {
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

/// What becomes of a page's request for a camera, or for the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// It is granted, and nobody is asked.
    Given,
    /// A person refuses it. Of Chromium alone.
    Refused,
    /// There is no camera; of the screen a person shares the tab whose title is `Shared`. Of Chromium alone.
    Tab,
}

/// Gives a browser that is to start a camera and a microphone that exist in it alone.
pub fn add_camera(wanted: &mut Value, leave: Leave) {
    let args = wanted.pointer_mut("/goog:chromeOptions/args");
    if let Some(args) = args.and_then(Value::as_array_mut) {
        if leave != Leave::Tab {
            args.push(json!("--use-fake-device-for-media-stream"));
        }
        args.push(json!(match leave {
            Leave::Given => "--use-fake-ui-for-media-stream",
            Leave::Refused => "--use-fake-ui-for-media-stream=deny",
            Leave::Tab => "--auto-select-tab-capture-source-by-title=Shared",
        }));
    }
    let prefs = wanted.pointer_mut("/moz:firefoxOptions/prefs");
    if let Some(prefs) = prefs.and_then(Value::as_object_mut) {
        prefs.insert("media.navigator.streams.fake".into(), json!(true));
        prefs.insert("media.navigator.permission.disabled".into(), json!(true));
    }
}

/// A geckodriver; the browser's profile is in its folder.
fn geckodriver(programs: Programs) -> Driver {
    let profile = paths::temporary("profiles");
    let mut command = Command::new(programs.path("GECKODRIVER"));
    command.args(["--host", "127.0.0.1", "--port", "0", "--profile-root"]);
    let mut child = spawn(command.arg(profile.path()));
    let port = announced(&mut child, |line| {
        let (_, address) = line.split_once("Listening on ")?;
        address.trim().rsplit(':').next()?.parse().ok()
    });
    let port = port.expect("geckodriver says where it is");
    Driver::new(vec![child], port, profile, programs)
}

fn firefox_capabilities(firefox: &Path) -> Value {
    json!({
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
    })
}

/// A `WebKitWebDriver` on its own virtual screen: WebKitGTK has no headless mode.
fn webkit_driver(programs: Programs) -> Driver {
    let mut command = Command::new(programs.path("XVFB"));
    command.args(["-displayfd", "1", "-nolisten", "tcp"]);
    let mut screen = spawn(command.args(["-screen", "0", "1280x1000x24"]));
    let display: Option<u32> = announced(&mut screen, |line| line.trim().parse().ok());
    let display = display.expect("Xvfb says which display it is");
    // The driver does not print the port that it picks by itself.
    let port = TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let profile = paths::temporary("profiles");
    let child = Command::new(programs.path("WEBKITDRIVER"))
        .arg(format!("--port={port}"))
        .env("DISPLAY", format!(":{display}"))
        .env("XDG_DATA_HOME", profile.path().join("data"))
        .env("XDG_CACHE_HOME", profile.path().join("cache"))
        .env("GDK_BACKEND", "x11")
        // Its sandbox needs user namespaces and its compositor a GPU; a container has neither.
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start WebKitWebDriver: {error}"));
    let driver = Driver::new(vec![child, screen], port, profile, programs);
    wait::until("WebKitWebDriver", Duration::from_secs(10), || {
        let status = Request::new("GET", format!("{}/status", driver.address));
        status.try_send().ok()
    });
    driver
}
