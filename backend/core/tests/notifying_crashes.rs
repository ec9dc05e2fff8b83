//! Functions that crash at each of their calls in turn, before or after its effect, while an
//! application is notified: between the row and the bus, between the bus and the outbox. Then the
//! message is delivered again, or only the sweep comes by. Every transition is notified at least
//! once, with the record of its own upload.

mod common;

use std::collections::BTreeSet;
use std::time::Instant;

use common::crashes::at_every_call;
use common::events::{created, key, removed};
use common::notifying::{
    assert_own, assert_settled, deliver_by, delivered, notifying, scan, sent, sweep_by, word_set,
};
use common::random::Random;
use common::sweeping::{DAY, HOUR, create_at, item};
use common::{NOW, id};
use crowfly_contract::OwnerId;
use crowfly_core::Outbox;
use crowfly_core::ports::PutEvents;
use crowfly_core::record::{Objects, Recorder, Rows};
use crowfly_core::remove::remove;
use crowfly_testing::{Crashing, Memory, Side, head_of};
use serde_json::json;

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn check(memory: &Memory, expected: &[&str], what: &str) {
    assert_eq!(word_set(memory, 1), set(expected), "{what}");
    for sent in memory.notifications() {
        assert_own(&sent, what);
    }
    assert_settled(memory, what);
}

fn scanning() -> Recorder {
    Recorder {
        scan_uploads: true,
        ..notifying()
    }
}

/// Crashes the delivery of these messages, then has them delivered again, or swept only.
async fn crash_deliveries(
    name: &str,
    recorder: &Recorder,
    world: impl AsyncFn() -> Memory,
    bodies: &[String],
    expected: &[&str],
) {
    at_every_call(
        &format!("{name}, delivered again"),
        &world,
        async |ports| deliver_by(ports, recorder, bodies).await,
        async |memory| deliver_by(memory, recorder, bodies).await,
        |memory, batch, what| {
            let mut results = batch.results.iter().flatten();
            assert!(results.all(Result::is_ok), "{what}");
            check(memory, expected, what);
        },
    )
    .await;
}

#[tokio::test]
async fn a_redelivered_message_notifies_after_a_crash_at_any_call() {
    let one = created(1, "A1", "e1");
    let stored: [&str; 2] = ["stored/A1", "verified/A1"];
    let created_only = || sent(1);
    crash_deliveries(
        "stored",
        &notifying(),
        created_only,
        std::slice::from_ref(&one),
        &stored,
    )
    .await;

    let told = async || {
        let memory = sent(1).await;
        delivered(&memory, &[created(1, "A1", "e1")]).await;
        memory.set_object(&key(1), None);
        memory
    };
    let all = ["stored/A1", "verified/A1", "deleted/A2"];
    crash_deliveries("deleted", &notifying(), told, &[removed(1, "A2")], &all).await;

    let pending = async || {
        let memory = sent(1).await;
        let batch = deliver_by(&memory, &scanning(), &[created(1, "A1", "e1")]).await;
        assert!(batch.results[0][0].is_ok());
        memory
    };
    for (status, then) in [
        (
            "NO_THREATS_FOUND",
            &["stored/A1/clean", "verified/A1/clean"] as &[&str],
        ),
        ("THREATS_FOUND", &["withheld/A1/infected"]),
    ] {
        let result = scan(1, "e1", status);
        let all = [&["stored/A1", "verified/A1", "withheld/A1"], then].concat();
        crash_deliveries(status, &scanning(), pending, &[result], &all).await;
    }
}

/// The message is lost as well.
#[tokio::test]
async fn the_sweep_notifies_after_a_crash_at_any_call() {
    let bodies = [created(1, "A1", "e1")];
    at_every_call(
        "record, then only the sweep",
        || sent(1),
        async |ports| deliver_by(ports, &notifying(), &bodies).await,
        async |memory| sweep_by(memory, NOW + HOUR).await,
        |memory, faults, what| {
            assert_eq!(faults, 0, "{what}");
            let by_event = ["stored/A1", "verified/A1"];
            let by_sweep = ["stored/-", "verified/-"];
            let repaired = word_set(memory, 1).contains("stored/-");
            check(memory, if repaired { &by_sweep } else { &by_event }, what);
        },
    )
    .await;
    at_every_call(
        "a sweep that repairs",
        || sent(1),
        async |ports| sweep_by(ports, NOW + HOUR).await,
        async |memory| sweep_by(memory, NOW + 2 * HOUR).await,
        |memory, faults, what| {
            assert_eq!(faults, 0, "{what}");
            check(memory, &["stored/-", "verified/-"], what);
        },
    )
    .await;
}

#[tokio::test]
async fn a_deletion_is_notified_after_a_crash_at_any_call() {
    let told = async || {
        let memory = sent(1).await;
        delivered(&memory, &[created(1, "A1", "e1")]).await;
        memory
    };
    let owner = common::owner('a');
    at_every_call(
        "remove, then its event",
        told,
        async |ports| remove(ports, ports, Outbox::On, &owner, id(1), NOW).await,
        async |memory| {
            remove(memory, memory, Outbox::On, &owner, id(1), NOW)
                .await
                .unwrap();
            delivered(memory, &[removed(1, "A2")]).await;
        },
        |memory, (), what| check(memory, &["stored/A1", "verified/A1", "deleted/A1"], what),
    )
    .await;
}

const UPLOADS: u64 = 1_000;
const SEED: u64 = 20_261_129;

/// One of a thousand uploads, of one of five owners.
struct One {
    n: u128,
    letter: char,
    messages: Vec<String>,
    expected: BTreeSet<String>,
}

impl One {
    fn owner(&self) -> OwnerId {
        common::owner(self.letter)
    }
}

fn number_from(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs a function, which is killed at some call in most cases; whether it ended by itself.
async fn killed<T>(
    random: &mut Random,
    memory: &Memory,
    run: impl AsyncFn(&Crashing<'_>) -> T,
) -> Option<T> {
    let side = random.pick(&[Side::Before, Side::After]);
    let at = random.below(9) as usize;
    let ports = Crashing::new(memory, at, side);
    ports.run(run(&ports))
}

async fn deliver_one(ports: &(impl Rows + Objects + PutEvents), body: &str) -> bool {
    let batch = deliver_by(ports, &notifying(), &[body.to_owned()]).await;
    batch.results.iter().flatten().all(Result::is_ok)
}

/// A thousand uploads, a third of them deleted again, by functions that are killed at random calls
/// and a bus that refuses at random. Messages come again until they are done, or are lost, so that
/// the sweep must notify.
#[tokio::test]
async fn a_thousand_uploads_are_notified_although_functions_are_killed_at_random() {
    let seed = number_from("CROWFLY_SEED").unwrap_or(SEED);
    let started = Instant::now();
    let mut random = Random::new(seed);
    let memory = Memory::default();
    let (mut kills, mut lost) = (0_u32, 0_u32);
    let mut all: Vec<One> = Vec::new();
    for n in 0..UPLOADS {
        let letter = random.pick(&['a', 'b', 'c', 'd', 'e']);
        let mut wanted = item(n.into());
        wanted["metadata"] = json!({"number": n.to_string(), "of": letter.to_string()});
        create_at(&memory, letter, json!([wanted]), NOW).await;
        let owner = common::owner(letter);
        let object_key = memory.row(&owner, id(n.into())).unwrap().record.key;
        memory.set_object(&object_key, Some(head_of("e1")));
        let event = common::events::event(&object_key.to_string(), "A1", Some("e1"));
        let one = One {
            n: n.into(),
            letter,
            messages: vec![json!({"Records": [event]}).to_string()],
            expected: BTreeSet::new(),
        };
        all.push(one);
    }
    for one in &mut all {
        let owner = one.owner();
        for step in 0..2 {
            if step == 1 {
                let stored = memory.row(&owner, id(one.n)).unwrap().record;
                if stored.sequencer.is_none() || !random.percent(33) {
                    break;
                }
                let deleted = killed(&mut random, &memory, async |ports| {
                    remove(ports, ports, Outbox::On, &owner, id(one.n), NOW).await
                });
                if deleted.await.is_none() {
                    kills += 1;
                    remove(&memory, &memory, Outbox::On, &owner, id(one.n), NOW)
                        .await
                        .unwrap();
                }
                let event = common::events::event(&stored.key.to_string(), "A2", None);
                one.messages.push(json!({"Records": [event]}).to_string());
                one.expected.insert("deleted/A1".to_owned());
            }
            let body = one.messages.last().unwrap().clone();
            let mut receives = 0;
            loop {
                if random.percent(15) {
                    memory.refuse_next(1);
                }
                let done = killed(&mut random, &memory, async |ports| {
                    deliver_one(ports, &body).await
                });
                let done = done.await;
                kills += u32::from(done.is_none());
                receives += 1;
                if done == Some(true) {
                    break;
                }
                if receives > 2 && random.percent(30) {
                    lost += 1;
                    break;
                }
            }
            let sequencer = memory.row(&owner, id(one.n)).unwrap().record.sequencer;
            if step == 0 && sequencer.is_some() {
                one.expected.extend(set(&["stored/A1", "verified/A1"]));
            }
        }
    }
    memory.refuse_next(5);
    sweep_by(&memory, NOW + HOUR).await;
    assert_eq!(sweep_by(&memory, NOW + DAY).await, 0);
    let what = format!("CROWFLY_SEED={seed}");
    let notified = memory.notifications();
    for sent in &notified {
        assert_own(sent, &what);
        let metadata = &sent.record.metadata;
        assert_eq!(
            common::owner(metadata.get("of").unwrap().chars().next().unwrap()),
            sent.owner
        );
        assert_eq!(
            id(metadata.get("number").unwrap().parse().unwrap()),
            sent.record.id,
            "{what}"
        );
    }
    let ids: BTreeSet<&str> = notified.iter().map(|sent| sent.id.as_str()).collect();
    for one in &all {
        let name = |word: &str| format!("{}/{}/{word}", one.owner(), id(one.n));
        let repaired = ["stored/-", "verified/-"].map(name);
        let expected: Vec<String> = match one.expected.is_empty() {
            true => repaired.to_vec(),
            false => one.expected.iter().map(|word| name(word)).collect(),
        };
        for id in expected {
            assert!(ids.contains(id.as_str()), "{what}: {id} was not sent");
        }
    }
    assert_settled(&memory, &what);
    assert!(
        kills > 500 && lost > 10,
        "{kills} kills, {lost} messages lost"
    );
    println!(
        "notified: {UPLOADS} uploads, {kills} kills, {lost} messages lost, {} notifications, {} of them again, {:.1} s, {what}",
        notified.len(),
        notified.len() - ids.len(),
        started.elapsed().as_secs_f64()
    );
}
