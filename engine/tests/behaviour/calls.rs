//! How many requests uploads make when nothing goes wrong: docs/OPERATIONS.md says what they cost.

use super::common::{World, id, new_upload};
use crowfly_engine::{Command, Input};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/OPERATIONS.md");
const MARKS: [&str; 2] = ["<!-- calls:start -->\n", "<!-- calls:end -->"];

/// A row of the guide: uploads of this size, each awaited until it has its record, over a line of 10 MB/s.
fn row(name: &str, count: u64, size: u64) -> String {
    let mut world = World::new();
    // As the bucket of the stack does, so that a single PUT needs no call to complete it.
    world.server.exposes = true;
    for number in 0..count {
        world.add(new_upload(number, size));
    }
    for number in 0..count {
        world.input(Input::AwaitProcessed(id(number)));
    }
    world.finish();
    assert_eq!(world.server.objects.len() as u64, count);
    let made = |found: fn(&Command) -> bool| {
        let commands = world.sent.iter();
        commands.filter(|(_, command)| found(command)).count()
    };
    let creates = made(|command| matches!(command, Command::Create { .. }));
    let signs = made(|command| matches!(command, Command::Sign { .. }));
    let completes = made(|command| matches!(command, Command::Complete { .. }));
    let polls = made(|command| matches!(command, Command::Status { .. }));
    let sent = made(|command| matches!(command, Command::Send { .. }));
    format!("| {name} | {creates} | {signs} | {completes} | {polls} | {sent} |\n")
}

#[test]
fn d15_the_guide_says_how_many_requests_uploads_make() {
    let text = format!(
        "| uploads | create | sign parts | complete | states | PUTs of the browser |\n\
         | --- | --- | --- | --- | --- | --- |\n{}{}",
        row("1,000 of 1 MB", 1_000, 1_000_000),
        row("one of 5 GB", 1, 5_000_000_000),
    );
    let guide = std::fs::read_to_string(GUIDE).expect("the guide");
    let (_, rest) = guide.split_once(MARKS[0]).expect("the start of the table");
    let (written, _) = rest.split_once(MARKS[1]).expect("the end of the table");
    assert!(written == text, "{GUIDE} must say:\n{text}");
}
