//! CRC64NVME against a bit-by-bit reference written from the definition.

use crowfly_contract::Crc64Nvme;
use crowfly_engine::crc64::{Appender, Crc64, combine};
use proptest::prelude::*;

fn reference(bytes: &[u8]) -> u64 {
    let mut register = !0u64;
    for byte in bytes {
        register ^= u64::from(*byte);
        for _ in 0..8 {
            let carry = register & 1 == 1;
            register >>= 1;
            if carry {
                register ^= 0x9a6c_9329_ac4b_c9b5;
            }
        }
    }
    !register
}

fn ours(bytes: &[u8]) -> Crc64Nvme {
    let mut crc = Crc64::new();
    crc.update(bytes);
    crc.value()
}

#[test]
fn the_check_value_is_the_published_one() {
    assert_eq!(ours(b"123456789").value(), 0xae8b_1486_0a79_9888);
    assert_eq!(ours(b"123456789").to_string(), "rosUhgp5mIg=");
}

#[test]
fn no_bytes_give_zero_and_a_reset_starts_again() {
    let mut crc = Crc64::new();
    assert_eq!(crc.value().value(), 0);
    crc.update(b"something");
    crc.reset();
    assert_eq!(crc.value().value(), 0);
    crc.update(b"123456789");
    assert_eq!(crc.value().value(), 0xae8b_1486_0a79_9888);
}

#[test]
fn zeroes_are_counted() {
    for length in [1, 7, 15, 16, 17, 4096] {
        assert_eq!(ours(&vec![0; length]).value(), reference(&vec![0; length]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn equals_the_reference(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(ours(&bytes).value(), reference(&bytes));
    }

    #[test]
    fn does_not_depend_on_how_the_bytes_are_cut(
        bytes in prop::collection::vec(any::<u8>(), 0..500),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let mut crc = Crc64::new();
        let mut from = 0;
        for cut in cuts {
            crc.update(&bytes[from..cut]);
            from = cut;
        }
        prop_assert_eq!(crc.value().value(), reference(&bytes));
    }

    #[test]
    fn parts_combine_into_the_whole(
        a in prop::collection::vec(any::<u8>(), 0..300),
        b in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let whole = [a.as_slice(), b.as_slice()].concat();
        prop_assert_eq!(combine(ours(&a), ours(&b), b.len() as u64), ours(&whole));
    }

    #[test]
    fn combining_is_associative_for_any_length(
        a: u64, b: u64, c: u64, len_b in 0..1u64 << 45, len_c in 0..1u64 << 45,
    ) {
        let [a, b, c] = [a, b, c].map(Crc64Nvme::new);
        prop_assert_eq!(
            combine(combine(a, b, len_b), c, len_c),
            combine(a, combine(b, c, len_c), len_b + len_c)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_appender_combines_as_combine_does_whatever_came_before(
        pieces in prop::collection::vec((any::<u64>(), 0u64..4), 1..40),
    ) {
        let mut appender = Appender::default();
        let mut whole = Crc64Nvme::new(0);
        for (value, length) in pieces {
            let (piece, length) = (Crc64Nvme::new(value), length * 8_388_608);
            let next = combine(whole, piece, length);
            prop_assert_eq!(appender.append(whole, piece, length), next);
            whole = next;
        }
    }
}
