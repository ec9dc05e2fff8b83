//! Properties of detection for any first bytes and any media type.

mod common;

use common::looks::EXAMPLES;
use crowfly_contract::{SNIFF_BYTES, mismatch, served_type, sniff, standard_type};
use proptest::prelude::*;

/// Bytes that start like something known, often.
fn first_bytes() -> impl Strategy<Value = Vec<u8>> {
    let example = prop::sample::select(EXAMPLES).prop_map(|(_, first)| first.to_vec());
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    (example, 0..20_usize, noise).prop_map(|(mut first, kept, noise)| {
        first.truncate(kept);
        first.extend(noise);
        first
    })
}

/// Texts of any script, often with a signature's letters at a place where they might count.
fn text() -> impl Strategy<Value = String> {
    let letters = EXAMPLES.iter().flat_map(|(_, first)| {
        let letters = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        first
            .split(move |byte| !letters(byte))
            .map(|run| String::from_utf8_lossy(run).into_owned())
    });
    let letters = prop::sample::select(letters.collect::<Vec<_>>());
    let before = prop_oneof![
        "",
        "[\\t\\n\\r]{4}",
        "[ -~]{8}",
        "[\\t\\n\\r -~\\u{a0}-\\u{ffff}]{0,12}"
    ];
    let after = "[\\t\\n\\r -~\\u{a0}-\\u{10ffff}]{0,80}";
    (before, letters, after)
        .prop_map(|(before, letters, after)| format!("{before}{letters}{after}"))
}

/// Media types that are known, nearly known, or anything.
fn media_type() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(EXAMPLES).prop_map(|(kind, _)| kind.as_str().to_owned()),
        "(image|audio|video|text|application|font)/(x-)?[a-z0-9+.]{0,12}",
        "\\PC{0,40}",
    ]
}

proptest! {
    #[test]
    fn a86_only_the_first_64_bytes_matter_and_nothing_panics(
        first in first_bytes(),
        other in first_bytes(),
        media_type in media_type(),
    ) {
        let head = &first[..first.len().min(SNIFF_BYTES)];
        prop_assert_eq!(sniff(&first), sniff(head));
        prop_assert_eq!(mismatch(&media_type, &first), mismatch(&media_type, head));
        if head.len() == SNIFF_BYTES {
            let longer = [head, &other].concat();
            prop_assert_eq!(sniff(&longer), sniff(head));
        }
    }

    #[test]
    fn a30_no_text_contradicts_text(text in text(), subtype in "(plain|csv|markdown|x-[a-z]{1,8})") {
        prop_assert_eq!(mismatch(&format!("text/{subtype}"), text.as_bytes()), None);
    }

    #[test]
    fn a30_nothing_contradicts_what_it_looks_like(first in first_bytes()) {
        if let Some(kind) = sniff(&first) {
            prop_assert_eq!(mismatch(kind.as_str(), &first), None);
        }
    }

    #[test]
    fn u4_what_is_given_out_never_runs(first in first_bytes(), media_type in media_type()) {
        let Some(found) = mismatch(&media_type, &first) else { return Ok(()) };
        prop_assert!(found.seen != served_type(&media_type) || found.seen == "text/plain");
        let runs = sniff(&first).is_some_and(|kind| kind.runs());
        prop_assert!(runs || !found.active);
        prop_assert_eq!(standard_type(found.seen), found.seen);
    }
}
