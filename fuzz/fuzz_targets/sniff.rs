//! The first bytes of a file, and what its media type says: a type, a line break, the bytes.
#![no_main]

use crowfly_contract::{SNIFF_BYTES, contradicts, sniff};
use libfuzzer_sys::fuzz_target;

/// What a browser could run, whatever else the bytes are.
const PAGE: &str = "text/html";

fuzz_target!(|input: &[u8]| {
    let at = input.iter().position(|byte| *byte == b'\n');
    let (declared, bytes) = input.split_at(at.unwrap_or_default());
    let bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
    let Ok(declared) = std::str::from_utf8(declared) else {
        return;
    };
    let seen = sniff(bytes);
    let first = &bytes[..bytes.len().min(SNIFF_BYTES)];
    assert_eq!(seen, sniff(first), "no byte beyond the first 64 matters");
    let against = contradicts(declared, bytes);
    assert_eq!(against, contradicts(declared, first));
    assert_eq!(against, contradicts(&declared.to_ascii_uppercase(), bytes));
    assert_eq!(against, contradicts(&format!("{declared};x=y"), bytes));
    assert_eq!(
        contradicts(declared, b""),
        None,
        "no bytes contradict nothing"
    );

    match (seen, against) {
        // What is told is what was seen.
        (Some(kind), Some(told)) => assert_eq!(told, kind.as_str()),
        (None, Some(told)) => assert_eq!(told, "text/plain"),
        (_, None) => {}
    }
    if let Some(kind) = seen {
        assert_eq!(
            contradicts(kind.as_str(), bytes),
            None,
            "a type does not contradict itself"
        );
        // A page never passes as a picture, a sound, a video or bytes without meaning.
        if kind.as_str() == PAGE {
            for other in [
                "image/png",
                "audio/ogg",
                "video/webm",
                "application/octet-stream",
            ] {
                assert_eq!(contradicts(other, bytes), Some(PAGE), "{other}");
            }
        }
    }
});
