//! The packed npm package in bundlers that do not put the module beside it, without any setting: P1, P2, P4.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::Env;
use devkit::http::{Request, Url};
use e2e::api::Api;
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::vite_app::{app, fresh_app, run};
use e2e::package_page::node_modules;

const MAIN: &str = "import * as crowfly from 'crowfly';\nwindow.crowfly = crowfly;\n";

/// Whether the page has loaded the copy of the module that is embedded in the package's JavaScript.
pub(crate) fn fetched_the_copy(browser: &Browser) -> bool {
    let script = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('inline-data'));";
    browser.run(script, &[]) == true
}

/// Uploads a file in the page at `address`, large enough for a worker; returns the warnings.
#[track_caller]
fn upload_in(browser: &Browser, address: &str) -> Vec<Value> {
    let file = TestFile::new("by a bundler.zip", 2 * MIB);
    browser.open(address);
    let input = browser.wait_for("input[type=file]");
    browser.pick(&input, &[&file.path]);
    devkit::wait::until("the app's modules", Duration::from_secs(20), || {
        (browser.run("return Boolean(window.crowfly);", &[]) == true).then_some(())
    });
    let script = "
        const [api, token] = arguments;
        const warnings = [];
        const onWarning = (warning) => warnings.push(warning);
        const client = await window.crowfly.createClient({ api, token: () => token, onWarning });
        const record = await client.upload(document.querySelector('input[type=file]').files[0]).processed();
        client.close();
        return { status: record.status, verified: record.verified, warnings };";
    let stack = Env::stack("main");
    let token = Api::demo_user(stack).token;
    let result = browser.run_async(script, &[json!(stack.api), json!(token)]);
    assert!(
        result["rejected"].is_null(),
        "{address}: {}",
        result["rejected"]
    );
    assert_eq!(
        (&result["status"], &result["verified"]),
        (&json!("stored"), &json!(true)),
        "{address}"
    );
    result["warnings"].as_array().cloned().unwrap_or_default()
}

/// There is one warning, `inlined`, with its cause and what to do.
#[track_caller]
fn assert_inlined(warnings: &[Value], found: &str, cure: &str) {
    let [warning] = warnings else {
        panic!("not one warning: {warnings:?}");
    };
    assert_eq!(warning["code"], "inlined", "{warning}");
    let message = warning["message"].as_str().unwrap_or_default();
    assert!(
        message.contains(found) && message.contains(cure),
        "{message}"
    );
}

/// The dev server of the previous major version of Vite; stopped when dropped.
struct Dev(Child);

impl Dev {
    fn start(app: PathBuf, port: &str) -> Self {
        let modules = devkit::paths::root().join("target/tools/node-older/node_modules");
        let child = Command::new("node")
            .arg(modules.join("vite/bin/vite.js"))
            .args(["--host", "127.0.0.1", "--strictPort", "--port", port])
            .args(["--logLevel", "warn"])
            .current_dir(app)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        Self(child.expect("node"))
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn p1_the_dev_server_of_vite_7_needs_nothing_to_be_set() {
    let origin = &Env::get().tool_origin;
    let url = Url::parse(origin).expect("an origin");
    let port = url.authority.rsplit(':').next().expect("its port");
    let _dev = Dev::start(fresh_app("vite-7-app", MAIN), port);
    let address = format!("{origin}/");
    devkit::wait::until("the dev server", Duration::from_secs(30), || {
        Request::new("GET", address.as_str()).try_send().ok()
    });
    let browser = Browser::start();
    let warnings = upload_in(&browser, &address);
    assert_inlined(
        &warnings,
        "HTML",
        "optimizeDeps: { exclude: [\"crowfly\"] }",
    );
    assert!(fetched_the_copy(&browser));
}

#[test]
fn p1_esbuild_needs_nothing_to_be_set() {
    let app_folder = fresh_app("esbuild-app", MAIN);
    let esbuild = node_modules().join(".bin/esbuild");
    let esbuild = esbuild.to_str().expect("a path in UTF-8");
    let index = std::fs::read_to_string(app_folder.join("index.html")).expect("the page");
    for (format, tag) in [("esm", "type=\"module\""), ("iife", "defer")] {
        let out = if format == "esm" { "esbuild" } else { format };
        let arguments = ["main.js", "--bundle", "--log-level=error"];
        let more = [
            format!("--format={format}"),
            format!("--outfile={out}/main.js"),
        ];
        let arguments: Vec<&str> = arguments
            .into_iter()
            .chain(more.iter().map(String::as_str))
            .collect();
        run(&app_folder, esbuild, &arguments);
        let page = index.replace("type=\"module\"", tag);
        std::fs::write(app_folder.join(out).join("index.html"), page).expect("the page");
    }
    let browser = Browser::start();
    let warnings = upload_in(&browser, &format!("{}esbuild/", app()));
    assert_inlined(
        &warnings,
        "/esbuild/crowfly_bg.wasm was answered with status 404",
        "copied there",
    );
    // A classic script has no `import.meta.url` from which the module could be located:
    // https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Operators/import.meta
    let warnings = upload_in(&browser, &format!("{}iife/", app()));
    assert_inlined(&warnings, "address is not known", "format esm");
}

#[test]
fn p1_without_a_bundler_the_inlined_copy_is_not_fetched() {
    let browser = Browser::start();
    assert_eq!(
        upload_in(&browser, &format!("{}plain/", app())),
        Vec::<Value>::new()
    );
    assert!(!fetched_the_copy(&browser));
}
