//! The part sizes of live uploads, next to a plan that adds part by part.

use crowfly_contract::limits::{
    GIB, MAX_OBJECT_BYTES, MAX_PART_BYTES, MAX_PARTS, MIB, MIN_PART_BYTES,
};
use crowfly_contract::{LivePlan, LivePlanError};
use proptest::prelude::*;

/// The size of part `number`, from the formula of the contract.
fn by_formula(part_size: u64, double_every: Option<u32>, number: u32) -> u64 {
    let doublings = double_every.map_or(0, |every| (number - 1) / every);
    let size = u128::from(part_size) << doublings.min(64);
    u64::try_from(size.min(u128::from(MAX_PART_BYTES))).unwrap()
}

/// Compares all 10,000 parts.
fn check(part_size: u64, double_every: Option<u32>) {
    let plan = LivePlan::new(part_size, double_every).unwrap();
    assert_eq!(plan.first_part_size(), part_size);
    assert_eq!(plan.double_every(), double_every);
    let mut start = 0;
    for number in 1..=MAX_PARTS {
        let size = by_formula(part_size, double_every, number);
        let end = start + size;
        let part = plan.part(number).unwrap();
        assert_eq!((part.number, part.bytes), (number, start..end));
        assert_eq!(plan.part_size(number), Some(size));
        for offset in [start, start + size / 2, end - 1] {
            assert_eq!(plan.part_of(offset), Some(number), "{offset}");
        }
        for size in [start + 1, end] {
            let last = plan.last(size).unwrap();
            assert_eq!((last.number, last.bytes), (number, start..size));
        }
        start = end;
    }
    assert_eq!(plan.capacity(), start);
    assert!(start <= MAX_OBJECT_BYTES);
    for beyond in [start, start + 1, u64::MAX] {
        assert_eq!(plan.part_of(beyond), None);
    }
    assert_eq!(plan.last(start + 1), None);
    for number in [0, MAX_PARTS + 1, u32::MAX] {
        assert_eq!(plan.part(number), None);
        assert_eq!(plan.part_size(number), None);
    }
}

#[test]
fn a_new_upload_starts_with_5_mib_and_holds_almost_5_tib() {
    let plan = LivePlan::NEW;
    assert_eq!(LivePlan::new(5 * MIB, Some(1_000)), Ok(plan));
    check(5 * MIB, Some(1_000));
    assert_eq!(plan.capacity(), 5_115_000 * MIB);
    for (number, size) in [
        (1, 5),
        (1_000, 5),
        (1_001, 10),
        (2_000, 10),
        (10_000, 2_560),
    ] {
        assert_eq!(plan.part_size(number), Some(size * MIB), "{number}");
    }
    // An hour of 2.5 Mbit/s, and a gigabyte.
    assert_eq!(plan.last(1_125_000_000).unwrap().number, 215);
    assert_eq!(plan.last(GIB).unwrap().number, 205);
}

#[test]
fn an_empty_recording_has_one_empty_part() {
    let last = LivePlan::NEW.last(0).unwrap();
    assert_eq!((last.number, last.bytes), (1, 0..0));
}

#[test]
fn the_edges() {
    for double_every in [
        None,
        Some(1),
        Some(2),
        Some(999),
        Some(9_999),
        Some(10_000),
        Some(u32::MAX),
    ] {
        for part_size in [
            MIN_PART_BYTES,
            MIN_PART_BYTES + 1,
            6 * MIB,
            GIB,
            MAX_PART_BYTES - 1,
            MAX_PART_BYTES,
        ] {
            check(part_size, double_every);
        }
    }
    let largest = LivePlan::new(MAX_PART_BYTES, None).unwrap();
    assert_eq!(largest.capacity(), MAX_OBJECT_BYTES);
}

#[test]
fn what_s3_refuses_is_no_plan() {
    for (part_size, double_every, error) in [
        (0, None, LivePlanError::PartSize),
        (MIN_PART_BYTES - 1, Some(1), LivePlanError::PartSize),
        (MAX_PART_BYTES + 1, None, LivePlanError::PartSize),
        (u64::MAX, None, LivePlanError::PartSize),
        (MIN_PART_BYTES, Some(0), LivePlanError::DoubleEvery),
    ] {
        assert_eq!(LivePlan::new(part_size, double_every), Err(error));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_plan_is_that_of_the_formula(
        part_size in MIN_PART_BYTES..=MAX_PART_BYTES,
        double_every in proptest::option::of(1_u32..12_000),
    ) {
        check(part_size, double_every);
    }
}
