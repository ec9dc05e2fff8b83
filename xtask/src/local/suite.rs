//! The system that the whole-system tests run against: ten stacks of one template, a scanner for one of them, a fault
//! proxy before the bucket of another, and a token issuer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use devkit::env::{Env, Stack};
use devkit::hash::sha256;
use devkit::http::{Request, Serving};

use super::dev::architecture;
use super::env_file;
use super::server::{Server, free_ports, origins};
use super::trouble::Trouble;
use super::trust::Trust;
use super::{site, stack};
use crate::error::Error;
use crate::lambdas::{self, Build, Functions};
use crate::process::{Cmd, Service};
use crate::{native, package, paths, step};

const START: Duration = Duration::from_secs(20);
/// The subject that the stack `tight` denies.
const DENIED: &str = "denied";
/// Visibility timeout: short, so that a message that fails five times is in the dead-letter queue within seconds.
const SECONDS: &str = "6";

/// The stacks, each with its own parameters; all but `main`, `trouble` and `strict` trust the test issuer.
const STACKS: [(&str, &str); 11] = [
    ("main", ""),
    ("oidc", "PublicRead=acl MaxFileBytes=209715200 LiveKeep=on"),
    ("webm", "EventRoute=lambda KeySuffix=.webm KeyLayout=path"),
    // Shorter timeouts, because its services fail.
    ("faulty", FAULTY),
    // For many uploads at once, which make its queue long.
    ("busy", ""),
    ("scan", "ScanUploads=on KeyLayout=path"),
    ("tight", TIGHT),
    // For a provider that the tests of the sign-in start.
    ("strict", ""),
    // For the page that makes trouble.
    ("trouble", ""),
    // With what people already have.
    ("owned", OWNED),
    // With a bus; shorter timeouts, because its services fail.
    ("told", TOLD),
];
const OWNED: &str = "KmsKeyArn=arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab \
    JwtAudience=crowfly-test,crowfly-other OwnerIssuer=http://127.0.0.1:1/ \
    Versioning=on NoncurrentDays=7 ExpireAfterDays=90 TransitionToIaDays=30 \
    ApiDomainName=uploads.example.com ApiCertificateArn=arn:aws:acm:us-east-1:000000000000:certificate/1234abcd \
    DistributionArn=arn:aws:cloudfront::000000000000:distribution/E1ABC \
    PermissionsBoundaryArn=arn:aws:iam::aws:policy/PowerUserAccess \
    ExemptRoleArn=arn:aws:iam::000000000000:role/restoring \
    LogSourceIp=on TransferAcceleration=on UploadHosts=two RecordReservedConcurrency=10";
const FAULTY: &str = "EventRoute=lambda FunctionTimeoutSeconds=3 VisibilityTimeoutSeconds=3";
const TOLD: &str = "EventBusName=default FunctionTimeoutSeconds=3 VisibilityTimeoutSeconds=3";
const TIGHT: &str = "MaxOpenUploads=20 MaxOpenBytes=1048576 MaxRequestsPerSecond=20 MaxReadsPerSecond=20 RepairAfterSeconds=1";

/// Small, so that a test can exceed the size that is scanned.
const SCAN_BYTES: &str = "1048576";

/// The running system; it stops when dropped.
pub(crate) struct Suite {
    /// The file that describes the system: `target/test/env.json`.
    pub(crate) env: PathBuf,
    pub(crate) server: Server,
    _issuer: Service,
    _trouble: Trouble,
    _sites: Vec<Serving>,
}

/// Builds the deployed artefacts, starts the local AWS and the issuer, and deploys the stacks.
pub(crate) fn start_for_tests(how: Build) -> Result<Suite, Error> {
    let functions = lambdas::build(how, true)?;
    package::build()?;
    let ports: [u16; 7 + STACKS.len()] = free_ports()?;
    let [
        aws,
        issuer,
        provider,
        extra,
        tool,
        proxy,
        control,
        pages @ ..,
    ] = ports;
    let folder = paths::target().join("test");
    let server = Server::launch(aws, &pages, proxy, &folder.join("aws"))?;
    let trouble = Trouble::start(aws, proxy, control)?;
    let (service, issuer) = start_issuer(issuer)?;
    server.ready()?;
    let template = super::package::package(&server.aws, &functions)?;
    let [extra, tool] = [extra, tool].map(|port| format!("http://127.0.0.1:{port}"));
    // The last of two, to show that the parameter is passed on as a list.
    let denied = format!("{},{}", "a".repeat(26), owner(&issuer, DENIED));
    let mut described = BTreeMap::new();
    let mut sites = Vec::new();
    for ((name, own), port) in STACKS.into_iter().zip(pages) {
        let origins = [origins(port), extra.clone(), tool.clone()].join(",");
        // Of two values for one parameter the latter counts.
        let mut parameters = BTreeMap::from([
            ("AllowedOrigins", origins.as_str()),
            ("Architecture", architecture()),
            ("FunctionTimeoutSeconds", SECONDS),
            ("VisibilityTimeoutSeconds", SECONDS),
        ]);
        if name == "tight" {
            parameters.insert("DeniedOwners", &denied);
        }
        let trust = trust(name, &issuer, provider);
        parameters.extend(trust.parameters());
        parameters.extend(pairs(own));
        let parameters: Vec<(&str, &str)> = parameters.into_iter().collect();
        let mut stack = step::step(&format!("stack {name}"), || {
            let name = format!("crowfly-{name}");
            stack::deploy(&server.aws, &name, &template, &parameters)
        })?;
        trust.describe(&mut stack);
        if name == "scan" {
            step::step("stack scanner", || {
                deploy_scanner(&server, &functions, &stack)
            })?;
        }
        let switch = match name {
            "trouble" => Some(trouble.before(&server.aws, &format!("crowfly-{name}"))?),
            _ => None,
        };
        let site = site::start(port, &stack, &trust.origins, switch)?;
        stack.page = site.url();
        described.insert(name.to_owned(), stack);
        sites.push(site);
    }
    let env = folder.join("env.json");
    let description = Env {
        issuer,
        extra_origin: extra,
        tool_origin: tool,
        stacks: described,
    };
    env_file::write(&env, &description)?;
    Ok(Suite {
        env,
        server,
        _issuer: service,
        _trouble: trouble,
        _sites: sites,
    })
}

/// Whose tokens a stack accepts: its audience, and the scope that they carry.
fn trust(stack: &str, test_issuer: &str, provider: u16) -> Trust {
    let (issuer, audience, client) = match stack {
        "main" | "trouble" => return Trust::default(),
        "strict" => {
            let issuer = format!("http://127.0.0.1:{provider}");
            (issuer, "https://uploads.example/", "page")
        }
        _ => (test_issuer.to_owned(), "crowfly-test", "crowfly-test"),
    };
    Trust {
        issuer,
        audience: audience.to_owned(),
        scope: "uploads".to_owned(),
        client: client.to_owned(),
        origins: Vec::new(),
    }
}

/// The pairs of `name=value name=value`.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(' ').filter_map(|pair| pair.split_once('='))
}

/// Deploys the example scanner, from its own template, for the stack whose uploads it scans.
fn deploy_scanner(server: &Server, functions: &Functions, scanned: &Stack) -> Result<(), Error> {
    let template = super::package::package_scanner(&server.aws, functions)?;
    let parameters = [
        ("Bucket", scanned.bucket.as_str()),
        ("ScanBytes", SCAN_BYTES),
        ("Architecture", architecture()),
    ];
    stack::create(&server.aws, "crowfly-scanner", &template, &parameters).map(drop)
}

/// The owner of a token's subject, as in logs and keys: 26 characters of its hash in base32.
fn owner(issuer: &str, subject: &str) -> String {
    let hash = sha256(format!("{issuer}\n{subject}").as_bytes());
    let text = BASE32_NOPAD.encode(&hash).to_ascii_lowercase();
    text.chars().take(26).collect()
}

/// Starts the test issuer; returns its name, which is also its URL.
fn start_issuer(port: u16) -> Result<(Service, String), Error> {
    // With the package selection of the tests, so that nothing is left to build.
    let build = native::cargo("build --quiet --bin test-issuer");
    build.log("build-test-issuer").run()?;
    let program = paths::cargo_target().join("debug/test-issuer");
    let service = Cmd::new(program)
        .args(["--port", &port.to_string()])
        .spawn()?;
    let name = format!("http://127.0.0.1:{port}/");
    let discovery = Request::new("GET", format!("{name}.well-known/openid-configuration"));
    service.until(START, || discovery.try_send().is_ok())?;
    Ok((service, name))
}

#[cfg(test)]
mod tests {
    use super::owner;

    /// As the backend derives it; the expected value is from coreutils: sha256sum, base32.
    #[test]
    fn an_owner_is_the_beginning_of_a_hash() {
        assert_eq!(
            owner("http://127.0.0.1:1/", "denied"),
            "cgnb5d6cyfhcbukvma77iixnar"
        );
    }
}
