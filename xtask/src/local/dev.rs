//! `cargo xtask dev`: the whole system on this machine, until Ctrl-C.

use std::time::{Duration, Instant};

use devkit::env::Stack;
use lexopt::{Arg, Parser, ValueExt};

use super::env_file;
use super::server::{Server, must_be_free, origins};
use super::{site, stack};
use crate::error::Error;
use crate::lambdas::{self, Build};
use crate::setup::{self, node, python};
use crate::{package, paths, step};

const PORT: u16 = 7070;

/// Builds, deploys and serves everything, then waits.
pub(crate) fn dev(arguments: Parser) -> Result<(), Error> {
    let started = Instant::now();
    let (page, route) = options(arguments)?;
    let aws = page + 1;
    must_be_free(page, "the page")?;
    must_be_free(aws, "the local AWS")?;
    let local_aws = || python::local_aws().map(drop);
    setup::ready(setup::WASM, &[node::ready, local_aws])?;
    let folder = paths::target().join("dev");
    let server = Server::launch(aws, &[page], &folder.join(format!("aws-{aws}")))?;
    let functions = lambdas::build(Build::Dev, false)?;
    package::build()?;
    server.ready()?;
    let template = super::package::package(&server.aws, &functions)?;
    let mut stack = step::step("stack", || {
        let origins = origins(page);
        let parameters = [
            ("AllowedOrigins", origins.as_str()),
            ("Architecture", architecture()),
            ("EventRoute", &route),
        ];
        stack::deploy(&server.aws, "crowfly-dev", &template, &parameters)
    })?;
    let site = site::start(page, &stack)?;
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
    if !stack.user.is_empty() {
        println!("  sign in      {} / {}", stack.user, stack.password);
    }
    println!("  API          {}", stack.api);
    println!("  storage      {}", stack.s3);
    println!("  event route  {route}");
    println!("  for tools    target/dev/env.json");
    println!("  ready after  {}", step::seconds(started.elapsed()));
    println!("\nCtrl-C stops everything; what was uploaded is forgotten at the next start.");
}

/// The port of the page, and the route of events.
fn options(mut arguments: Parser) -> Result<(u16, String), Error> {
    let (mut port, mut route) = (PORT, "direct".to_owned());
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
                if !["direct", "lambda"].contains(&route.as_str()) {
                    return Err(Error::Usage("--route takes direct or lambda".to_owned()));
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok((port, route))
}
