//! The net must catch what it is there for: deliberate faults between the engine and the world, in the
//! server, and in the limits, each of which the monitor has to see.

mod common;

use common::chance::{Weather, live, world};
use common::{Fault, World};
use crowfly_engine::{Config, Queue};

/// In how many of so many worlds was something seen?
fn seen(worlds: u64, plant: impl Fn(&mut World)) -> u64 {
    let broken = |seed: &u64| {
        let weather = [Weather::Calm, Weather::Rough, Weather::Hostile][(*seed % 3) as usize];
        let (mut world, count) = world(*seed, weather);
        plant(&mut world);
        live(&mut world, count);
        !world.monitor.violations.is_empty()
    };
    (1000..1000 + worlds).filter(broken).count() as u64
}

#[test]
fn without_a_fault_nothing_is_seen() {
    assert_eq!(seen(60, |_| {}), 0);
}

#[test]
fn every_planted_fault_is_seen() {
    let faults = [
        Fault::SwallowsCancel,
        Fault::SwallowsEnding,
        Fault::SwallowsTimer,
        Fault::RepeatsEnding,
        Fault::RepeatsCommand,
        Fault::RepeatsProgress,
        Fault::SaysFullTooEarly,
        Fault::LetsConfirmedFall,
        Fault::NeverRests,
        Fault::SkipsJournal,
        Fault::RepeatsPart,
        Fault::SignsTooMany,
        Fault::SwallowsReadEnding,
        Fault::RepeatsReadEnding,
    ];
    for fault in faults {
        let worlds = seen(60, |world| world.fault = Some(fault));
        println!("{fault:?}: seen in {worlds} of 60 worlds");
        assert!(worlds > 0, "{fault:?} was not seen");
    }
}

#[test]
fn storage_that_keeps_other_bytes_or_none_is_seen() {
    assert!(seen(60, |world| world.server.corrupts = true) > 0);
    assert!(seen(60, |world| world.server.forgets = true) > 0);
    assert!(seen(60, |world| world.server.splices = true) > 0);
}

#[test]
fn a_wider_window_or_a_longer_wait_than_promised_is_seen() {
    let wider = |config: Config| {
        seen(60, move |world| {
            // What was added to the first queue is added again, to one with other limits.
            let files: Vec<_> = world.files.keys().copied().collect();
            world.queue = Queue::new(config.clone(), 1);
            world.monitor = common::Monitor::new(&Config::default());
            for id in files {
                let size = world.files[&id].size;
                let mut new = common::new_upload(0, size);
                new.id = id;
                world.monitor.reopened(id);
                world.add_known(new);
            }
        })
    };
    assert!(
        wider(Config {
            window: 7,
            ..Config::default()
        }) > 0
    );
    assert!(
        wider(Config {
            api_window: 9,
            ..Config::default()
        }) > 0
    );
    assert!(
        wider(Config {
            hash_window: 9,
            ..Config::default()
        }) > 0
    );
    assert!(
        wider(Config {
            answer_ms: 45_000,
            ..Config::default()
        }) > 0
    );
    assert!(
        wider(Config {
            api_timeout_ms: 31_000,
            ..Config::default()
        }) > 0
    );
    assert!(
        wider(Config {
            frame_ms: 0,
            ..Config::default()
        }) > 0
    );
}
