//! Where an object is, in the words of whatever backend: its key is kept as it was said.

use super::common::{Act, MIB, Op, World, id, new_upload};
use crowfly_contract::{ErrorCode, Stored};
use crowfly_engine::{Completion, Input, Reply};

fn stored(world: &World) -> String {
    let snapshot = world.queue.snapshot(id(1)).expect("the upload");
    let stored = snapshot.stored.expect("it is stored");
    stored.key.to_string()
}

#[test]
fn u11_any_key_of_1_to_1024_bytes_is_kept_as_it_is() {
    for key in [
        "user-42/photo.jpg".to_owned(),
        "a b+c%2F日本.txt".to_owned(),
        "k".to_owned(),
        format!("{}k", "日".repeat(341)),
    ] {
        for (size, exposes) in [(5, true), (5, false), (17 * MIB, false)] {
            let mut world = World::new();
            world.server.key_of_all = Some(key.clone());
            world.server.exposes = exposes;
            world.add(new_upload(1, size));
            world.input(Input::AwaitProcessed(id(1)));
            world.finish();
            assert_eq!(world.failed_with(id(1)), None, "{key}");
            assert_eq!(stored(&world), key);
        }
    }
}

#[test]
fn u11_an_object_under_another_key_than_was_created_is_a_bad_response() {
    let mut world = World::new();
    let elsewhere = Stored {
        id: id(1),
        key: "somewhere/else".parse().expect("a key"),
        size: 5,
        crc64nvme: None,
        etag: "e".into(),
        version_id: None,
    };
    let says = Act::Says(Reply::Completed(Completion::Stored(elsewhere)));
    world.script(Op::Complete, [says]);
    world.add(new_upload(1, 5));
    world.finish();
    assert_eq!(world.failed_with(id(1)), Some(ErrorCode::BadResponse));
}
