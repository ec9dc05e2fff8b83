//! A third-party app: the packed npm package installed into it, built by Vite, served on an origin of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use devkit::browser::Browser;
use devkit::env::Env;
use devkit::http::{Files, Server, Url};
use e2e::files::TestFile;
use serde_json::json;

use e2e::package_page::node_modules;

const INDEX: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>App</title>\
    <link rel=\"icon\" href=\"data:,\">\
    <input type=\"file\"><script type=\"module\" src=\"./main.js\"></script></html>\n";

/// Exposes the example to the page, and nothing else.
const MAIN: &str = "import * as example from './example.js';\n\
    import * as crowfly from 'crowfly';\n\
    window.example = example;\n\
    window.crowfly = crowfly;\n";

/// The example of the README.
fn example() -> String {
    let path = devkit::paths::root().join("README.md");
    let text = std::fs::read_to_string(&path).expect("the README");
    let (_, rest) = text
        .split_once("<!-- example:start -->")
        .expect("the example's start");
    let (block, _) = rest
        .split_once("<!-- example:end -->")
        .expect("the example's end");
    let (_, code) = block.split_once("```js\n").expect("a block of JavaScript");
    code.split("```").next().unwrap_or_default().to_owned()
}

#[track_caller]
fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("npm_config_update_notifier", "false")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{program} {arguments:?}:\n{}",
        String::from_utf8_lossy(&text)
    );
}

/// A new app with the package installed from its tarball, built.
fn built_app() -> PathBuf {
    let app = fresh_app();
    let vite = node_modules().join("vite/bin/vite.js");
    run(
        &app,
        "node",
        &[
            vite.to_str().expect("a path in UTF-8"),
            "build",
            "--logLevel",
            "warn",
        ],
    );
    app
}

/// A new app with the package installed from its tarball, without any configuration.
fn fresh_app() -> PathBuf {
    let app = devkit::paths::scratch("vite-app");
    std::fs::remove_dir_all(&app).expect("an old app can be removed");
    std::fs::create_dir_all(&app).expect("a folder");
    let manifest = json!({"name": "app", "private": true, "type": "module"});
    for (name, text) in [
        ("package.json", manifest.to_string()),
        ("index.html", INDEX.into()),
        ("main.js", MAIN.into()),
        ("example.js", example()),
    ] {
        std::fs::write(app.join(name), text).expect("a file of the app");
    }
    let tarball = devkit::paths::root().join("target/npm/crowfly.tgz");
    let tarball = tarball.to_str().expect("a path in UTF-8");
    run(
        &app,
        "npm",
        &[
            "install",
            "--offline",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            tarball,
        ],
    );
    app
}

/// The address of the built app, on the origin that the stacks allow besides their page.
fn app() -> &'static str {
    static APP: OnceLock<String> = OnceLock::new();
    APP.get_or_init(|| {
        let dist = built_app().join("dist");
        let origin = Env::get().extra_origin.clone();
        let port = Url::parse(&origin).and_then(|url| url.port());
        let port = port.expect("an origin with a port");
        let server =
            Server::bind(port).unwrap_or_else(|error| panic!("cannot serve on {origin}: {error}"));
        let files = Files::default().at("/", dist);
        let serving = server.serve(move |request| files.answer(request));
        serving.expect("a server").detach();
        format!("{}/", origin.trim_end_matches('/'))
    })
}

/// Whether the page has loaded the copy of the module that is embedded in the package's JavaScript.
pub(crate) fn fetched_the_copy(browser: &Browser) -> bool {
    let script = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('inline-data'));";
    browser.run(script, &[]) == true
}

/// Opens the app and picks a file in it.
pub(crate) fn with_file(browser: &Browser, file: &TestFile) {
    browser.open(app());
    let input = browser.wait_for("input[type=file]");
    browser.pick(&input, &[&file.path]);
    devkit::wait::until(
        "the app's modules",
        std::time::Duration::from_secs(10),
        || (browser.run("return Boolean(window.example);", &[]) == true).then_some(()),
    );
}
