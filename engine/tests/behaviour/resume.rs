//! Pages that end without a word: what the journal brings back, and what is not sent twice.

use super::common::{Act, MIB, Multipart, Op, User, World, file, id, new_upload};
use crowfly_contract::{ErrorCode, PartPlan};
use crowfly_engine::{ChecksumMode, Command, Input, State};

/// Twelve parts, in two rounds.
const SIZE: u64 = 128 * MIB;

fn slow() -> World {
    let mut world = World::new();
    world.bytes_per_ms = 5_000;
    world.keep_log = false;
    world.add(new_upload(1, SIZE));
    world
}

#[test]
fn f25_the_page_ends_at_every_step_and_no_stored_part_is_sent_twice() {
    let length = {
        let mut world = slow();
        world.finish();
        world.now
    };
    let mut resumed = 0;
    for at in (0..length + 100).step_by(13) {
        let mut world = slow();
        world.later(at, User::Crash { back: 5_000 });
        world.run();
        world.check_end();
        assert_eq!(world.monitor.violations, Vec::<String>::new(), "at {at}");
        assert_eq!(world.server.resent, 0, "at {at}");
        if world.server.created.contains_key(&id(1)) && world.monitor.uploads.contains_key(&id(1)) {
            assert!(world.server.objects.contains_key(&id(1)), "at {at}");
            // Every byte once: what was under way when the page ended did not arrive whole, or was found.
            assert_eq!(world.server.received, SIZE, "at {at}");
            resumed += 1;
        }
    }
    assert!(resumed > 50, "{resumed}");
}

#[test]
fn what_the_journal_does_not_have_the_server_never_heard_of() {
    for at in 0..200 {
        let mut world = slow();
        world.run_for(at);
        if world.server.created.contains_key(&id(1)) {
            let over = world.ending(id(1)).is_some();
            assert!(over || world.journal.contains_key(&id(1)), "at {at}");
        }
    }
}

#[test]
fn another_file_is_never_spliced_into_an_upload() {
    let mut world = slow();
    world.later(3_500, User::Crash { back: 1_000 });
    world.run_for(4_000);
    let held = world.server.created[&id(1)].multipart.clone();
    assert!(held.is_some_and(|held| !held.parts.is_empty()));
    // The page that comes back is given another file of the same size.
    let file = world.files.get_mut(&id(1)).expect("the file");
    (file.content, file.picked) = (77, 77);
    world.finish();
    // What storage listed was not believed: the object is the new file alone.
    assert!(world.server.objects.contains_key(&id(1)));
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn another_file_is_not_spliced_even_without_checksums() {
    let mut world = World::new();
    world.bytes_per_ms = 5_000;
    let mut new = new_upload(1, SIZE);
    new.checksum = ChecksumMode::None;
    world.add(new);
    world.later(3_500, User::Crash { back: 1_000 });
    world.run_for(4_000);
    let file = world.files.get_mut(&id(1)).expect("the file");
    (file.content, file.picked) = (77, 77);
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert!(world.server.objects.contains_key(&id(1)));
}

#[test]
fn f28_a_journal_that_cannot_be_written_does_not_stop_the_upload() {
    let mut world = slow();
    world.journal_refused = true;
    world.script(Op::Save, [Act::Hang(0)]);
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert!(world.server.objects.contains_key(&id(1)));
}

#[test]
fn f10_a_failed_upload_stays_in_the_journal_and_a_stored_one_does_not() {
    let mut world = slow();
    world.run_for(3_000);
    world.link_up = false;
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Network));
    assert!(!world.journal[&id(1)].cancelled);
    world.link_up = true;
    world.later(0, User::Crash { back: 10 });
    world.finish();
    assert!(world.server.objects.contains_key(&id(1)));
    assert_eq!(world.server.resent, 0);
    assert!(world.journal.is_empty());
}

#[test]
fn f26_an_upload_whose_file_changed_is_cancelled_by_the_next_page() {
    let mut world = slow();
    world.script(Op::Send, [Act::Ok, Act::Changes]);
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::FileChanged));
    assert!(world.journal[&id(1)].cancelled);
    world.later(0, User::Crash { back: 10 });
    world.finish();
    assert!(world.server.created[&id(1)].aborted);
}

#[test]
fn closing_the_client_keeps_uploads_resumable() {
    let mut world = slow();
    world.run_for(3_500);
    world.input(Input::Close);
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::Closed));
    assert!(!world.journal[&id(1)].cancelled);
}

#[test]
fn a_resumed_upload_lists_before_it_sends() {
    let mut world = slow();
    world.keep_log = true;
    world.later(3_500, User::Crash { back: 1_000 });
    world.run_for(4_000);
    let before = world.sent.len();
    world.finish();
    let later = world.sent.split_off(before);
    let place = |found: fn(&Command) -> bool| later.iter().position(|(_, c)| found(c));
    let list = place(|command| matches!(command, Command::List { .. }));
    let sign = place(|command| matches!(command, Command::Sign { .. }));
    assert!(list.is_some() && list < sign, "{list:?} {sign:?}");
}

#[test]
fn f16_a_night_asleep_fails_nothing_and_counts_against_no_budget() {
    for night in [60_000, 3_600_000, 40_000_000] {
        for at in (0..15_000).step_by(700) {
            let mut world = slow();
            world.server.url_life_ms = 30_000;
            world.later(at, User::Sleep(night));
            world.finish();
            assert_eq!(world.failed_with(id(1)), None, "at {at}");
            assert_eq!(world.server.resent, 0, "at {at}");
            assert_eq!(world.states(id(1)).last(), Some(&State::Stored));
        }
    }
}

#[test]
fn a_request_that_died_in_its_sleep_gets_one_new_chance_not_many() {
    let mut world = slow();
    world.script(Op::Send, [Act::Hang(50)]);
    world.run_for(3_000);
    // The timers of a hidden page come a minute late, again and again.
    for _ in 0..4 {
        world.later(0, User::Sleep(60_000));
        world.run_for(61_000);
    }
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
}

#[test]
fn a_part_size_that_changed_meanwhile_is_that_of_the_record() {
    let mut world = slow();
    world.run_for(3_500);
    let pending = world.server.created.get_mut(&id(1)).expect("created");
    // As an older version of the server would have cut it, and with parts of that size in storage.
    let plan = PartPlan::new(SIZE, 5 * MIB).expect("a plan");
    let content = world.files[&id(1)].content;
    let mut multipart = Multipart::new(plan);
    for part in plan.parts().take(3) {
        let size = part.bytes.end - part.bytes.start;
        multipart
            .parts
            .insert(part.number, (size, file::crc(content, &part.bytes)));
    }
    pending.multipart = Some(multipart);
    world.files.get_mut(&id(1)).expect("the file").cut = Some(plan);
    world.later(0, User::Crash { back: 1_000 });
    world.run();
    world.check_end();
    assert_eq!(world.monitor.violations, Vec::<String>::new());
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.server.resent, 0);
}

#[test]
fn more_than_a_thousand_stored_parts_are_all_found_and_none_is_sent_again() {
    let size = 60 * 1024 * MIB;
    let mut world = World::new();
    world.keep_log = false;
    world.bytes_per_ms = 1 << 20;
    world.add(new_upload(1, size));
    world.run_for(150);
    let content = world.files[&id(1)].content;
    let pending = world.server.created.get_mut(&id(1)).expect("created");
    let held = pending.multipart.as_mut().expect("in parts");
    let plan = held.cut.planned();
    assert!(plan.part_count() > 1_000, "{}", plan.part_count());
    for part in plan.parts().filter(|part| part.number % 700 != 0) {
        let length = part.bytes.end - part.bytes.start;
        held.parts
            .insert(part.number, (length, file::crc(content, &part.bytes)));
    }
    world.later(0, User::Crash { back: 60_000 });
    world.run_for(1_000);
    let before = world.sends(id(1));
    world.finish();
    assert_eq!(world.failed_with(id(1)), None);
    assert_eq!(world.server.resent, 0);
    let missing = plan.part_count() / 700;
    assert!(
        world.sends(id(1)) <= before + missing,
        "{}",
        world.sends(id(1))
    );
}
