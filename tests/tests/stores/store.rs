//! A real store on loopback, with one bucket.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use devkit::aws::{Client, Key};
use devkit::paths::{on_path, root, temporary, tools};
use tempfile::TempDir;

use crate::ceph::Ceph;
use crate::process::{Process, free_port, run};

/// Longest start of a store.
pub(crate) const STARTS_WITHIN: Duration = Duration::from_secs(60);
pub(crate) const BUCKET: &str = "films";
const REGION: &str = "us-east-1";

/// The stores that this suite can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// <https://garagehq.deuxfleurs.fr>, which `cargo xtask` installs.
    Garage,
    /// The local AWS of this project, held by its rules to what Amazon S3 does.
    Local,
    /// Ceph's gateway, where the machine has its programs (Debian: `radosgw ceph-mon ceph-osd ceph-common`).
    Ceph,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Garage, Self::Local, Self::Ceph];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Garage => "garage",
            Self::Local => "local-aws",
            Self::Ceph => "ceph",
        }
    }

    /// Why it cannot run here.
    pub(crate) fn lacks(self) -> Option<String> {
        match self {
            Self::Garage if garage().is_file() => None,
            Self::Garage => Some(format!("there is no {}", garage().display())),
            Self::Local if python().is_file() => None,
            Self::Local => Some(format!("there is no {}", python().display())),
            Self::Ceph => Ceph::missing().map(|program| format!("there is no {program} on PATH")),
        }
    }
}

/// The environment of the local AWS, which also has boto3.
pub(crate) fn python() -> PathBuf {
    tools().join("venv-local-aws/bin/python")
}

fn garage() -> PathBuf {
    let installed = tools().join("bin/garage");
    match installed.is_file() {
        true => installed,
        false => on_path("garage").unwrap_or(installed),
    }
}

/// A running store.
pub(crate) struct Store {
    pub(crate) kind: Kind,
    /// Its name and version, as people write it.
    pub(crate) version: String,
    /// Signs for its owner.
    pub(crate) client: Client,
    port: u16,
    server: Option<Process>,
    ceph: Option<Ceph>,
    // Declared last: removed when nothing uses it any more.
    folder: TempDir,
}

impl Store {
    pub(crate) fn start(kind: Kind) -> Self {
        let folder = temporary("stores");
        let key = match kind {
            // Garage wants keys of its own form.
            Kind::Garage => Key {
                id: format!("GK{}", devkit::random::random_hex(12)),
                secret: devkit::random::random_hex(32),
            },
            Kind::Ceph | Kind::Local => Key::random().expect("randomness"),
        };
        let port = free_port();
        let mut store = Self {
            kind,
            version: version(kind),
            client: Client {
                url: format!("http://127.0.0.1:{port}"),
                region: if kind == Kind::Local {
                    REGION
                } else {
                    kind.name()
                }
                .into(),
                key,
            },
            port,
            server: None,
            ceph: None,
            folder,
        };
        match kind {
            Kind::Garage => store.configure_garage(),
            Kind::Ceph => store.ceph = Some(Ceph::start(store.folder.path())),
            Kind::Local => {}
        }
        store.run();
        if let Some(ceph) = &store.ceph {
            ceph.add_user(&store.client.key);
        }
        // Garage makes its bucket itself.
        if kind != Kind::Garage {
            store.create_bucket();
        }
        store
    }

    fn configure_garage(&self) {
        let (folder, rpc) = (self.folder.path().display(), free_port());
        let config = format!(
            "metadata_dir = \"{folder}/meta\"\ndata_dir = \"{folder}/data\"\ndb_engine = \"lmdb\"\n\
             replication_factor = 1\nrpc_bind_addr = \"127.0.0.1:{rpc}\"\nrpc_public_addr = \"127.0.0.1:{rpc}\"\n\
             rpc_secret = \"{}\"\n[s3_api]\ns3_region = \"garage\"\napi_bind_addr = \"127.0.0.1:{}\"\n",
            devkit::random::random_hex(32),
            self.port
        );
        std::fs::write(self.folder.path().join("garage.toml"), config).expect("a configuration");
    }

    fn command(&self) -> Command {
        if let Some(ceph) = &self.ceph {
            return ceph.gateway(self.port);
        }
        if self.kind == Kind::Local {
            return self.local_aws();
        }
        let mut command = Command::new(garage());
        command
            .arg("-c")
            .arg(self.folder.path().join("garage.toml"))
            .args(["server", "--single-node", "--default-bucket"])
            .env("GARAGE_DEFAULT_ACCESS_KEY", &self.client.key.id)
            .env("GARAGE_DEFAULT_SECRET_KEY", &self.client.key.secret)
            .env("GARAGE_DEFAULT_BUCKET", BUCKET);
        command
    }

    fn local_aws(&self) -> Command {
        let path = |name: &str| self.folder.path().join(name);
        let port = self.port.to_string();
        let key = &self.client.key;
        let mut command = Command::new(python());
        command
            .args(["-m", "strict_aws"])
            .current_dir(self.folder.path())
            .env("PYTHONPATH", root().join("xtask/local-aws"))
            .envs([
                ("AUTH", "true"),
                ("BIND_HOST", "127.0.0.1"),
                ("IOT_MTLS_ENABLED", "0"),
            ])
            .envs([
                ("GATEWAY_PORT", port.as_str()),
                ("MINISTACK_HOST", "127.0.0.1"),
            ])
            .envs([("MINISTACK_REGION", REGION), ("AWS_DEFAULT_REGION", REGION)])
            .envs([
                ("AWS_ACCESS_KEY_ID", &key.id),
                ("AWS_SECRET_ACCESS_KEY", &key.secret),
            ])
            .envs([("STATE_DIR", path("state")), ("S3_DATA_DIR", path("s3"))])
            .env("AWS_ENDPOINT_URL", &self.client.url)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("LOG_LEVEL", "WARNING")
            .env_remove("AWS_SESSION_TOKEN");
        command
    }

    /// Starts the server, for the first time or after [`Store::kill`], unless it runs.
    pub(crate) fn run(&mut self) {
        if self.server.is_some() {
            return;
        }
        let log = devkit::paths::log(&format!("store-{}", self.kind.name()));
        std::fs::create_dir_all(log.parent().expect("a folder")).expect("a folder");
        let mut server = Process::start(&mut self.command(), &log);
        server.wait_for_port(self.port, STARTS_WITHIN);
        self.server = Some(server);
    }

    /// Ends the server as a crash would; its data stay.
    pub(crate) fn kill(&mut self) {
        self.server = None;
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

fn version(kind: Kind) -> String {
    let (program, name) = match kind {
        Kind::Local => return "Amazon S3".to_owned(),
        Kind::Garage => (garage(), "Garage"),
        Kind::Ceph => ("radosgw".into(), "Ceph RGW"),
    };
    let text = run(Command::new(program).arg("--version"));
    // "garage cargo:2.5.0 [...]", "ceph version 16.2.15 (...)".
    let mut words = text.split([' ', ':']);
    let number = words.find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    format!("{name} {}", number.unwrap_or("?"))
}
