//! Random worlds: two hundred thousand uploads through calm and hostile networks, pages that end, computers
//! that sleep and a storage that forgets; every promise checked after every step.
//!
//! A failure prints its seed. `CROWFLY_SEED=<seed>` runs that world alone (its weather follows from the
//! seed); `CROWFLY_UPLOADS=<number>` sets how many uploads are simulated.

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use common::chance::{Weather, live, world};
use crowfly_contract::ErrorCode;

const UPLOADS: u64 = 200_000;

fn number_from(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")),
    )
}

fn weather(seed: u64) -> Weather {
    match seed % 4 {
        0 => Weather::Calm,
        1 => Weather::Rough,
        _ => Weather::Hostile,
    }
}

#[derive(Default)]
struct Tally {
    worlds: u64,
    uploads: u64,
    commands: u64,
    virtual_ms: u64,
    stored: u64,
    failed: u64,
    aborted: u64,
    /// Reads that ended with their result, or with a failure.
    reads: (u64, u64),
}

/// One world. The answer names what was broken in it.
fn run(seed: u64, tally: &mut Tally) -> Result<(), String> {
    let weather = weather(seed);
    let (mut world, count) = world(seed, weather);
    live(&mut world, count);
    tally.worlds += 1;
    tally.uploads += count;
    tally.commands += world.monitor.commands;
    tally.virtual_ms += world.now;
    for (id, code) in world.monitor.reads.endings.clone() {
        match code {
            None => tally.reads.0 += 1,
            Some(_) => tally.reads.1 += 1,
        }
        let lawful = matches!(code, None | Some(ErrorCode::Closed | ErrorCode::Network));
        if weather == Weather::Calm && !lawful {
            let what = format!("{id:?} failed with {code:?} in a calm world");
            world.monitor.violate(what);
        }
    }
    for number in 0..count {
        match world.ending(common::id(number)).cloned() {
            Some(common::Ending::Stored) => tally.stored += 1,
            Some(common::Ending::Failed(failure)) => {
                tally.failed += 1;
                let code = failure.code;
                if weather == Weather::Calm && code != ErrorCode::Closed {
                    let what = format!("upload {number} failed with {code} in a calm world");
                    world.monitor.violate(what);
                }
            }
            Some(common::Ending::Aborted) => tally.aborted += 1,
            None => {}
        }
    }
    if world.monitor.violations.is_empty() {
        Ok(())
    } else {
        let first = world.monitor.violations.iter().take(5);
        let list: Vec<&str> = first.map(String::as_str).collect();
        Err(format!(
            "{weather:?} world, {count} uploads: CROWFLY_SEED={seed} cargo test -p crowfly-engine \
             --test worlds\n  {}",
            list.join("\n  ")
        ))
    }
}

#[test]
fn every_upload_ends_once_and_exactly() {
    if let Some(seed) = number_from("CROWFLY_SEED")
        && number_from("CROWFLY_UPLOADS").is_none()
    {
        let outcome = run(seed, &mut Tally::default());
        assert_eq!(outcome, Ok(()));
        return;
    }
    let wanted = number_from("CROWFLY_UPLOADS").unwrap_or(UPLOADS);
    let first = number_from("CROWFLY_SEED").unwrap_or(1);
    let next = AtomicU64::new(first);
    let done = AtomicU64::new(0);
    let total = Mutex::new((Tally::default(), Vec::<String>::new()));
    let workers = thread::available_parallelism().map_or(2, |count| count.get().min(8));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut tally = Tally::default();
                let mut broken = Vec::new();
                while done.load(Ordering::Relaxed) < wanted && broken.len() < 3 {
                    let before = tally.uploads;
                    if let Err(what) = run(next.fetch_add(1, Ordering::Relaxed), &mut tally) {
                        broken.push(what);
                    }
                    done.fetch_add(tally.uploads - before, Ordering::Relaxed);
                }
                let mut total = total.lock().expect("no worker panics while it adds");
                let (sum, all) = &mut *total;
                sum.worlds += tally.worlds;
                sum.uploads += tally.uploads;
                sum.commands += tally.commands;
                sum.virtual_ms += tally.virtual_ms;
                sum.stored += tally.stored;
                sum.failed += tally.failed;
                sum.aborted += tally.aborted;
                sum.reads.0 += tally.reads.0;
                sum.reads.1 += tally.reads.1;
                all.append(&mut broken);
            });
        }
    });
    let (tally, broken) = total.into_inner().expect("no worker panicked");
    println!(
        "simulated {} uploads in {} worlds: {} stored, {} failed, {} aborted; {} reads, {} failed; {} commands, \
         {} hours",
        tally.uploads,
        tally.worlds,
        tally.stored,
        tally.failed,
        tally.aborted,
        tally.reads.0,
        tally.reads.1,
        tally.commands,
        tally.virtual_ms / 3_600_000
    );
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(tally.stored > 0 && tally.failed > 0 && tally.aborted > 0);
    assert!(tally.reads.0 > 0 && tally.reads.1 > 0);
}
