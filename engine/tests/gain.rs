//! What the part size that suits a path saves: the time of a second upload, after the first one was measured, next to that
//! with the usual part size. `cargo test -p crowfly-engine --test gain -- --nocapture` prints the table.

mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::{Act, MIB, Op, World, id, new_upload};
use crowfly_engine::{Config, Input};

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
    fn world(self, ask_part_size: bool, seed: u64) -> World {
        let config = Config {
            ask_part_size,
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

    /// How long the second upload of a size takes, in milliseconds, its part size, and how often it failed and was retried
    /// by a person.
    fn second(self, ask_part_size: bool, size: u64, seed: u64) -> [u64; 3] {
        let mut world = self.world(ask_part_size, seed);
        let resets = Rc::new(Cell::new(0));
        let current = Rc::clone(&resets);
        world.chance = Some(Box::new(move |op, random| {
            if op == Op::Send && random.below(1_000_000) < current.get() {
                Act::Reset(random.below(100))
            } else {
                Act::Ok
            }
        }));
        let mut seen = [0; 3];
        for number in 1..=2 {
            resets.set(0);
            let from = world.now;
            world.add(new_upload(number, size));
            assert!(world.run_until(|world| world.server.created.contains_key(&id(number))));
            let plan = world.server.created[&id(number)].plan.expect("in parts");
            let part = plan.part_size();
            resets.set(self.resets(part));
            let mut failures = 0;
            let ended = |world: &World| {
                let stored = world.server.objects.contains_key(&id(number));
                stored || world.failed_with(id(number)).is_some()
            };
            while world.run_until(ended) && world.failed_with(id(number)).is_some() {
                failures += 1;
                world.input(Input::Retry(id(number)));
            }
            assert!(world.server.objects.contains_key(&id(number)));
            seen = [world.now - from, part, failures];
            world.finish();
        }
        seen
    }

    /// The time with the part size that suits the path, next to that with the usual one.
    fn ratio(self, what: &str, size: u64) -> f64 {
        let seeds = match self.faults {
            Faults::None => 1,
            _ => 60,
        };
        let mean = |asks| {
            let all = (1..=seeds).map(|seed| self.second(asks, size, seed));
            let sum = all.fold([0; 3], |sum, seen| {
                std::array::from_fn(|at| sum[at] + seen[at])
            });
            sum.map(|sum: u64| sum as f64 / seeds as f64)
        };
        let (usual, asked) = (mean(false), mean(true));
        let shown = |[ms, part, failures]: [f64; 3]| {
            let (seconds, mib) = (ms / 1_000.0, part / MIB as f64);
            format!("{seconds:.2} s by {mib:.1} MiB with {failures:.2} failures")
        };
        let ratio = asked[0] / usual[0];
        println!(
            "{what}, {} MiB: {}, then {}: {ratio:.3}",
            size / MIB,
            shown(usual),
            shown(asked),
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
        faults: Faults::Every(600_000.0),
        ..SLOW
    };
    for size in [128 * MIB, 1024 * MIB] {
        let ratio = faulty.ratio("slow, a reset every 600 s of a connection", size);
        assert!(ratio <= 0.8, "{ratio}");
    }
}
