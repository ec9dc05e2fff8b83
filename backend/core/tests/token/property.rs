//! A17: a token has one spelling, and no neighbour of it is a token.

use proptest::prelude::*;

use crate::mint::{key, verify};

/// A token that is the same in every case, so that a seed finds its failure again.
fn good() -> &'static str {
    static GOOD: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    GOOD.get_or_init(|| key().good())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a17_no_change_of_one_byte_verifies(at in 0usize..4_096, byte in 0u8..128) {
        let mut token = good().as_bytes().to_vec();
        let at = at % token.len();
        prop_assume!(token[at] != byte);
        token[at] = byte;
        let token = String::from_utf8(token).unwrap();
        prop_assert!(verify(&token).is_err(), "byte {at} as {byte}");
    }

    #[test]
    fn a17_no_insertion_and_no_removal_verifies(at in 0usize..4_096, byte in proptest::option::of(0u8..128)) {
        let mut token = good().as_bytes().to_vec();
        let at = at % token.len();
        match byte {
            Some(byte) => token.insert(at, byte),
            None => { token.remove(at); }
        }
        let token = String::from_utf8(token).unwrap();
        prop_assert!(verify(&token).is_err(), "at {at}: {byte:?}");
    }

    #[test]
    fn a17_nothing_panics(text in "\\PC{0,300}", header in ".{0,80}", claims in ".{0,80}") {
        let _ = verify(&text);
        let token = key().token_of(&header, &claims);
        prop_assert!(verify(&token).is_err());
    }
}

/// Every last character of every segment, in all 64 forms: trailing bits have no freedom.
#[test]
fn a17_the_last_character_has_no_freedom() {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let good = good();
    assert!(verify(good).is_ok());
    let ends = good
        .match_indices('.')
        .map(|(at, _)| at)
        .chain([good.len()]);
    for end in ends {
        let fits = DIGITS.iter().filter(|&&digit| {
            let mut token = good.as_bytes().to_vec();
            token[end - 1] = digit;
            verify(&String::from_utf8(token).unwrap()).is_ok()
        });
        assert_eq!(fits.count(), 1);
    }
}
