//! Part plans, from the empty file to the largest object (48.8 TiB).

use crowfly_contract::limits::{
    GIB, LARGEST_ASKED_PART_BYTES, MAX_OBJECT_BYTES, MAX_PART_BYTES, MAX_PARTS, MIB,
    MIN_PART_BYTES, SINGLE_PUT_UP_TO_BYTES, SMALLEST_PLANNED_PART_BYTES,
};
use crowfly_contract::{PartPlan, PlanError, PlanKind};
use proptest::prelude::*;

/// Checks the invariants of a plan for `size` bytes without iterating over all parts.
fn check(plan: PartPlan, size: u64) {
    let count = plan.part_count();
    assert_eq!(plan.size(), size);
    assert!((1..=MAX_PARTS).contains(&count), "{size}: {count} parts");
    assert!(
        (MIN_PART_BYTES..=MAX_PART_BYTES).contains(&plan.part_size()),
        "{size}"
    );
    assert_eq!(
        (plan.part(0), plan.part(count + 1), plan.part(u32::MAX)),
        (None, None, None)
    );
    let last = plan.part(count).unwrap();
    assert_eq!(last.bytes.end, size);
    assert!(
        last.bytes.start < last.bytes.end,
        "{size}: an empty last part"
    );
    for number in [1, 2, count / 2, count.saturating_sub(1)] {
        let Some(part) = plan.part(number) else {
            continue;
        };
        assert_eq!(part.number, number);
        assert_eq!(part.bytes.start, u64::from(number - 1) * plan.part_size());
        if number < count {
            assert_eq!(part.bytes.end - part.bytes.start, plan.part_size());
        }
    }
}

fn check_new(size: u64) {
    match PlanKind::for_new_file(size) {
        Ok(PlanKind::Single) => assert!(size <= SINGLE_PUT_UP_TO_BYTES, "{size}"),
        Ok(PlanKind::Multipart(plan)) => {
            assert!(
                size > SINGLE_PUT_UP_TO_BYTES && size <= MAX_OBJECT_BYTES,
                "{size}"
            );
            assert!(plan.part_size() >= SMALLEST_PLANNED_PART_BYTES);
            assert_eq!(plan.part_size() % MIB, 0);
            check(plan, size);
        }
        Err(error) => {
            assert_eq!(error, PlanError::FileTooLarge);
            assert!(size > MAX_OBJECT_BYTES, "{size}");
        }
    }
}

#[test]
fn f43_the_edges() {
    let edges = [
        0,
        1,
        MIN_PART_BYTES,
        SMALLEST_PLANNED_PART_BYTES,
        SINGLE_PUT_UP_TO_BYTES,
        GIB,
        8 * GIB,
        64 * GIB,
        5 * GIB,
        10_000 * 64 * MIB,
        10_000 * 65 * MIB,
        MAX_OBJECT_BYTES,
        u64::MAX,
    ];
    for edge in edges {
        for size in [edge.saturating_sub(1), edge, edge.saturating_add(1)] {
            check_new(size);
        }
    }
    assert_eq!(PlanKind::for_new_file(0), Ok(PlanKind::Single));
    assert_eq!(
        PlanKind::for_new_file(MAX_OBJECT_BYTES + 1),
        Err(PlanError::FileTooLarge)
    );
    let Ok(PlanKind::Multipart(largest)) = PlanKind::for_new_file(MAX_OBJECT_BYTES) else {
        panic!("no plan for the largest object");
    };
    assert_eq!(
        (largest.part_count(), largest.part_size()),
        (MAX_PARTS, MAX_PART_BYTES)
    );
}

#[test]
fn f43_exactly_ten_thousand_parts_and_one_byte_more() {
    let full = 10_000 * MIN_PART_BYTES;
    assert_eq!(
        PartPlan::new(full, MIN_PART_BYTES).unwrap().part_count(),
        10_000
    );
    assert_eq!(
        PartPlan::new(full + 1, MIN_PART_BYTES),
        Err(PlanError::TooManyParts)
    );
    let last = PartPlan::new(full - MIN_PART_BYTES + 1, MIN_PART_BYTES)
        .unwrap()
        .part(10_000)
        .unwrap();
    assert_eq!(last.bytes.end - last.bytes.start, 1);
}

#[test]
fn plans_that_storage_would_refuse() {
    assert_eq!(
        PartPlan::new(1, MIN_PART_BYTES - 1),
        Err(PlanError::PartSize)
    );
    assert_eq!(
        PartPlan::new(1, MAX_PART_BYTES + 1),
        Err(PlanError::PartSize)
    );
    assert_eq!(PartPlan::new(1, 0), Err(PlanError::PartSize));
    assert_eq!(PartPlan::new(0, MIN_PART_BYTES), Err(PlanError::Empty));
    assert_eq!(
        PartPlan::new(MAX_OBJECT_BYTES + 1, MAX_PART_BYTES),
        Err(PlanError::FileTooLarge)
    );
}

/// The plan for a size that is asked for: that one if it is lawful, otherwise the nearest that is.
fn check_asked(size: u64, asked: u64) {
    let usual = PlanKind::for_new_file(size);
    let Ok(PlanKind::Multipart(usual)) = usual else {
        assert_eq!(PlanKind::for_asked(size, Some(asked)), usual);
        return;
    };
    let Ok(PlanKind::Multipart(plan)) = PlanKind::for_asked(size, Some(asked)) else {
        panic!("no parts: {size}, {asked}");
    };
    check(plan, size);
    let needed = size.div_ceil(u64::from(MAX_PARTS)) + MIB;
    let lawful = needed.max(MIN_PART_BYTES)..=LARGEST_ASKED_PART_BYTES;
    if lawful.contains(&asked) {
        assert_eq!(plan.part_size(), asked);
    }
    assert!(plan.part_size() <= needed.max(LARGEST_ASKED_PART_BYTES));
    // Who asks for what the plan has already, or for nothing, changes nothing.
    for same in [Some(usual.part_size()), None] {
        let asked = PlanKind::for_asked(size, same);
        assert_eq!(asked, Ok(PlanKind::Multipart(usual)), "{size}");
    }
}

#[test]
fn an_asked_part_size_is_kept_within_its_limits() {
    let sizes = [20 * MIB, GIB, 625 * GIB, 626 * GIB, MAX_OBJECT_BYTES];
    for size in sizes {
        for asked in [0, 1, MIN_PART_BYTES - 1, 64 * MIB, 64 * MIB + 1, u64::MAX] {
            check_asked(size, asked);
        }
    }
    let part_size = |size, asked| match PlanKind::for_asked(size, Some(asked)) {
        Ok(PlanKind::Multipart(plan)) => plan.part_size(),
        other => panic!("{other:?}"),
    };
    assert_eq!(part_size(20 * MIB, 0), 5 * MIB);
    assert_eq!(part_size(20 * MIB, 4 * GIB), 64 * MIB);
    assert_eq!(part_size(20 * MIB, 7 * MIB + 1), 7 * MIB + 1);
    assert_eq!(part_size(MAX_OBJECT_BYTES, MIB), MAX_PART_BYTES);
}

/// Sizes distributed evenly over all magnitudes.
fn any_size() -> impl Strategy<Value = u64> {
    (0u32..64, any::<u64>()).prop_map(|(shift, value)| value >> shift)
}

proptest! {
    #[test]
    fn every_asked_part_size_gives_a_lawful_plan(size in any_size(), asked in any_size()) {
        check_asked(size, asked);
    }

    #[test]
    fn every_new_file_has_a_lawful_plan_or_none(size in any_size()) {
        check_new(size);
    }

    #[test]
    fn every_kept_part_size_gives_a_lawful_plan_or_none(
        size in any_size(),
        part_size in MIN_PART_BYTES..=MAX_PART_BYTES,
    ) {
        if let Ok(plan) = PartPlan::new(size, part_size) {
            check(plan, size);
        } else {
            prop_assert!(size == 0 || size > MAX_OBJECT_BYTES || size.div_ceil(part_size) > 10_000);
        }
    }

    #[test]
    fn the_parts_join_without_gap_or_overlap(size in 1u64..200 * GIB) {
        let plan = match PlanKind::for_new_file(size) {
            Ok(PlanKind::Multipart(plan)) => plan,
            _ => PartPlan::new(size, MIN_PART_BYTES).unwrap(),
        };
        let mut end = 0;
        for (part, number) in plan.parts().zip(1u32..) {
            prop_assert_eq!((part.number, part.bytes.start), (number, end));
            prop_assert!(part.bytes.end > end);
            end = part.bytes.end;
        }
        prop_assert_eq!((end, plan.parts().count()), (size, plan.part_count() as usize));
    }
}
