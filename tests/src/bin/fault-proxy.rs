//! `fault-proxy --listen PORT`: the proxy of the fault tests, on loopback only; see [`e2e::proxy`].
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use e2e::options::Options;
use e2e::proxy::{Config, Proxy};

const USAGE: &str = "usage: fault-proxy [--listen PORT] [--control PORT] [--upstream http://HOST:PORT] \
                     [--seed N] [--life SECONDS] [--no-s3-rules]";

fn main() -> ExitCode {
    let Some((config, life)) = read() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let seed = config.seed;
    match Proxy::start(config) {
        Ok(proxy) => {
            let line = serde_json::json!({
                "proxy": format!("http://{}", proxy.address()),
                "control": format!("http://{}", proxy.control()),
                "seed": seed,
            });
            println!("{line}");
            std::thread::sleep(life);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fault-proxy: cannot listen on 127.0.0.1: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read() -> Option<(Config, Duration)> {
    let mut options = Options::of(std::env::args().skip(1));
    let mut config = Config {
        seed: devkit::time::unix_ms(),
        ..Config::default()
    };
    options.number("--listen", &mut config.listen)?;
    options.number("--control", &mut config.control)?;
    options.number("--seed", &mut config.seed)?;
    let mut life = 3600;
    options.number("--life", &mut life)?;
    if let Some(upstream) = options.text("--upstream")? {
        config.upstream = Some(devkit::http::Url::parse(&upstream)?.authority);
    }
    config.s3_rules = !options.flag("--no-s3-rules");
    options.end()?;
    Some((config, Duration::from_secs(life)))
}
