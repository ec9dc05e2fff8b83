//! `sink --port PORT`: an API and a storage that discard what they get, for benchmarks; on loopback only. See
//! [`e2e::sink`].
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use e2e::options::Options;
use e2e::sink::{Config, Sink};

const USAGE: &str = "usage: sink [--port PORT] [--life SECONDS] [--no-verify] [--answer-delay-ms N] \
                     [--bytes-per-second N]";

fn main() -> ExitCode {
    let Some((config, life)) = read() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match Sink::start(config) {
        Ok(sink) => {
            println!("http://{}", sink.address());
            std::thread::sleep(life);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("sink: cannot listen on 127.0.0.1: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read() -> Option<(Config, Duration)> {
    let mut options = Options::of(std::env::args().skip(1));
    let mut config = Config::default();
    let (mut life, mut rate) = (3600, 0);
    options.number("--port", &mut config.port)?;
    options.number("--life", &mut life)?;
    options.number("--answer-delay-ms", &mut config.answer_delay_ms)?;
    options.number("--bytes-per-second", &mut rate)?;
    config.bytes_per_second = Some(rate).filter(|&rate| rate > 0);
    config.verify = !options.flag("--no-verify");
    options.end()?;
    Some((config, Duration::from_secs(life)))
}
