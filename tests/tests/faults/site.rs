//! The page of these tests: the packed npm package beside a few helpers.

use std::path::{Path, PathBuf};

use e2e::http::{Answer, Incoming, Server};

const INDEX: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Faults</title>\
    <link rel=\"icon\" href=\"data:,\"><input type=\"file\" multiple>\
    <script type=\"module\" src=\"./page.js\"></script></html>\n";
const PAGE: &str = include_str!("page.js");

/// The served page; it is served until the process ends.
pub(crate) struct Site {
    url: String,
}

impl Site {
    pub(crate) fn start() -> Self {
        let server = Server::bind(0).expect("a port for the page");
        let address = server.address().expect("the page's address");
        let package = package();
        assert!(
            package.join("crowfly_bg.wasm").is_file(),
            "no npm package in {}: run `cargo xtask package`",
            package.display()
        );
        std::thread::spawn(move || server.run(|request| answer(&package, request)));
        // A name of its own, so that no case's storage is of the page's origin. Names under localhost are
        // secure contexts.
        let url = format!("http://page.localhost:{}/", address.port());
        Self { url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

fn package() -> PathBuf {
    std::env::var_os("CROWFLY_PACKAGE_DIR").map_or_else(
        || e2e::env::root().join("target/npm/package"),
        PathBuf::from,
    )
}

fn answer(package: &Path, request: &Incoming) -> Answer {
    let script = "text/javascript; charset=utf-8";
    match request.path.as_str() {
        "/" => return Answer::new(200, "text/html; charset=utf-8", INDEX),
        "/page.js" => return Answer::new(200, script, PAGE),
        _ => {}
    }
    let file = request
        .path
        .strip_prefix("/crowfly/")
        .filter(|name| !name.contains(['/', '\\']));
    let kind = match file.and_then(|name| name.rsplit_once('.')) {
        Some((_, "wasm")) => "application/wasm",
        _ => script,
    };
    match file.map(|name| std::fs::read(package.join(name))) {
        Some(Ok(bytes)) => Answer::new(200, kind, bytes),
        _ => Answer::new(404, "text/plain", "not found"),
    }
}
