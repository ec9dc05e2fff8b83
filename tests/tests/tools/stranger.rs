//! A stranger's path: Vite's starter, the tarball, and the lines of the package's README.

use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::Env;
use devkit::wait;
use e2e::api::Api;
use e2e::files::{MIB, TestFile};

use crate::project::{Project, run};
use crate::rows::VITE;
use crate::server::{Running, origin};
use crate::upload::{Seen, fetched_the_copy};

/// The README's placeholders: the API's address and the application's own sign-in.
const API: &str = "https://abc.execute-api.eu-west-1.amazonaws.com";
const TOKEN: &str = "auth.accessToken()";

/// Goes the path from an empty folder, first with the dev server, then with a build.
pub(crate) fn goes() -> Seen {
    let app = created();
    let code = filled(&lines_of_the_readme());
    std::fs::write(app.folder.join("src/main.js"), code).expect("a file of the app");
    {
        let _dev = Running::tool(&app, VITE);
        assert_stored("the dev server");
    }
    app.script("build");
    let preview = VITE.replacen("dev", "preview", 1);
    let _preview = Running::tool(&app, &preview);
    assert_stored("the build");
    Seen {
        way: "files beside",
        warnings: Vec::new(),
    }
}

/// `npm create vite`, then `npm install` with the tarball.
fn created() -> Project {
    let starter = Project::installed("stranger");
    let app = Project {
        folder: starter.folder.join("app"),
    };
    let _ = std::fs::remove_dir_all(&app.folder);
    // Installed in this folder, so that npm loads nothing.
    let create = format!("vite@{}", starter.version("create-vite"));
    let create = ["create", &create, "app", "--", "--template", "vanilla"];
    run(starter.command("npm").args(create));
    // What the starter leaves open is pinned.
    let lock = devkit::paths::root().join("tests/tools/stranger/app-lock.json");
    if !crate::project::newest() {
        std::fs::copy(lock, app.folder.join("package-lock.json")).expect("a copy");
    }
    app.install();
    app
}

fn lines_of_the_readme() -> String {
    let path = devkit::paths::root().join("client-wasm/npm/README.md");
    let text = std::fs::read_to_string(&path).expect("the README");
    let between = |start: &str, end: &str| {
        let (_, rest) = text.split_once(start)?;
        Some(rest.split_once(end)?.0.to_owned())
    };
    let block = between("<!-- example:start -->", "<!-- example:end -->");
    let block = block.expect("the markers of the example");
    let code = block
        .split_once("```js\n")
        .and_then(|(_, rest)| rest.split_once("```"));
    code.expect("a block of JavaScript").0.to_owned()
}

fn filled(code: &str) -> String {
    let stack = Env::stack("main");
    let token = format!("{:?}", Api::demo_user(stack).token);
    let mut code = code.to_owned();
    for (placeholder, value) in [(API, stack.api.as_str()), (TOKEN, &token)] {
        assert_eq!(
            code.matches(placeholder).count(),
            1,
            "{placeholder} in the README"
        );
        code = code.replace(placeholder, value);
    }
    code
}

/// A file that is picked in the page is stored, as the page says.
#[track_caller]
fn assert_stored(what: &str) {
    let file = TestFile::new("a stranger's.zip", 2 * MIB);
    let browser = Browser::start();
    browser.open(&format!("{}/", origin()));
    let input = browser.wait_for("input[type=file]");
    browser.pick(&input, &[&file.path]);
    let expected = format!("{}: stored", file.name);
    wait::until(
        &format!("{what}: {expected}"),
        Duration::from_secs(30),
        || {
            let output = browser.find("output")?.text();
            (output == expected).then_some(())
        },
    );
    let bar = browser.run("return document.querySelector('progress').value;", &[]);
    assert_eq!(bar, 1, "{what}: the progress bar");
    assert!(
        !fetched_the_copy(&browser),
        "{what}: the inlined copy was loaded"
    );
}
