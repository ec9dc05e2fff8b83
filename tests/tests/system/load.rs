//! Thousands of uploads at once, with poison messages among their events. F70, F75.
//!
//! `CROWFLY_EVENTS=<number>` sets how many uploads; `cargo xtask soak` sends ten thousand.

use std::collections::BTreeMap;
use std::time::Duration;

use devkit::env::Env;
use devkit::wait;
use e2e::aws::Aws;
use e2e::load::spike;

use crate::faulty::uploads_of;

const EVENTS: usize = 1_000;
/// Poison messages for each thousand events.
const POISON_PER_MILLE: usize = 10;
/// How long poison may take to reach the dead-letter queue after everything else is done.
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn f70_f75_each_upload_of_a_spike_is_recorded_once_and_the_poison_alone_is_given_up() {
    let stack = Env::stack("busy");
    let aws = Aws::new(stack);
    let events = std::env::var("CROWFLY_EVENTS").ok();
    let events = events.and_then(|text| text.parse().ok()).unwrap_or(EVENTS);
    // 20 events a second: a tenth of the rate on an idle machine.
    let limit = Duration::from_secs(120)
        + Duration::from_millis(50) * u32::try_from(events).unwrap_or(u32::MAX);
    // Left by an earlier run against the same system.
    wait::until("an empty dead-letter queue", GIVEN_UP_WITHIN, || {
        let old = aws.receive_messages(&stack.dlq);
        for message in &old {
            aws.delete_message(&stack.dlq, message);
        }
        old.is_empty().then_some(())
    });
    let spike = spike(stack, events, events * POISON_PER_MILLE / 1_000, limit);
    println!("{}", serde_json::json!(spike.figures));

    let mut sequencers = BTreeMap::new();
    for uploads in &spike.sent {
        let rows = uploads_of(&aws, uploads[0].key.owner().as_str());
        assert_eq!(rows.len(), uploads.len(), "one record for each upload");
        for upload in uploads {
            let row = rows.iter().find(|row| row["id"] == upload.id.to_string());
            let row = row.unwrap_or_else(|| panic!("no record of {}", upload.id));
            assert_eq!(
                (&row["status"], &row["verified"]),
                (&"stored".into(), &true.into()),
                "{row}"
            );
            let sequencer = row["sequencer"].as_str().unwrap_or_default().to_owned();
            assert!(!sequencer.is_empty(), "{row}");
            sequencers.insert((upload.id, sequencer), ());
        }
    }
    let sent: usize = spike.sent.iter().map(Vec::len).sum();
    assert_eq!((sent, sequencers.len()), (events, events));
    let lags = spike.figures.lag_ms.count;
    assert_eq!(
        lags,
        events + spike.figures.bystander_ms.count,
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
