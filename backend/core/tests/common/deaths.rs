//! A use-case that dies at each of its calls in turn.

use crowfly_core::testing::{Memory, Mortal, Side};

use super::owner;

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
            let half = format!("{name} died at call {at}, {side:?}: the quota is the rows'");
            assert_eq!(
                memory.usage(&owner('a')),
                memory.counted(&owner('a')),
                "{half}"
            );
            let result = again(&memory).await;
            assert_eq!(
                memory.usage(&owner('a')),
                memory.counted(&owner('a')),
                "{half}"
            );
            check(
                &memory,
                result,
                &format!("{name} died at call {at}, {side:?}"),
            );
        }
    }
    assert_eq!(deaths[0], deaths[1], "{name}");
    assert!(deaths[0] > 0, "{name} calls nothing");
    println!("{name}: {} calls, {} deaths", deaths[0], 2 * deaths[0]);
}
