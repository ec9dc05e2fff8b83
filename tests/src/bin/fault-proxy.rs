//! The proxy of the fault tests, on ports of loopback, by default free ones; see [`e2e::proxy`].
//!
//! `fault-proxy [--upstream http://HOST:PORT] [--port N] [--control N] [--seed N] [--life SECONDS] [--no-s3-rules]`
#![forbid(unsafe_code)]

use std::time::Duration;

use devkit::http::Url;
use e2e::proxy::{Config, Proxy};
use lexopt::{Arg::Long, Parser, ValueExt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = Config {
        seed: devkit::time::unix_ms(),
        ..Config::default()
    };
    let (mut life, mut s3_rules) = (3600, true);
    let mut options = Parser::from_env();
    while let Some(option) = options.next()? {
        match option {
            Long("seed") => config.seed = options.value()?.parse()?,
            Long("port") => config.ports[0] = options.value()?.parse()?,
            Long("control") => config.ports[1] = options.value()?.parse()?,
            Long("life") => life = options.value()?.parse()?,
            Long("no-s3-rules") => s3_rules = false,
            Long("upstream") => {
                let url = Url::parse(&options.value()?.string()?);
                config.upstream = Some(url.ok_or("--upstream takes an http URL")?.authority);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let seed = config.seed;
    let proxy = Proxy::start(config)?;
    proxy.s3_rules(s3_rules);
    let line = serde_json::json!({
        "proxy": format!("http://{}", proxy.address()),
        "control": format!("http://{}", proxy.control()),
        "seed": seed,
    });
    println!("{line}");
    std::thread::sleep(Duration::from_secs(life));
    Ok(())
}
