//! An example app in a folder of its own, with the packed npm package in it, built and served by its own Vite.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use devkit::http::{Files, Server};
use devkit::paths;

use crate::Framework;

/// The app, and its dev server, which is stopped when dropped.
pub(crate) struct App {
    pub(crate) folder: PathBuf,
    /// Where the dev server is, without a slash at the end.
    pub(crate) origin: String,
    /// None if the app is served as it is.
    server: Option<Child>,
}

impl App {
    /// Puts the app together and starts its dev server; its API is at `api`.
    pub(crate) fn start(framework: Framework, api: &str) -> Self {
        if framework == Framework::Plain {
            return Self::plain(api);
        }
        let folder = assembled(framework);
        let script = here().join("serve.mjs");
        let mut server = node(&folder, api)
            .arg(script)
            .arg(&folder)
            .arg("0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("node");
        let said = BufReader::new(server.stdout.take().expect("its output"));
        let mut lines = said.lines().map_while(Result::ok);
        let origin = lines.find(|line| line.starts_with("http://"));
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let origin = origin.expect("the dev server's address");
        Self {
            folder,
            origin,
            server: Some(server),
        }
    }

    /// The app that needs no bundler, with the package's one file beside it, as its README says.
    fn plain(api: &str) -> Self {
        let folder = paths::scratch("frameworks").join("plain");
        // There is none at the first time.
        let _ = std::fs::remove_dir_all(&folder);
        copy(&paths::root().join("examples/plain"), &folder);
        let script = "crowfly.min.js";
        let packed = e2e::package_page::package().join(script);
        std::fs::copy(packed, folder.join(script)).expect("the package's one file");
        let app = Self {
            origin: serve(&folder),
            folder,
            server: None,
        };
        let address = "https://abc.execute-api.eu-west-1.amazonaws.com";
        for (from, to) in [(address, api), ("eyJ...", "a.b.c")] {
            app.edit(Framework::Plain.component(), from, to);
        }
        app
    }

    /// Builds the app, and serves it until the process ends; returns its address.
    pub(crate) fn build(&self, api: &str) -> String {
        let built = node(&self.folder, api)
            .args([
                "node_modules/vite/bin/vite.js",
                "build",
                "--logLevel",
                "warn",
            ])
            .output()
            .expect("node");
        let said = [built.stdout, built.stderr].concat();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&said));
        format!("{}/", serve(&self.folder.join("dist")))
    }

    /// Replaces a text in a source file, as a developer does while the dev server runs.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.join(file);
        let text = std::fs::read_to_string(&path).expect("a source file");
        assert!(text.contains(from), "{file} has no {from}");
        std::fs::write(path, text.replace(from, to)).expect("a source file");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Serves a folder until the process ends; returns the origin.
fn serve(folder: &Path) -> String {
    let files = Files::default().at("/", folder);
    let server = Server::bind(0).expect("a free port");
    let port = server.address().port();
    let serving = server.serve(move |request| files.answer(request));
    serving.expect("a server").detach();
    format!("http://127.0.0.1:{port}")
}

fn node(folder: &Path, api: &str) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(folder)
        .env("VITE_API", api)
        .env("VITE_TOKEN", "a.b.c")
        .stdin(Stdio::null());
    command
}

fn here() -> PathBuf {
    paths::root().join("tests/tests/frameworks")
}

/// A new copy of the example, with its modules, the package, and the test's own pages in `lab`.
fn assembled(framework: Framework) -> PathBuf {
    let name = framework.name();
    let app = paths::scratch("frameworks").join(name);
    // There is none at the first time.
    let _ = std::fs::remove_dir_all(&app);
    copy(&paths::root().join("examples").join(name), &app);
    let lab = app.join("lab");
    copy(&here().join(name), &lab);
    std::fs::copy(here().join("world.js"), lab.join("world.js")).expect("a file of the lab");
    let installed = paths::tools().join(format!("node-{name}/node_modules"));
    // Links to the same files: a copy would take seconds.
    let linked = Command::new("cp")
        .arg("-al")
        .args([&installed, &app.join("node_modules")])
        .status();
    assert!(linked.expect("cp").success(), "the modules of {name}");
    copy(
        &e2e::package_page::package(),
        &app.join("node_modules/crowfly"),
    );
    app
}

/// Copies a folder without what was installed or built in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (path, name) = entry
            .map(|entry| (entry.path(), entry.file_name()))
            .expect("an entry");
        if name == "node_modules" || name == "dist" {
            continue;
        }
        let to = to.join(name);
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).expect("a file");
        }
    }
}
