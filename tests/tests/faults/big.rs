//! Files larger than the page's memory.

use std::time::Instant;

use crowfly_contract::PlanKind;
use devkit::procs::{Watch, largest_renderer};
use e2e::files::{MIB, TestFile};

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Alone:
    f42_the_memory_of_the_page_does_not_grow_with_the_file,
];

const GIB: u64 = 4;
const WINDOW: u64 = 6;

// Acceptance line 7.
fn f42_the_memory_of_the_page_does_not_grow_with_the_file(world: &World) -> Seen {
    let size = GIB << 30;
    let file = TestFile::sparse("big.zip", size);
    let PlanKind::Multipart(plan) = PlanKind::for_new_file(size).expect("a plan") else {
        panic!("no multipart upload for {size} bytes");
    };
    world.open();
    let input = world.browser.find("input").expect("an input");
    world.browser.pick(&input, &[&file.path]);
    let case = Case::new(world, size);
    case.open();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let own = std::process::id();
    let idle = largest_renderer(own);
    let watch = Watch::start(own);
    world.browser.run("faults.watch();", &[]);
    let since = Instant::now();
    let outcome = case.begin_picked().end();
    let seconds = since.elapsed().as_secs_f64();
    let most = watch.end().renderer;
    let seen = world.browser.run("return faults.watched();", &[]);
    assert!(outcome.ending["stored"].is_object(), "{:?}", outcome.ending);
    let stats = case.stats();
    assert_eq!((stats.completed, stats.parts_sent_twice), (1, 0));
    assert_eq!((stats.bytes, stats.bad_digests), (size, 0));
    let mib = |bytes: u64| bytes / MIB as u64;
    let bound = (WINDOW + 1) * plan.part_size() + 32 * MIB as u64;
    let grown = most.saturating_sub(idle);
    assert!(grown < bound, "{} MiB, at most {}", mib(grown), mib(bound));
    format!(
        "{GIB} GiB in {seconds:.1} s, renderer {} MiB over {} idle (bound {}), longest gap of the page {} ms, \
         first byte after {} ms",
        mib(grown),
        mib(idle),
        mib(bound),
        seen["gap"],
        stats.listed[0].first_byte_ms.unwrap_or_default()
    )
}
