//! A use-case that dies at each of its calls in turn.

use crowfly_core::testing::{Memory, Mortal, Side};

use super::owner;

/// What holds at any moment: the quota is that of the rows, and no row that stands in the sweep's sight goes
/// away.
pub(crate) fn always(memory: &Memory, what: &str) {
    let (says, is) = (memory.usage(&owner('a')), memory.counted(&owner('a')));
    assert_eq!(says, is, "{what}: the quota is that of the rows");
    for row in memory.rows() {
        let lives = row.record.expires_at.is_none();
        assert!(lives || row.open.is_none(), "{what}: {row:?} goes away");
    }
}

/// Lets `first` die at every call that it makes in `world()`, then lets `again` come and looks at what
/// stands. Prints how many deaths that were.
pub(crate) async fn at_every_call<T, R>(
    name: &str,
    world: impl AsyncFn() -> Memory,
    first: impl AsyncFn(&Mortal<'_>) -> T,
    again: impl AsyncFn(&Memory) -> R,
    check: impl Fn(&Memory, R, &str),
) {
    let mut deaths = [0, 0];
    for side in [Side::Before, Side::After] {
        for at in 0.. {
            let memory = world().await;
            let mortal = Mortal::new(&memory, at, side);
            if mortal.run(first(&mortal)).is_some() {
                break;
            }
            deaths[usize::from(side == Side::After)] += 1;
            let what = format!("{name} died at call {at}, {side:?}");
            always(&memory, &what);
            let result = again(&memory).await;
            always(&memory, &what);
            check(&memory, result, &what);
        }
    }
    assert_eq!(deaths[0], deaths[1], "{name}");
    assert!(deaths[0] > 0, "{name} calls nothing");
    println!("{name}: {} calls, {} deaths", deaths[0], 2 * deaths[0]);
}
