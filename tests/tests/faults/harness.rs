//! Runs the cases and prints their results in libtest's format.

use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use e2e::caught;

use crate::world::World;

/// Cases that run concurrently in one page: they mostly wait.
const AT_ONCE: usize = 4;

/// What a case observed besides that it holds: a short text.
pub(crate) type Seen = String;

/// One case.
#[derive(Clone, Copy)]
pub(crate) struct Test {
    pub(crate) name: &'static str,
    /// Panics when a promise is broken.
    pub(crate) run: fn(&World) -> Seen,
    pub(crate) place: Place,
}

/// What a case needs for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The page, concurrently with other cases.
    Together,
    /// The browser: the case loads pages, goes offline or shifts the page's clock.
    Alone,
    /// As [`Place::Alone`], without a proxy.
    Bare,
}

/// The cases of a module, named after their functions.
macro_rules! tests {
    ($place:path: $($name:ident),* $(,)?) => {
        &[$(crate::harness::Test {
            name: concat!(module_path!(), "::", stringify!($name)),
            run: $name,
            place: $place,
        }),*]
    };
}
pub(crate) use tests;

/// Runs the selected cases: first those that share a page, then one by one those that need their own.
pub(crate) fn run(all: &[Test]) -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let chosen = all.iter().filter(|test| {
        wanted.is_empty() || wanted.iter().any(|part| test.name.contains(part.as_str()))
    });
    let chosen: Vec<&Test> = chosen.collect();
    let of = |place: Place| {
        chosen
            .iter()
            .copied()
            .filter(move |test| test.place == place)
    };
    let since = Instant::now();
    println!("running {} tests", chosen.len());
    let mut failures = Vec::new();
    if chosen.iter().any(|test| test.place != Place::Bare) {
        let world = World::start();
        failures.extend(together(of(Place::Together).collect(), &world));
        failures.extend(of(Place::Alone).filter_map(|test| one(test, &world)));
    }
    if of(Place::Bare).next().is_some() {
        let world = World::bare();
        failures.extend(of(Place::Bare).filter_map(|test| one(test, &world)));
    }
    let failed = failures.len();
    let passed = chosen.len() - failed;
    let word = if failed == 0 { "ok" } else { "FAILED" };
    if failed > 0 {
        println!("\nfailures:\n{}", failures.join("\n"));
    }
    println!(
        "\ntest result: {word}. {passed} passed; {failed} failed; finished in {:.1}s",
        since.elapsed().as_secs_f64()
    );
    if failed == 0 && passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs cases concurrently; returns the failures.
fn together(tests: Vec<&Test>, world: &World) -> Vec<String> {
    if tests.is_empty() {
        return Vec::new();
    }
    world.open();
    let next = Mutex::new(tests.iter());
    let lane = || {
        let next = || next.lock().ok().and_then(|mut all| all.next());
        std::iter::from_fn(next)
            .filter_map(|test| one(test, world))
            .collect::<Vec<String>>()
    };
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(lane)).collect();
        lanes
            .into_iter()
            .flat_map(|lane| lane.join().unwrap_or_default())
            .collect()
    })
}

/// Runs one case and prints its result; returns its name and what it panicked with, if it failed.
fn one(test: &Test, world: &World) -> Option<String> {
    let since = Instant::now();
    let ended = caught(|| (test.run)(world));
    let name = test
        .name
        .split_once("::")
        .map_or(test.name, |(_, name)| name);
    let took = since.elapsed().as_secs_f64();
    match ended {
        Ok(seen) => {
            println!("test {name} ... ok  {took:.1} s  {seen}");
            None
        }
        Err(text) => {
            println!("test {name} ... FAILED  {took:.1} s\n    {text}");
            Some(format!("{name}\n    {text}"))
        }
    }
}
