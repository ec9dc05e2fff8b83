//! The apps, each in a folder of its own with the packed npm package in it, as its README says.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use devkit::paths::{log, root, scratch, tools};
use e2e::package_page::package;

use crate::next;
use crate::process::{Process, free_port, run};
use crate::store::{self, BUCKET, Store};

/// Longest start of a server.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// What the server is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Express,
    Hono,
    Fastify,
    Next,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Express, Self::Hono, Self::Fastify, Self::Next];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::Hono => "hono",
            Self::Fastify => "fastify",
            Self::Next => "next",
        }
    }
}

/// A running app: its page and its handler.
pub(crate) struct App {
    pub(crate) origin: String,
    _server: Process,
}

impl App {
    /// Starts it in front of a store, and lets its page use the bucket.
    pub(crate) fn start(kind: Kind, store: &Store) -> Self {
        let port = free_port();
        let variables = variables(store);
        let mut command = match kind {
            Kind::Next => next::built(store, &variables).start(port),
            _ => {
                let mut node = Command::new("node");
                node.arg("server.mjs").current_dir(assembled(kind));
                node
            }
        };
        command
            .envs(variables)
            .env("STORE", preset(store))
            .env("PORT", port.to_string())
            .env_remove("AWS_SESSION_TOKEN");
        let mut server = Process::start(&mut command, &log(&format!("server-{}", kind.name())));
        server.wait_for_port(port, STARTS_WITHIN);
        let origin = format!("http://127.0.0.1:{port}");
        store.set_cors(&origin);
        Self {
            origin,
            _server: server,
        }
    }
}

/// What `store` is called in the handler's options.
pub(crate) fn preset(store: &Store) -> &'static str {
    match store.kind {
        store::Kind::Garage => "garage",
        store::Kind::Local | store::Kind::Ceph => "s3",
    }
}

/// The environment of every app.
pub(crate) fn variables(store: &Store) -> Vec<(&'static str, String)> {
    let client = &store.client;
    vec![
        ("AWS_REGION", client.region.clone()),
        ("AWS_ACCESS_KEY_ID", client.key.id.clone()),
        ("AWS_SECRET_ACCESS_KEY", client.key.secret.clone()),
        ("AWS_ENDPOINT_URL_S3", client.url.clone()),
        ("BUCKET", BUCKET.to_owned()),
        ("UPLOAD_SECRET", devkit::random::random_hex(24)),
        ("SESSION_SECRET", devkit::random::random_hex(24)),
    ]
}

/// A new copy of an example, with its modules and the package.
fn assembled(kind: Kind) -> PathBuf {
    let name = format!("server-{}", kind.name());
    let app = scratch("servers").join(&name);
    // There is none at the first time.
    let _ = std::fs::remove_dir_all(&app);
    let example = root().join("examples").join(&name);
    // Links to the same modules: a copy would take seconds.
    let modules = tools().join(format!("node-{name}/node_modules"));
    run(Command::new("cp").arg("-r").arg(example).arg(&app));
    // Those of a person who tried the example.
    let _ = std::fs::remove_dir_all(app.join("node_modules"));
    run(Command::new("cp").arg("-al").arg(modules).arg(&app));
    let place = app.join("node_modules/crowfly");
    run(Command::new("cp").arg("-r").arg(package()).arg(place));
    app
}
