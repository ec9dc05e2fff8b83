//! What the part size that suits a path saves: the time of a second upload, after the first one was measured, next to that
//! with the usual part size. `cargo test -p crowfly-engine --test gain -- --nocapture` prints the table.

mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::{Act, MIB, Op, World, id, new_upload};
use crowfly_engine::{Config, PathMeasure};

#[derive(Clone, Copy)]
struct Path {
    /// Bytes per millisecond of each connection.
    rate: u64,
    /// One way, and what a preflight takes.
    latency_ms: u64,
    hosts: usize,
    faults: Faults,
}

#[derive(Clone, Copy)]
enum Faults {
    None,
    /// So many of a thousand requests are reset, whatever their size.
    OfThousand(u64),
    /// A connection lives so many milliseconds on average.
    Every(f64),
}

const LONG: Path = Path {
    rate: 12_000,
    latency_ms: 20,
    hosts: 1,
    faults: Faults::None,
};

/// 3 Mbit/s over six connections.
const SLOW: Path = Path {
    rate: 62,
    latency_ms: 100,
    hosts: 1,
    faults: Faults::OfThousand(5),
};

impl Path {
    fn world(self, ask_part_size: bool, seed: u64, known: Option<PathMeasure>) -> World {
        let config = Config {
            ask_part_size,
            path: known.unwrap_or_default(),
            ..Config::default()
        };
        let mut world = World::with(config, seed);
        world.keep_log = false;
        world.bytes_per_ms = self.rate;
        world.latency_ms = (self.latency_ms, self.latency_ms);
        world.connect_ms = (2 * self.latency_ms, 2 * self.latency_ms);
        world.server.url_life_ms = 100_000_000;
        if self.hosts == 2 {
            world.server.hosts.push("other.example");
        }
        world
    }

    /// Bytes of a file are sent by parts of `part` bytes: how many of a million requests are reset.
    fn resets(self, part: u64) -> u64 {
        match self.faults {
            Faults::None => 0,
            Faults::OfThousand(count) => count * 1_000,
            Faults::Every(ms) => {
                let part_ms = part as f64 / self.rate as f64;
                (1e6 * (1.0 - (-part_ms / ms).exp())) as u64
            }
        }
    }

    /// How long the second upload of a size takes, in milliseconds, and its part size.
    fn second(self, ask_part_size: bool, size: u64, seed: u64) -> (u64, u64) {
        let mut world = self.world(ask_part_size, seed, None);
        let resets = Rc::new(Cell::new(0));
        let current = Rc::clone(&resets);
        world.chance = Some(Box::new(move |op, random| {
            if op == Op::Send && random.below(1_000_000) < current.get() {
                Act::Reset(random.below(100))
            } else {
                Act::Ok
            }
        }));
        let (mut took, mut part) = (0, 0);
        for number in 1..=2 {
            resets.set(0);
            let from = world.now;
            world.add(new_upload(number, size));
            assert!(world.run_until(|world| world.server.created.contains_key(&id(number))));
            let plan = world.server.created[&id(number)].plan.expect("in parts");
            part = plan.part_size();
            resets.set(self.resets(part));
            assert!(world.run_until(|world| world.server.objects.contains_key(&id(number))));
            took = world.now - from;
            world.finish();
        }
        (took, part)
    }

    /// The time with the part size that suits the path, next to that with the usual one.
    fn ratio(self, what: &str, size: u64) -> f64 {
        let seeds = match self.faults {
            Faults::None => 1,
            _ => 60,
        };
        let mut sum = [0, 0];
        let mut parts = [0, 0];
        for (place, asks) in [false, true].into_iter().enumerate() {
            for seed in 1..=seeds {
                let (took, part) = self.second(asks, size, seed);
                sum[place] += took;
                parts[place] += part;
            }
        }
        let seconds = |sum: u64| sum as f64 / seeds as f64 / 1_000.0;
        let mib = |sum: u64| (sum / seeds) as f64 / MIB as f64;
        let ratio = sum[1] as f64 / sum[0] as f64;
        println!(
            "{what}, {} MiB: {:.2} s by {:.1} MiB, {:.2} s by {:.1} MiB: {ratio:.3}",
            size / MIB,
            seconds(sum[0]),
            mib(parts[0]),
            seconds(sum[1]),
            mib(parts[1]),
        );
        ratio
    }
}

#[test]
fn a_long_path_is_as_fast_as_before() {
    for size in [128 * MIB, 1024 * MIB] {
        let ratio = LONG.ratio("long, 6 connections", size);
        assert!(ratio <= 1.01, "{ratio}");
    }
}

#[test]
fn twelve_connections_have_whole_rounds() {
    let two = Path { hosts: 2, ..LONG };
    for size in [128 * MIB, 1024 * MIB] {
        let ratio = two.ratio("long, 12 connections", size);
        assert!(ratio <= 1.02, "{ratio}");
    }
}

#[test]
fn a_slow_path_whose_connections_break_loses_less() {
    for size in [128 * MIB, 1024 * MIB] {
        let ratio = SLOW.ratio("slow, 0.5 % of requests reset", size);
        assert!(ratio <= 1.02, "{ratio}");
    }
    let faulty = Path {
        faults: Faults::Every(200_000.0),
        ..SLOW
    };
    for size in [128 * MIB, 1024 * MIB] {
        let ratio = faulty.ratio("slow, a reset every 200 s of a connection", size);
        assert!(ratio <= 0.8, "{ratio}");
    }
}
