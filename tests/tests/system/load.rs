//! Thousands of uploads at once, and poison among their events. F70, F75.
//!
//! `CROWFLY_EVENTS=<number>` sets how many uploads; `cargo xtask soak` sends ten thousand.

use std::collections::BTreeMap;
use std::time::Duration;

use e2e::Env;
use e2e::aws::Aws;
use e2e::load::spike;
use e2e::wait;

use crate::faulty::uploads_of;

const EVENTS: usize = 1_000;
/// Of a thousand events, so many more are poison.
const POISON_PER_MILLE: usize = 10;
/// Time for the poison to be given up, after all else is done.
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn f70_f75_each_upload_of_a_spike_is_recorded_once_and_the_poison_alone_is_given_up() {
    let stack = Env::stack("busy");
    let aws = Aws::new(stack);
    let events = std::env::var("CROWFLY_EVENTS").ok();
    let events = events.and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    // A tenth of what is expected of a quiet machine: 20 events a second.
    let limit = Duration::from_secs(120)
        + Duration::from_millis(50) * u32::try_from(events).unwrap_or(u32::MAX);
    // Of an earlier run against the same system.
    wait::until("an empty dead-letter queue", GIVEN_UP_WITHIN, || {
        let old = aws.receive_messages(&stack.dlq);
        for message in &old {
            aws.delete_message(&stack.dlq, message);
        }
        old.is_empty().then_some(())
    });
    let spike = spike(stack, events, events * POISON_PER_MILLE / 1_000, limit);
    println!("{}", spike.figures);

    let mut sequencers = BTreeMap::new();
    for leaves in &spike.sent {
        let rows = uploads_of(&aws, leaves[0].key.owner().as_str());
        assert_eq!(rows.len(), leaves.len(), "one record for each upload");
        for leave in leaves {
            let row = rows.iter().find(|row| row["id"] == leave.id.to_string());
            let row = row.unwrap_or_else(|| panic!("no record of {}", leave.id));
            assert_eq!(
                (&row["status"], &row["verified"]),
                (&"stored".into(), &true.into()),
                "{row}"
            );
            let sequencer = row["sequencer"].as_str().unwrap_or_default().to_owned();
            assert!(!sequencer.is_empty(), "{row}");
            sequencers.insert((leave.id, sequencer), ());
        }
    }
    let sent: usize = spike.sent.iter().map(Vec::len).sum();
    assert_eq!((sent, sequencers.len()), (events, events));
    let lags = spike.figures.lag_ms.len();
    assert_eq!(
        lags,
        events + spike.figures.bystander_ms.len(),
        "each event was written once"
    );

    let mut dead = Vec::new();
    wait::until(
        "the poison in the dead-letter queue",
        GIVEN_UP_WITHIN,
        || {
            for message in aws.receive_messages(&stack.dlq) {
                aws.delete_message(&stack.dlq, &message);
                dead.push(message.body);
            }
            (dead.len() >= spike.poison.len()).then_some(())
        },
    );
    dead.sort();
    let mut poison = spike.poison.clone();
    poison.sort();
    let differs = dead
        .iter()
        .zip(&poison)
        .find(|(dead, poison)| dead != poison);
    assert_eq!(differs, None, "nothing but the poison");
    assert_eq!(dead.len(), poison.len(), "and each once");
    assert_eq!(aws.queue_depth(&stack.dlq), 0);
    assert_eq!(aws.queue_depth(&stack.queue), 0);
}
