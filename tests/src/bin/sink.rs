//! An API and a storage that discard what they get, for benchmarks; on loopback only. See [`e2e::sink`].
//!
//! `sink [--port PORT] [--life SECONDS] [--no-verify] [--answer-delay-ms N] [--bytes-per-second N]
//! [--two-hosts] [--uplink BYTES_PER_SECOND] [--reset-every BODIES] [--stall-ms N] [--busy BODIES]`
#![forbid(unsafe_code)]

use std::time::Duration;

use e2e::sink::{Config, Sink};
use lexopt::{Arg::Long, Parser, ValueExt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = Config::default();
    let mut life = 3600;
    let mut options = Parser::from_env();
    while let Some(option) = options.next()? {
        match option {
            Long("port") => config.port = options.value()?.parse()?,
            Long("life") => life = options.value()?.parse()?,
            Long("no-verify") => config.verify = false,
            Long("answer-delay-ms") => config.answer_delay_ms = options.value()?.parse()?,
            Long("two-hosts") => config.two_hosts = true,
            Long("uplink") => config.uplink = Some(options.value()?.parse()?),
            Long("reset-every") => {
                config.trouble.reset_every = Some(options.value()?.parse()?);
            }
            Long("stall-ms") => config.trouble.stall_ms = Some(options.value()?.parse()?),
            Long("busy") => config.trouble.busy = options.value()?.parse()?,
            Long("bytes-per-second") => config.bytes_per_second = Some(options.value()?.parse()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let sink = Sink::start(config)?;
    println!("http://{}", sink.address());
    std::thread::sleep(Duration::from_secs(life));
    Ok(())
}
