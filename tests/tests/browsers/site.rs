//! The page of these tests: the packed npm package beside a few helpers, on the origin that the stacks allow
//! besides their own page.

use std::path::Path;

use e2e::Env;
use e2e::http::{Answer, Incoming, Server, Url};

const INDEX: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Flows</title>\
    <link rel=\"icon\" href=\"data:,\"><input type=\"file\" multiple>\
    <script type=\"module\" src=\"./page.js\"></script></html>\n";
const PAGE: &str = include_str!("page.js");

/// The served page; it is served until the process ends.
pub(crate) struct Site {
    origin: String,
}

impl Site {
    pub(crate) fn start() -> Self {
        let origin = Env::get().extra_origin.trim_end_matches('/').to_owned();
        let port = Url::parse(&origin)
            .and_then(|url| url.authority.rsplit(':').next()?.parse().ok())
            .expect("an origin with a port");
        let server =
            Server::bind(port).unwrap_or_else(|error| panic!("cannot serve on {origin}: {error}"));
        let package = e2e::env::root().join("target/npm/package");
        std::thread::spawn(move || server.run(|request| answer(&package, request)));
        Self { origin }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/", self.origin)
    }
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
