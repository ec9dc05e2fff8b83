//! A fresh app of `create-next-app`, with the lines of `docs/SERVER.md` and nothing else.

use std::path::Path;
use std::process::Command;

use devkit::paths::{root, target};

use crate::app::preset;
use crate::document;
use crate::project::{Project, run};
use crate::store::Store;

/// The commands of the page, which are run as they are but for versions, the tarball, and what would ask the network.
const COMMANDS: [&str; 3] = [
    "npx create-next-app@latest my-app --yes --empty",
    "cd my-app",
    "npm install crowfly @aws-sdk/client-s3 @aws-sdk/s3-request-presigner",
];

/// The built app.
pub(crate) struct Next(Project);

/// Goes the path of the page from an empty folder to a build. These variables stand for the page's `.env.local`.
pub(crate) fn built(store: &Store, variables: &[(&'static str, String)]) -> Next {
    let app = created();
    let mut files = 0;
    for (path, text) in document::files() {
        let text = match path.as_str() {
            ".env.local" => filled(&text, variables),
            _ => chosen(&text, store),
        };
        let path = app.folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file of the app");
        files += 1;
    }
    assert_eq!(files, 5, "files of the page");
    app.script("build");
    Next(app)
}

impl Next {
    pub(crate) fn start(&self, port: u16) -> Command {
        // Not by npm, which would outlive its end.
        let mut next = self.0.command("node");
        let arguments = ["node_modules/next/dist/bin/next", "start"];
        next.args(arguments)
            .args(["--hostname", "127.0.0.1", "--port", &port.to_string()]);
        next
    }
}

fn created() -> Project {
    assert_eq!(document::commands(), COMMANDS, "docs/SERVER.md");
    let starter = Project::installed("server-next");
    let app = Project {
        folder: starter.folder.join("my-app"),
    };
    let _ = std::fs::remove_dir_all(&app.folder);
    let create = ["create-next-app", "my-app", "--yes", "--empty"];
    let offline = ["--skip-install", "--disable-git", "--use-npm"];
    run(starter.command("npx").args(create).args(offline));
    // What the starter leaves open is pinned.
    let lock = root().join("tests/tests/servers/next/app-lock.json");
    copy(&lock, &app.folder.join("package-lock.json"));
    let pinned = std::fs::read(&lock).expect("the lock file");
    let pinned: serde_json::Value = serde_json::from_slice(&pinned).expect("a lock file");
    let sdk = ["@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"].map(|name| {
        let version = &pinned["packages"][""]["dependencies"][name];
        format!("{name}@{}", version.as_str().expect("a version"))
    });
    let options = [
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
    ];
    let mut install = app.command("npm");
    install.arg("install").args(options);
    run(install.arg(target().join("npm/crowfly.tgz")).args(sdk));
    app
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from, to).expect("a copy");
}

/// The variables that the page names, and the address of the store.
fn filled(env: &str, variables: &[(&str, String)]) -> String {
    let mut text = String::new();
    for line in env.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split('=').next().unwrap_or_default();
        assert!(variables.iter().any(|(known, _)| *known == name), "{name}");
    }
    for (name, value) in variables {
        let named = env.contains(&format!("\n{name}="));
        assert!(
            named || *name == "AWS_ENDPOINT_URL_S3",
            "the page does not name {name}"
        );
        text += &format!("{name}={value}\n");
    }
    text
}

/// The page's choice of a store, made for this one.
fn chosen(text: &str, store: &Store) -> String {
    text.replace("store: \"s3\"", &format!("store: {:?}", preset(store)))
}
