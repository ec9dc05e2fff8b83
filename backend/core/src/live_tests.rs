use crowfly_contract::limits::{GIB, MIB};
use crowfly_contract::{ErrorCode, LivePlan, PartToSign};

use super::*;

const PART: u64 = 5 * MIB;

fn live(max_bytes: u64) -> Live {
    Live::new(LivePlan::NEW, None, max_bytes)
}

fn with_last(number: u32, size: u64) -> Live {
    let mut live = live(GIB);
    live.granted.last = Some(LastPart { number, size });
    live.granted.parts = number;
    live
}

fn part(number: u32, size: Option<u64>) -> PartToSign {
    PartToSign {
        number,
        crc64nvme: None,
        size,
    }
}

/// The sizes granted, the highest number, the last part, and the bytes counted.
type Granted = (Vec<u64>, u32, Option<(u32, u64)>, u64);

fn granted(live: &Live, bytes: u64, parts: &[(u32, Option<u64>)]) -> Result<Granted, ErrorCode> {
    let parts: Vec<_> = parts
        .iter()
        .map(|&(number, size)| part(number, size))
        .collect();
    let (ranges, next) = live.grant(bytes, &parts).map_err(|refusal| refusal.code)?;
    let sizes = ranges
        .iter()
        .map(|range| range.bytes.end - range.bytes.start);
    let last = next.granted.last.map(|last| (last.number, last.size));
    Ok((sizes.collect(), next.granted.parts, last, next.bytes))
}

#[test]
fn the_limit_is_the_least_of_three() {
    let limit = |asked, largest| Live::new(LivePlan::NEW, asked, largest).max_bytes;
    assert_eq!(limit(None, 9), 9);
    assert_eq!(limit(Some(8), 9), 8);
    assert_eq!(limit(Some(10), 9), 9);
    assert_eq!(limit(None, u64::MAX), LivePlan::NEW.capacity());
}

#[test]
fn whole_parts_have_the_size_of_the_plan_and_count_up_to_the_highest() {
    let fresh = live(100 * GIB);
    assert_eq!(
        granted(&fresh, 0, &[(1, None)]),
        Ok((vec![PART], 1, None, PART))
    );
    let two = granted(&fresh, 0, &[(3, None), (1, None)]);
    assert_eq!(two, Ok((vec![PART, PART], 3, None, 3 * PART)));
    let jump = granted(&fresh, 0, &[(1_001, None)]);
    assert_eq!(jump, Ok((vec![2 * PART], 1_001, None, 1_002 * PART)));
    // Again: nothing more.
    let again = granted(&fresh, 3 * PART, &[(2, None)]);
    assert_eq!(again, Ok((vec![PART], 2, None, 3 * PART)));
}

#[test]
fn only_one_part_may_be_the_last_and_none_is_behind_it() {
    let wrong = Err(ErrorCode::InvalidPart);
    let fresh = live(GIB);
    let last = granted(&fresh, PART, &[(1, None), (2, Some(9))]);
    assert_eq!(last, Ok((vec![PART, 9], 2, Some((2, 9)), PART + 9)));
    assert_eq!(granted(&fresh, 0, &[(1, Some(9)), (2, Some(9))]), wrong);
    assert_eq!(granted(&fresh, 0, &[(1, Some(9)), (2, None)]), wrong);
    let ended = with_last(2, 9);
    assert_eq!(granted(&ended, PART + 9, &[(3, None)]), wrong);
    // Another last part is allowed, also a later or an earlier one; what was signed stays counted.
    let moved = granted(&ended, PART + 9, &[(3, Some(1))]);
    assert_eq!(moved, Ok((vec![1], 3, Some((3, 1)), 2 * PART + 1)));
    let back = granted(&ended, PART + 9, &[(1, Some(4))]);
    assert_eq!(back, Ok((vec![4], 2, Some((1, 4)), PART + 9)));
    // The last part as a whole one, which may be sent instead.
    let whole = granted(&ended, PART + 9, &[(2, None)]);
    assert_eq!(whole, Ok((vec![PART], 2, Some((2, 9)), 2 * PART)));
}

#[test]
fn the_last_part_has_one_byte_to_that_of_the_plan_and_none_only_if_all_is_empty() {
    let fresh = live(100 * GIB);
    for (number, size, right) in [
        (1, 0, true),
        (1, 1, true),
        (1, PART, true),
        (1, PART + 1, false),
        (2, 0, false),
        (2, 1, true),
        (1_001, 2 * PART, true),
        (1_001, 2 * PART + 1, false),
        (10_000, 512 * PART, false),
        (10_001, 1, false),
        (1, u64::MAX, false),
    ] {
        let done = granted(&fresh, 0, &[(number, Some(size))]);
        if right {
            assert_eq!(done.unwrap().0, [size], "{number} {size}");
        } else {
            assert!(done.is_err(), "{number} {size}");
        }
    }
}

#[test]
fn nothing_is_signed_above_the_limit() {
    let wrong = Err(ErrorCode::TooLarge);
    for (limit, part, right) in [
        (1, (1, None), false),
        (1, (1, Some(2)), false),
        (1, (1, Some(1)), true),
        (1, (1, Some(0)), true),
        (PART, (1, None), true),
        (PART - 1, (1, None), false),
        (2 * PART, (3, Some(1)), false),
        (2 * PART + 1, (3, Some(1)), true),
        (2 * PART + 1, (3, Some(2)), false),
        (GIB, (10_000, None), false),
    ] {
        let done = granted(&live(limit), 0, &[part]);
        assert_eq!(done.is_ok(), right, "{limit} {part:?}");
        if !right {
            assert_eq!(done, wrong);
        }
    }
    let all = Live::new(LivePlan::NEW, None, u64::MAX);
    assert!(granted(&all, 0, &[(10_000, None)]).is_ok());
}

#[test]
fn a_declared_size_leaves_only_its_own_parts() {
    let wrong = Err(ErrorCode::InvalidPart);
    let mut declared = with_last(3, 9);
    declared.size_declared = true;
    let bytes = 2 * PART + 9;
    let last = Some((3, 9));
    for part in [(3, None), (3, Some(9))] {
        assert_eq!(
            granted(&declared, bytes, &[part]),
            Ok((vec![9], 3, last, bytes))
        );
    }
    assert_eq!(
        granted(&declared, bytes, &[(1, None)]),
        Ok((vec![PART], 3, last, bytes))
    );
    for part in [
        (4, None),
        (4, Some(1)),
        (3, Some(8)),
        (2, Some(9)),
        (0, None),
        (10_001, None),
    ] {
        assert_eq!(granted(&declared, bytes, &[part]), wrong, "{part:?}");
    }
}

#[test]
fn a_file_is_an_unbroken_run_of_parts() {
    let check = |size, listed: &[(u32, u64)]| live(GIB).check(size, listed.iter().copied());
    assert_eq!(check(0, &[(1, 0)]), Ok(()));
    assert_eq!(check(9, &[(1, 9)]), Ok(()));
    assert_eq!(check(PART, &[(1, PART)]), Ok(()));
    assert_eq!(check(PART + 9, &[(1, PART), (2, 9)]), Ok(()));
    for (size, listed) in [
        (0, &[][..]),
        (0, &[(1, 1)]),
        (9, &[(1, 8)]),
        (9, &[(2, 9)]),
        (PART, &[(1, PART), (2, 0)]),
        (PART + 9, &[(1, PART)]),
        (PART + 9, &[(1, PART), (3, 9)]),
        (PART + 9, &[(1, PART - 1), (2, 10)]),
        (PART + 9, &[(1, PART), (2, 9), (3, 1)]),
        (u64::MAX, &[(1, PART)]),
    ] {
        assert!(check(size, listed).is_err(), "{size} {listed:?}");
    }
    let many = 10_000;
    let sizes = (1..=many).map(|n| (n, LivePlan::NEW.part_size(n).unwrap()));
    assert_eq!(live(GIB).check(LivePlan::NEW.capacity(), sizes), Ok(()));
}

#[test]
fn what_is_kept_is_the_longest_run_from_the_first_part() {
    let live = with_last(3, 9);
    let kept = |listed: &[(u32, u64)]| live.unbroken(listed.iter().copied());
    assert_eq!(kept(&[]), None);
    assert_eq!(kept(&[(2, PART)]), None);
    assert_eq!(kept(&[(1, 9)]), None, "a size that was not signed");
    assert_eq!(kept(&[(1, PART)]), Some((1, PART)));
    assert_eq!(kept(&[(1, PART), (3, 9)]), Some((1, PART)), "a gap");
    assert_eq!(kept(&[(1, PART), (2, 7), (3, 9)]), Some((1, PART)));
    assert_eq!(
        kept(&[(1, PART), (2, PART), (3, 9)]),
        Some((3, 2 * PART + 9))
    );
    assert_eq!(
        kept(&[(1, PART), (2, PART), (3, PART), (4, PART)]),
        Some((4, 4 * PART))
    );
    let empty = with_last(1, 0);
    assert_eq!(empty.unbroken([(1, 0)]), Some((1, 0)));
    assert_eq!(
        empty.unbroken([(1, 0), (2, PART)]),
        Some((1, 0)),
        "nothing is behind the last"
    );
}
