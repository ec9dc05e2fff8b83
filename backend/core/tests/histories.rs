//! Whole histories of uploads, over memory: the quota is exact whatever happens.

mod common;

use common::events::{created, key, removed, tell};
use common::random::Random;
use common::sweeping::{DAY, Seen, WEEK, create_at, in_parts, open, sweeper, wish};
use common::{NOW, id, owner};
use crowfly_core::FaultKind;
use crowfly_core::cancel::cancel;
use crowfly_core::sweep::sweep;
use crowfly_core::testing::{Memory, head_of};
use serde_json::{Value, json};

/// Whatever clients, storage, events and sweeps do, in any order and with any call failing before or after
/// its effect, the quota is that of the rows, and in the end it is nothing.
#[tokio::test]
async fn a37_f62_f63_any_history_leaves_the_quota_exact() {
    let seeds = std::env::var("CROWFLY_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .map_or_else(|| (0..60).collect::<Vec<u64>>(), |seed| vec![seed]);
    for seed in seeds {
        history(seed).await;
    }
}

async fn history(seed: u64) {
    let mut random = Random::new(seed);
    let memory = Memory::default();
    let verbs = [
        "open_uploads",
        "release",
        "apply_event",
        "mark_aborted",
        "mark_expired",
        "abort_multipart",
        "head_object",
    ];
    let mut now = NOW;
    let told = |n: u128, sequencer: u64| created(n, &format!("A{sequencer:03}"), "e1");
    for _ in 0..120 {
        now += random.below(2 * DAY);
        for _ in 0..random.below(3) {
            let verb = random.pick(&verbs);
            if random.percent(50) {
                memory.lose_next(verb);
            } else {
                memory.fail_next(verb, FaultKind::Unavailable);
            }
        }
        let n = u128::from(random.below(12));
        match random.below(6) {
            0 | 1 => {
                let count = random.between(1, 4);
                let items: Vec<Value> = (0..count)
                    .map(|more| (n + u128::from(more)) % 12)
                    .map(|n| if n % 3 == 0 { in_parts(n) } else { wish(n) })
                    .collect();
                create_at(&memory, 'a', json!(items), now).await;
            }
            2 => {
                memory.set_object(&key(n), Some(head_of("e1")));
                for _ in 0..random.below(4) {
                    let _ = tell(&memory, &told(n, random.below(1_000))).await;
                }
            }
            3 => {
                memory.set_object(&key(n), None);
                let sequencer = format!("A{:03}", random.below(1_000));
                let _ = tell(&memory, &removed(n, &sequencer)).await;
            }
            4 => drop(cancel(&memory, &memory, &owner('a'), id(n), now).await),
            _ => {
                let seen = Seen::default();
                sweep(&memory, &memory, &sweeper(), now, &seen).await;
            }
        }
        let (says, is) = (memory.usage(&owner('a')), memory.counted(&owner('a')));
        assert_eq!(says, is, "CROWFLY_SEED={seed}");
    }
    // Nothing fails, and nobody does anything, any more.
    memory.heal();
    for _ in 0..3 {
        now += WEEK;
        let seen = Seen::default();
        sweep(&memory, &memory, &sweeper(), now, &seen).await;
    }
    assert_eq!(open(&memory), 0, "CROWFLY_SEED={seed}");
    assert_eq!(
        memory.open_multiparts(),
        Vec::<String>::new(),
        "CROWFLY_SEED={seed}"
    );
}
