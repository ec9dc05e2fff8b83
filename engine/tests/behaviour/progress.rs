//! Which progress events are emitted, and when.

use super::common::{Act, MIB, Op, World, new_upload};
use crowfly_engine::Event;

/// Nothing else moves at that moment, and the third part hangs for ten seconds more.
#[test]
fn an_acknowledged_part_is_told_at_once() {
    let mut world = World::new();
    world.script(Op::Send, [Act::Ok, Act::Ok, Act::Hang(50)]);
    world.add(new_upload(1, 24 * MIB));
    world.run_for(8_000);
    let told = world.log.iter().rev().find_map(|(_, event)| match event {
        Event::Progress { progress, .. } => Some(progress.confirmed),
        _ => None,
    });
    assert_eq!(told, Some(16 * MIB));
    world.finish();
}
