//! The examples, each running as its README says.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use devkit::paths::{on_path, root, scratch};
use e2e::package_page::{node_modules, package};

use crate::process::{Process, free_port, run};
use crate::store::{BUCKET, Store, python};

/// In which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Node,
    Python,
    Go,
}

impl Language {
    pub(crate) const ALL: [Self; 3] = [Self::Node, Self::Python, Self::Go];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Python => "python",
            Self::Go => "go",
        }
    }

    /// Why it cannot run here.
    pub(crate) fn lacks(self) -> Option<String> {
        let missing = |program: PathBuf| {
            (!program.is_file()).then(|| format!("there is no {}", program.display()))
        };
        match self {
            Self::Node => {
                missing(node_modules().join("@aws-sdk/s3-request-presigner/package.json"))
            }
            Self::Python => missing(python()),
            Self::Go => on_path("go")
                .is_none()
                .then(|| "there is no go on PATH".to_owned()),
        }
    }

    fn folder(self) -> PathBuf {
        root()
            .join("examples")
            .join(format!("signer-{}", self.name()))
    }

    /// The server, not yet started.
    fn command(self) -> Command {
        match self {
            Self::Node => {
                // Its packages are those of the tools, in the same versions.
                let linked = self.folder().join("node_modules");
                if !linked.exists() {
                    let _ = std::os::unix::fs::symlink(node_modules(), &linked);
                }
                let mut command = Command::new("node");
                command.arg("server.mjs");
                command
            }
            Self::Python => {
                let mut command = Command::new(python());
                command.arg("server.py").env("PYTHONDONTWRITEBYTECODE", "1");
                command
            }
            Self::Go => {
                let program = scratch("stores").join("signer-go");
                let mut build = Command::new("go");
                build
                    .args(["build", "-o"])
                    .arg(&program)
                    .arg(".")
                    .current_dir(self.folder());
                run(build.env("GOFLAGS", "-mod=mod"));
                Command::new(program)
            }
        }
    }
}

/// A running example: page and routes.
pub(crate) struct Signer {
    pub(crate) language: Language,
    pub(crate) origin: String,
    pub(crate) seconds: u64,
    _server: Process,
}

impl Signer {
    /// Starts it in front of a store, and lets its page use the bucket. Its URLs are good for `seconds`.
    pub(crate) fn start(language: Language, store: &Store, seconds: u64) -> Self {
        let port = free_port();
        let origin = format!("http://127.0.0.1:{port}");
        let mut command = language.command();
        command
            .current_dir(language.folder())
            .env("PORT", port.to_string())
            .env("BUCKET", BUCKET)
            .env("ENDPOINT", &store.client.url)
            .env("AWS_REGION", &store.client.region)
            .env("AWS_ACCESS_KEY_ID", &store.client.key.id)
            .env("AWS_SECRET_ACCESS_KEY", &store.client.key.secret)
            .env("STATE_SECRET", devkit::random::random_hex(16))
            .env("URL_SECONDS", seconds.to_string())
            .env("CROWFLY", package())
            .env_remove("AWS_SESSION_TOKEN");
        let log = devkit::paths::log(&format!("signer-{}", language.name()));
        let mut server = Process::start(&mut command, &log);
        server.wait_for_port(port, Duration::from_secs(30));
        store.set_cors(&origin);
        Self {
            language,
            origin,
            seconds,
            _server: server,
        }
    }
}
