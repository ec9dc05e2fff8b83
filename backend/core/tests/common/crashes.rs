//! A use-case that crashes at each of its calls in turn.

use crowfly_testing::{Crashing, Memory, Side};

use super::owner;

/// The invariants: the quota equals the rows, and no row in the index `byOpen` has a time to live.
pub(crate) fn assert_invariants(memory: &Memory, what: &str) {
    let (quota, rows) = (memory.usage(&owner('a')), memory.counted(&owner('a')));
    assert_eq!(quota, rows, "{what}: the quota equals the rows");
    for row in memory.rows() {
        let permanent = row.record.expires_at.is_none();
        assert!(
            permanent || row.open.is_none(),
            "{what}: {row:?} has a time to live"
        );
    }
}

/// Crashes `first` at each of its calls in a fresh `world()`, then runs `again` and checks the
/// store. Prints the number of crashes.
pub(crate) async fn at_every_call<T, R>(
    name: &str,
    world: impl AsyncFn() -> Memory,
    first: impl AsyncFn(&Crashing<'_>) -> T,
    again: impl AsyncFn(&Memory) -> R,
    check: impl Fn(&Memory, R, &str),
) {
    let mut crashes = [0, 0];
    for side in [Side::Before, Side::After] {
        for at in 0.. {
            let memory = world().await;
            let ports = Crashing::new(&memory, at, side);
            if ports.run(first(&ports)).is_some() {
                break;
            }
            crashes[usize::from(side == Side::After)] += 1;
            let what = format!("{name} crashed at call {at}, {side:?}");
            assert_invariants(&memory, &what);
            let result = again(&memory).await;
            assert_invariants(&memory, &what);
            check(&memory, result, &what);
        }
    }
    assert_eq!(crashes[0], crashes[1], "{name}");
    assert!(crashes[0] > 0, "{name} calls nothing");
    println!("{name}: {} calls, {} crashes", crashes[0], 2 * crashes[0]);
}
