//! The local AWS as a process: MiniStack under the rules of `xtask/local-aws`.

use std::fs::DirBuilder;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use devkit::aws::{Client, Key, QueryService};
use devkit::http::Request;
use devkit::random::fill;
use serde_json::Value;

use crate::error::Error;
use crate::process::{Cmd, Service};
use crate::{paths, setup, step};

const START: Duration = Duration::from_secs(30);

/// A running local AWS; it stops when dropped, and its Lambda functions with it.
pub(crate) struct Server {
    pub(crate) aws: Aws,
    service: Service,
}

impl Server {
    /// Starts an empty local AWS with its state in `folder`, which is emptied first; [`Server::ready`] waits for it.
    /// It has a new root key, allows sign-in from the pages at `pages`, ports of this computer, and is known by the port
    /// `proxy`, too.
    pub(crate) fn launch(
        port: u16,
        pages: &[u16],
        proxy: u16,
        folder: &Path,
    ) -> Result<Self, Error> {
        let python = setup::python::local_aws()?.join("python");
        empty(folder)?;
        let key = Key::random().map_err(Error::io("read random bytes"))?;
        let service = Cmd::new(python)
            .args(["-m", "strict_aws"])
            .dir(folder)
            .envs(variables(port, pages, folder, &key))
            .env("CROWFLY_LOCAL_PROXIES", proxy.to_string())
            .env_remove("AWS_SESSION_TOKEN")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_DEFAULT_PROFILE")
            .log(&format!("local-aws-{port}"))
            .spawn()?;
        let aws = Aws::at(port, key);
        Ok(Self { aws, service })
    }

    pub(crate) fn ready(&self) -> Result<(), Error> {
        step::step("local AWS", || {
            self.service.until(START, || self.aws.healthy())
        })
    }

    /// Fails if it has exited.
    pub(crate) fn alive(&self) -> Result<(), Error> {
        self.service.alive()
    }
}

/// Fails with a sentence if the port is in use.
pub(crate) fn must_be_free(port: u16, what: &str) -> Result<(), Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map(drop)
        .map_err(|error| {
            Error::failed(format!(
                "port {port} of this machine, needed for {what}, is not available ({error}); \
                 stop what uses it, or choose another with `--port N`"
            ))
        })
}

/// Ports that are free now, all different, below the ephemeral range: no outgoing connection takes one of them
/// before its server does.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N], Error> {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 18_000;
    let mut random = [0; 2];
    fill(&mut random).map_err(Error::io("read random bytes"))?;
    let start = u16::from_ne_bytes(random) % COUNT;
    let mut held = Vec::new();
    let mut ports = [0; N];
    let mut candidates = (0..COUNT).map(|step| FIRST + (start + step) % COUNT);
    for port in &mut ports {
        let (found, listener) = candidates
            .by_ref()
            .find_map(|port| Some((port, TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?)))
            .ok_or_else(|| Error::failed("this machine has no free port from 12000 to 29999"))?;
        *port = found;
        held.push(listener);
    }
    Ok(ports)
}

/// Empties the folder: state of an earlier start belongs to another template and other binaries. Only the owner may
/// read it, because objects and the signing keys of user pools are stored there.
fn empty(folder: &Path) -> Result<(), Error> {
    let what = format!("empty {}", paths::short(folder));
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(Error::io(what.clone()))?;
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder.join("tmp"))
        .map_err(Error::io(what))
}

/// The origins of the page at `port` of this computer, under both of its host names.
pub(super) fn origins(port: u16) -> String {
    format!("http://127.0.0.1:{port},http://localhost:{port}")
}

fn variables(port: u16, pages: &[u16], state: &Path, key: &Key) -> Vec<(&'static str, String)> {
    let path = |name: &str| state.join(name).display().to_string();
    let pages: Vec<String> = pages.iter().copied().map(origins).collect();
    let overlay = paths::root().join("xtask/local-aws");
    vec![
        // Signatures, policies and CORS are checked only with this setting.
        ("AUTH", "true".to_owned()),
        ("BIND_HOST", "127.0.0.1".to_owned()),
        ("GATEWAY_PORT", port.to_string()),
        // Without it the emulator listens for IoT on every interface.
        ("IOT_MTLS_ENABLED", "0".to_owned()),
        // The host in queue URLs; `localhost` may resolve to IPv6 first.
        ("MINISTACK_HOST", "127.0.0.1".to_owned()),
        ("MINISTACK_REGION", REGION.to_owned()),
        ("TMPDIR", path("tmp")),
        ("STATE_DIR", path("state")),
        ("S3_DATA_DIR", path("s3")),
        ("LOG_LEVEL", "WARNING".to_owned()),
        // Its root key; without these it would use the developer's own.
        ("AWS_ACCESS_KEY_ID", key.id.clone()),
        ("AWS_SECRET_ACCESS_KEY", key.secret.clone()),
        ("CROWFLY_LOCAL_PAGES", pages.join(",")),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("PYTHONPATH", overlay.display().to_string()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
    ]
}

#[derive(Debug, Clone)]
pub(crate) struct Aws(Client);

/// The region of everything local.
pub(crate) const REGION: &str = "us-east-1";

impl Aws {
    /// The local AWS at `127.0.0.1:<port>`, called with the root key.
    pub(crate) fn at(port: u16, key: Key) -> Self {
        Self(Client {
            url: format!("http://127.0.0.1:{port}"),
            region: REGION.to_owned(),
            key,
        })
    }

    /// Its URL, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0.key
    }

    pub(crate) fn healthy(&self) -> bool {
        let health = Request::new("GET", format!("{}/_ministack/health", self.0.url));
        health.try_send().is_ok_and(|answer| answer.status == 200)
    }

    pub(crate) fn create_bucket(&self, name: &str) -> Result<(), Error> {
        self.put(name, Vec::new())
    }

    /// Stores an object. The key must need no percent-encoding.
    pub(crate) fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<(), Error> {
        self.put(&format!("{bucket}/{key}"), body)
    }

    fn put(&self, path: &str, body: Vec<u8>) -> Result<(), Error> {
        let request = Request::new("PUT", format!("{}/{path}", self.0.url)).body(body);
        accepted("s3", &self.0.sign("s3", request)).map(drop)
    }

    /// A call of a service with the Query protocol; the answer is XML.
    pub(crate) fn query<K: AsRef<str>, V: AsRef<str>>(
        &self,
        service: QueryService,
        action: &str,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Result<String, Error> {
        accepted(service.0, &self.0.query(service, action, parameters))
    }

    /// A call of Lambda at a path below its functions; the answer is JSON.
    pub(super) fn lambda(&self, method: &str, path: &str, body: &[u8]) -> Result<Value, Error> {
        let url = format!("{}/2015-03-31/functions/{path}", self.0.url);
        let request = self.0.sign("lambda", Request::new(method, url).body(body));
        let text = accepted("Lambda", &request)?;
        serde_json::from_str(&text)
            .map_err(|error| Error::failed(format!("the answer of Lambda is not JSON: {error}")))
    }

    pub(crate) fn cognito(&self, action: &str, input: &Value) -> Result<(), Error> {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let request = self.0.json("cognito-idp", &target, input);
        accepted("Cognito", &request).map(drop)
    }
}

/// The text of the answer, if it is a success.
fn accepted(service: &str, request: &Request) -> Result<String, Error> {
    let failed = |why: String| Error::failed(format!("the local AWS ({service}) {why}"));
    let answer = request.try_send();
    let answer = answer.map_err(|error| failed(format!("does not answer: {error}")))?;
    match answer.status {
        200..300 => Ok(answer.text()),
        status => Err(failed(format!("answered {status}: {}", answer.text()))),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use devkit::paths;

    use super::empty;

    #[test]
    fn h3_the_state_is_its_owners_alone() {
        let folder = paths::target().join("test/server/aws");
        std::fs::create_dir_all(&folder).expect("an older state");
        empty(&folder).expect("it is emptied");
        let found = std::fs::metadata(&folder).expect("the folder");
        assert_eq!(found.permissions().mode() & 0o777, 0o700);
        assert!(folder.join("tmp").is_dir());
    }
}
