//! Content sniffing. Input: a media type, a line break, the first bytes of a file.
#![no_main]

use crowfly_contract::{SNIFF_BYTES, mismatch, served_type, sniff, standard_type};
use libfuzzer_sys::fuzz_target;

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
    let against = mismatch(declared, bytes);
    assert_eq!(against, mismatch(declared, first));
    assert_eq!(against, mismatch(&declared.to_ascii_uppercase(), bytes));
    assert_eq!(against, mismatch(&format!("{declared};x=y"), bytes));
    assert_eq!(mismatch(declared, b""), None, "no bytes contradict nothing");

    let name = standard_type(declared);
    assert_eq!(standard_type(name), name, "a standard name is its own");
    if !declared.contains(';') {
        assert_eq!(against, mismatch(name, bytes), "a type has one name");
    }

    let runs = seen.is_some_and(|kind| kind.runs());
    if let Some(found) = against {
        assert!(runs || !found.active, "only what runs is active");
        match seen {
            // A container that may hold audio alone matches its audio types.
            Some(kind) => assert!(mismatch(found.seen, bytes).is_none(), "{kind:?}"),
            None => assert_eq!(found.seen, "text/plain"),
        }
    }
    // Active content is detected under any harmless type, and never delivered.
    for other in ["image/png", "audio/ogg", "video/webm", "application/pdf"] {
        let active = mismatch(other, bytes).is_some_and(|found| found.active);
        assert_eq!(active, runs, "{other}");
    }
    assert_eq!(mismatch("application/octet-stream", bytes), None);
    if let Some(kind) = seen {
        let own = mismatch(kind.as_str(), bytes);
        assert_eq!(own, None, "a type does not contradict itself");
        let served = served_type(kind.as_str());
        assert!(served == kind.as_str() || runs);
    }
});
