//! Files: their sizes, and changes on disk during the upload.

use e2e::api::crc64nvme;
use e2e::files::{MIB, TestFile};
use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    f30_the_same_file_twice_makes_two_objects,
    f30_two_files_of_one_name_size_and_type_are_two_objects,
    f43_sizes_at_the_edges_take_the_right_route,
];

pub(crate) const ALONE: &[Test] = tests![Place::Alone:
    f26_a_file_that_is_written_over_while_it_is_sent_ends_as_changed,
    f26_a_file_that_is_cut_short_while_it_is_sent_ends_as_changed,
    f26_another_file_of_the_same_name_size_and_date_is_not_gone_on_with,
    f27_a_file_that_is_deleted_while_it_is_sent_stays_resumable,
];

const MIB64: u64 = MIB as u64;

// A single PUT up to 16 MiB, then parts of 8 MiB.
fn f43_sizes_at_the_edges_take_the_right_route(world: &World) -> Seen {
    let edges = [
        (0, 0),
        (1, 0),
        (16 * MIB64 - 1, 0),
        (16 * MIB64, 0),
        (16 * MIB64 + 1, 3),
        (24 * MIB64 - 1, 3),
        (24 * MIB64, 3),
        (24 * MIB64 + 1, 4),
    ];
    let mut seen = Vec::new();
    for (size, parts) in edges {
        let case = Case::new(world, size);
        // The sink of the case before is gone, and with it the connections to it.
        case.fresh_connections();
        case.begin().stored();
        let single = case.puts(None);
        assert_eq!(single, u64::from(parts == 0), "{size} bytes: single PUT");
        let all = case.stats().puts;
        seen.push(format!("{size}: {all}"));
        if parts > 0 {
            assert!(all >= 2, "{size} bytes: {all} parts");
        }
    }
    format!("PUT requests by size: {}", seen.join(", "))
}

/// Uploads these two files at once; both are stored with their own checksums.
fn two(case: &Case<'_>, files: [(u32, u64); 2]) {
    let begin = format!(
        "one.pair = Promise.all({}.map(([seed, size]) =>
            one.client.upload(faults.file({{ name: 'same.zip', seed, size }})).done))
            .then((all) => (one.both = all));",
        json!(files)
    );
    case.begin().stored_one();
    case.run(&begin);
    let seen = devkit::wait::until("both", std::time::Duration::from_secs(60), || {
        let both = case.run("return one.both;");
        both.is_array().then_some(both)
    });
    assert_ne!(seen[0]["key"], seen[1]["key"], "two keys");
    for (at, (seed, size)) in files.into_iter().enumerate() {
        let expected = crate::case::checksum(seed, size);
        assert_eq!(seen[at]["crc64nvme"], expected, "file {at}");
    }
    assert_eq!(case.stats().completed, 3);
    assert_eq!(case.stats().parts_sent_twice, 0);
}

fn f30_the_same_file_twice_makes_two_objects(world: &World) -> Seen {
    let case = Case::new(world, 1000);
    two(&case, [(7, 20 * MIB64), (7, 20 * MIB64)]);
    "two keys, each whole".into()
}

// Acceptance line 14.
fn f30_two_files_of_one_name_size_and_type_are_two_objects(world: &World) -> Seen {
    let case = Case::new(world, 1000);
    two(&case, [(7, 20 * MIB64), (8, 20 * MIB64)]);
    "two keys, each with its own bytes".into()
}

/// Picks a file on disk and starts its upload.
fn under_way<'a>(world: &'a World, file: &TestFile) -> Case<'a> {
    world.open();
    let input = world.browser.find("input").expect("an input");
    world.browser.pick(&input, &[&file.path]);
    let case = Case::new(world, file.bytes.len() as u64);
    case.slow(2_000_000);
    case.begin_picked().wait_sent(1_000_000);
    case
}

/// The next page cancels what can never be completed.
fn cancelled(case: &Case<'_>) -> Seen {
    let world = case.world;
    world.reopen();
    // By then the page before is gone for good.
    std::thread::sleep(std::time::Duration::from_secs(2));
    case.open().wait_request("DELETE", "/uploads/");
    assert_eq!(case.stats().completed, 0);
    "nothing completed; cancelled on the server by the next page".into()
}

// Acceptance line 23.
fn f26_a_file_that_is_written_over_while_it_is_sent_ends_as_changed(world: &World) -> Seen {
    let file = TestFile::new("changing.zip", 64 * MIB);
    let case = under_way(world, &file);
    let other = vec![1u8; file.bytes.len()];
    std::fs::write(&file.path, other).expect("the disk");
    case.failed("file_changed");
    cancelled(&case)
}

// Acceptance line 23.
fn f26_a_file_that_is_cut_short_while_it_is_sent_ends_as_changed(world: &World) -> Seen {
    let file = TestFile::new("shrinking.zip", 64 * MIB);
    let case = under_way(world, &file);
    std::fs::write(&file.path, &file.bytes[..10 * MIB]).expect("the disk");
    case.failed("file_changed");
    cancelled(&case)
}

// Acceptance line 13.
fn f26_another_file_of_the_same_name_size_and_date_is_not_gone_on_with(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, 64 * MIB64);
    case.slow(4_000_000);
    case.begin().wait_sent(1_000_000);
    world.reopen();
    let mut other = case.file();
    other["seed"] = json!(8);
    case.go_on(other);
    let refused = devkit::wait::until("a refusal", std::time::Duration::from_secs(20), || {
        let seen = case.look();
        seen["rejected"].as_str().map(str::to_owned)
    });
    assert!(refused.contains("not the file"), "{refused}");
    case.run("one.rejected = undefined;");
    case.go_on(case.file());
    case.stored();
    "refused; the right one went on".into()
}

fn f27_a_file_that_is_deleted_while_it_is_sent_stays_resumable(world: &World) -> Seen {
    let file = TestFile::new("vanishing.zip", 128 * MIB);
    let case = under_way(world, &file);
    std::fs::remove_file(&file.path).expect("the disk");
    case.failed("file_unreadable");
    std::fs::write(&file.path, &file.bytes).expect("the disk");
    world.proxy.clear();
    world.reopen();
    let input = world.browser.find("input").expect("an input");
    world.browser.pick(&input, &[&file.path]);
    case.go_on(json!("picked"));
    let outcome = case.end();
    outcome.assert_stored(&crc64nvme(&file.bytes).to_string());
    assert_eq!(case.stats().parts_sent_twice, 0);
    "went on once the file was back".into()
}
