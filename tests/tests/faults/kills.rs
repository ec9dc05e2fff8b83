//! Pages that are killed at a random moment.

use std::time::Duration;

use e2e::api::crc64nvme;
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Alone:
    f25_a_page_that_ends_at_any_moment_costs_no_stored_part,
];

/// Kills in a default run; `CROWFLY_KILLS` sets another number.
const KILLS: u64 = 10;
/// About the duration of the upload here, so that some kills come after its end.
const LONGEST_MS: u64 = 1_300;
/// At most six parts of eleven MiB.
const SIZE: usize = 64 * MIB;
const PART: u64 = 11 * MIB as u64;

fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// A step of SplitMix64 (Steele, Lea, Flood: <https://doi.org/10.1145/2714064.2660195>).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How a page ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// Its tab is closed.
    Closed,
    /// Its process is killed.
    Crashed,
    /// The user navigates away; the browser may keep the page in its back/forward cache:
    /// <https://developer.mozilla.org/en-US/docs/Glossary/bfcache>.
    Left,
}

/// In which phase a kill hit the upload.
enum Met {
    /// Before it was in the journal.
    Nothing,
    /// While it was in progress.
    Middle,
    /// After its end.
    Done,
}

// Acceptance line 10.
fn f25_a_page_that_ends_at_any_moment_costs_no_stored_part(world: &World) -> Seen {
    let kills = number("CROWFLY_KILLS", KILLS);
    let mut seed = number("CROWFLY_SEED", 1);
    let file = TestFile::new("killed.zip", SIZE);
    let crc = crc64nvme(&file.bytes).to_string();
    let (mut nothing, mut middle, mut done, mut most) = (0, 0, 0, 0);
    for kill in 0..kills {
        let moment = draw(&mut seed) % LONGEST_MS;
        let end = [End::Closed, End::Crashed, End::Left][kill as usize % 3];
        let (met, bytes) = killed(world, &file, &crc, moment, end);
        match met {
            Met::Nothing => nothing += 1,
            Met::Middle => middle += 1,
            Met::Done => done += 1,
        }
        most = most.max(bytes);
        println!("kill {kill} ({end:?}) after {moment} ms: {bytes} bytes in all");
    }
    assert!(middle > 0, "no kill in the middle of {kills}");
    format!(
        "{kills} kills: {middle} in the middle, {nothing} before the journal, {done} after the end; \
         at most {:.2} times the file was sent",
        most as f64 / SIZE as f64
    )
}

fn pick(world: &World, file: &TestFile) {
    let input = world.browser.find("input").expect("an input");
    world.browser.pick(&input, &[&file.path]);
}

/// One upload whose page is killed after `moment` milliseconds; returns the phase and the bytes sent in all.
fn killed(world: &World, file: &TestFile, crc: &str, moment: u64, end: End) -> (Met, u64) {
    let first = world.browser.window();
    let own = !matches!(end, End::Left);
    if own {
        world.browser.open_window();
    }
    world.open();
    pick(world, file);
    let case = Case::new(world, SIZE as u64);
    case.slow(12_000_000).begin_picked();
    std::thread::sleep(Duration::from_millis(moment));
    match end {
        End::Closed => world.browser.close_window(),
        End::Crashed => world.browser.crash(),
        End::Left => world.browser.open("about:blank"),
    }
    if own {
        world.browser.switch_to(&first);
    }
    // Lets bytes that have left the page arrive.
    std::thread::sleep(Duration::from_millis(800));
    let stats = case.stats();
    assert_eq!(stats.parts_sent_twice, 0, "before the kill");
    let known = stats.uploads;
    world.reopen();
    pick(world, file);
    case.open();
    if stats.completed == 1 {
        return (Met::Done, stats.bytes);
    }
    let met = if entries(&case, known) == 0 {
        case.begin_picked();
        Met::Nothing
    } else {
        case.go_on(json!("picked"));
        Met::Middle
    };
    let outcome = case.end();
    outcome.assert_stored(crc);
    let stats = case.stats();
    assert_eq!(
        (stats.completed, stats.uploads),
        (1, 1),
        "after {moment} ms"
    );
    assert_eq!(stats.parts_sent_twice, 0, "after {moment} ms");
    let bound = SIZE as u64 + 6 * PART;
    assert!(
        stats.bytes <= bound,
        "{} bytes after {moment} ms",
        stats.bytes
    );
    (met, stats.bytes)
}

/// The entries that the new page can resume. The browser may hold the old page's lock for a moment; an upload
/// that the server knows is certainly in the journal.
fn entries(case: &Case<'_>, known: u64) -> usize {
    let look = || {
        let found = case.world.browser.run_async(
            "return (await faults.cases.get(arguments[0]).client.resumable()).length;",
            &[Value::from(case.key.as_str())],
        );
        found.as_u64().expect("a number of entries") as usize
    };
    let found = look();
    if found > 0 || known == 0 {
        return found;
    }
    devkit::wait::until("the upload in the journal", Duration::from_secs(10), || {
        Some(look()).filter(|found| *found > 0)
    })
}
