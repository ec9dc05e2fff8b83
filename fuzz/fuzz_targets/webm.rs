//! Recordings. Input: the room for Cues in two bytes, the length of a chunk in one, and what is recorded.
#![no_main]

use crowfly_webm::{Index, Outcome, Reserve, finish};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [low, high, length, recorded @ ..] = input else {
        return;
    };
    let room = u16::from_le_bytes([*low, *high]).into();
    let whole = passed(recorded, room, recorded.len());
    let divided = passed(recorded, room, (*length).into());
    assert_eq!(whole.0, divided.0, "the bytes depend on their division");
    assert_eq!(whole.1, divided.1, "the outcome depends on their division");
    let (written, outcome, index) = whole;
    let mended = finish(&written, &index);
    assert_eq!(mended, finish(&divided.0, &divided.2));
    match outcome {
        Outcome::AsItIs(_) => assert_eq!(written, recorded),
        Outcome::Reserved(head) => assert!(written.len() - head <= recorded.len()),
        _ => panic!("the end was not told"),
    }
    let Ok(mended) = mended else {
        return;
    };
    let head = index.head_len().expect("a head");
    assert_eq!(mended.len() as u64, head, "the head keeps its length");
    let mut all = written;
    all[..mended.len()].copy_from_slice(&mended);
    let mut again = Index::new();
    again.push(&all);
    assert_eq!(again.duration_ms(), index.duration_ms());
    assert_eq!(finish(&all, &again), Ok(mended), "it is mended twice");
});

fn passed(recorded: &[u8], room: usize, length: usize) -> (Vec<u8>, Outcome, Index) {
    let (mut reserve, mut index, mut written) = (Reserve::new(room), Index::new(), Vec::new());
    let mut write = |bytes: &[u8]| {
        index.push(bytes);
        written.extend_from_slice(bytes);
    };
    for chunk in recorded.chunks(length.max(1)) {
        write(&reserve.push(chunk));
    }
    write(&reserve.end());
    (written, reserve.outcome(), index)
}
