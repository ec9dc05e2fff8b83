//! `cargo xtask dev`: the whole system on this machine, until Ctrl-C.

use std::time::{Duration, Instant};

use devkit::env::Stack;
use lexopt::{Arg, Parser, ValueExt};

use super::env_file;
use super::server::{Server, free_ports, must_be_free, origins};
use super::trouble::Trouble;
use super::trust::Trust;
use super::{site, stack};
use crate::error::Error;
use crate::lambdas::{self, Build};
use crate::setup::{self, node, python};
use crate::{package, paths, step};

const PORT: u16 = 7070;
/// The name of the stack.
const NAME: &str = "crowfly-dev";

/// Builds, deploys and serves everything, then waits.
pub(crate) fn dev(arguments: Parser) -> Result<(), Error> {
    let started = Instant::now();
    let (page, route, trust) = options(arguments)?;
    let aws = page + 1;
    must_be_free(page, "the page")?;
    must_be_free(aws, "the local AWS")?;
    let local_aws = || python::local_aws().map(drop);
    setup::ready(setup::WASM, &[node::ready, local_aws])?;
    let folder = paths::target().join("dev");
    let [proxy, control] = free_ports()?;
    let server = Server::launch(aws, &[page], proxy, &folder.join(format!("aws-{aws}")))?;
    let functions = lambdas::build(Build::Dev, false)?;
    package::build()?;
    server.ready()?;
    let template = super::package::package(&server.aws, &functions)?;
    let mut stack = step::step("stack", || {
        let origins = origins(page);
        let mut parameters = trust.parameters().to_vec();
        parameters.extend([
            ("AllowedOrigins", origins.as_str()),
            ("Architecture", architecture()),
            ("EventRoute", &route),
            ("UploadHosts", "two"),
        ]);
        stack::deploy(&server.aws, NAME, &template, &parameters)
    })?;
    trust.describe(&mut stack);
    let trouble = step::step("fault proxy", || Trouble::start(aws, proxy, control))?;
    let switch = trouble.before(&server.aws, NAME)?;
    let site = site::start(page, &stack, &trust.origins, Some(switch))?;
    stack.page = site.url();
    env_file::write(&folder.join("env.json"), &stack)?;
    announce(&stack, &route, started);
    loop {
        server.alive()?;
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// This machine's architecture, in the template's terms.
pub(crate) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

fn announce(stack: &Stack, route: &str, started: Instant) {
    step::clear();
    println!("\nCrowfly runs at  {}\n", stack.page);
    match stack.user.as_str() {
        "" => println!(
            "  sign in      at {}\n               as client {}, which must have {} as redirect URI",
            stack.issuer, stack.client_id, stack.page
        ),
        user => println!("  sign in      {user} / {}", stack.password),
    }
    println!("  API          {}", stack.api);
    println!("  storage      {}", stack.s3);
    println!("  event route  {route}");
    println!("  for tools    target/dev/env.json");
    println!("  ready after  {}", step::seconds(started.elapsed()));
    println!("\nCtrl-C stops everything; what was uploaded is forgotten at the next start.");
}

/// The port of the page, the route of events, and another provider than the stack's own user pool.
fn options(mut arguments: Parser) -> Result<(u16, String, Trust), Error> {
    let (mut port, mut route) = (PORT, "direct".to_owned());
    let mut trust = Trust::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("port") => {
                port = arguments.value()?.parse()?;
                if port == 0 || port == u16::MAX {
                    let text = "--port takes 1 to 65534; the local AWS takes the next one";
                    return Err(Error::Usage(text.to_owned()));
                }
            }
            Arg::Long("route") => {
                route = arguments.value()?.string()?;
                if !["direct", "lambda", "eventbridge"].contains(&route.as_str()) {
                    let text = "--route takes direct, lambda or eventbridge";
                    return Err(Error::Usage(text.to_owned()));
                }
            }
            Arg::Long("issuer") => trust.issuer = arguments.value()?.string()?,
            Arg::Long("audience") => trust.audience = arguments.value()?.string()?,
            Arg::Long("scope") => trust.scope = arguments.value()?.string()?,
            Arg::Long("client-id") => trust.client = arguments.value()?.string()?,
            other => return Err(other.unexpected().into()),
        }
    }
    let trust = trust.checked(&format!("http://127.0.0.1:{port}"))?;
    Ok((port, route, trust))
}
