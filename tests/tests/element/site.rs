//! The pages, the package, and an API below `/api` of the pages' own origin, whose session is a cookie: what it is asked goes
//! to the sink with a token.

use std::sync::{Arc, Mutex, PoisonError};

use devkit::http::{Files, Incoming, Reply, Request, Server};
use e2e::package_page::{node_modules, package};

/// A policy that refuses inline styles, inline scripts, and the parsing of HTML by scripts.
const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src *; \
                      style-src 'self'; img-src data:; media-src blob:; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

/// What the pages' server was sent, and what it refuses.
#[derive(Debug, Default)]
struct Desk {
    /// Bodies of forms.
    letters: Vec<String>,
    /// The code that the API refuses every upload with.
    refusing: Option<&'static str>,
}

/// A server of the pages, which is there until the process ends.
pub(crate) struct Site {
    pub(crate) origin: String,
    desk: Arc<Mutex<Desk>>,
}

impl Site {
    pub(crate) fn start(api: &str) -> Self {
        let server = Server::bind(0).expect("a free port");
        let origin = format!("http://localhost:{}", server.address().port());
        let folder = devkit::paths::root().join("tests/tests/element/pages");
        let files = Files::default()
            .at("/crowfly/", package())
            .at("/axe/", node_modules().join("axe-core"))
            .at("/app/", react())
            .at("/", folder);
        let desk = Arc::new(Mutex::new(Desk::default()));
        let (own, api) = (Arc::clone(&desk), api.to_owned());
        let answer = move |request: &Incoming| match request.path.as_str() {
            "/readme" => Reply::html(200, readme()),
            "/strict" => strict().header("content-security-policy", STRICT),
            "/refused" => Reply::html(200, include_str!("pages/recorder.html"))
                .header("permissions-policy", "camera=(), microphone=()"),
            "/favicon.ico" => Reply::new(204),
            "/letters" => {
                let body = String::from_utf8_lossy(&request.body).into_owned();
                lock(&own).letters.push(body);
                Reply::html(200, "<!doctype html><title>Thanks</title><h1>Thanks</h1>")
            }
            path if path.starts_with("/api/") => {
                let refusing = lock(&own).refusing;
                forward(&api, request, refusing)
            }
            _ => files.answer(request),
        };
        server.serve(answer).expect("a server").detach();
        Self { origin, desk }
    }

    /// The bodies of forms that were sent since the last call.
    pub(crate) fn letters(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.desk).letters)
    }

    /// Refuses uploads with this code from now on.
    pub(crate) fn refuse(&self, code: Option<&'static str>) {
        lock(&self.desk).refusing = code;
    }
}

fn lock(desk: &Mutex<Desk>) -> std::sync::MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn strict() -> Reply {
    Reply::html(200, include_str!("pages/page.html"))
}

/// The README's lines, in a page with nothing else.
fn readme() -> String {
    let text = std::fs::read_to_string(devkit::paths::root().join("README.md")).expect("README.md");
    let between = |text: &str, from: &str, to: &str| {
        let (_, rest) = text.split_once(from)?;
        Some(rest.split_once(to)?.0.to_owned())
    };
    let block = between(&text, "<!-- element:start -->", "<!-- element:end -->");
    let lines = block.and_then(|block| between(&block, "```html\n", "```"));
    lines.expect("the README's lines of the element")
}

fn forward(api: &str, request: &Incoming, refusing: Option<&str>) -> Reply {
    let path = request.path.trim_start_matches("/api");
    if let (Some(code), "POST", "/uploads") = (refusing, request.method.as_str(), path) {
        let error = serde_json::json!({"code": code, "message": "no", "requestId": "desk"});
        return Reply::json(403, &serde_json::json!({ "error": error }));
    }
    let query = match request.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    let mut asked = Request::new(&request.method, format!("{api}{path}{query}")).bearer("a.b.c");
    if let Some(kind) = request.header("content-type") {
        asked = asked.header("content-type", kind);
    }
    if !request.body.is_empty() {
        asked = asked.body(request.body.clone());
    }
    let answer = asked.send();
    let kind = answer.header("content-type").unwrap_or("application/json");
    Reply::new(answer.status).body(kind, answer.body.clone())
}

/// The folder of the React app, which is built with the React of the example. It loads the element from this server.
fn react() -> std::path::PathBuf {
    let out = devkit::paths::scratch("element").join("app");
    let source = devkit::paths::root().join("tests/tests/element/pages/react.jsx");
    let built = std::process::Command::new(node_modules().join(".bin/esbuild"))
        .arg(source)
        .args([
            "--bundle",
            "--format=esm",
            "--jsx=automatic",
            "--external:/crowfly/*",
        ])
        .args([
            "--define:process.env.NODE_ENV=\"production\"",
            "--log-level=warning",
        ])
        .arg("--alias:crowfly/element=/crowfly/element.js")
        .arg(format!("--outfile={}", out.join("app.js").display()))
        .env(
            "NODE_PATH",
            devkit::paths::tools().join("node-react/node_modules"),
        )
        .output()
        .expect("esbuild");
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(built.status.success(), "{said}");
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>React</title>\
                <link rel=\"icon\" href=\"data:,\"><div id=\"root\"></div><script type=\"module\" src=\"/app/app.js\"></script>";
    std::fs::write(out.join("index.html"), page).expect("a page");
    out
}
