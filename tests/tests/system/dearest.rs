//! H6: what the dearest minute of one user costs within the default limits, from counted requests.
//!
//! Each kind of call is sent once through the real gateway and functions, with the largest item that a
//! create call accepts; a relay counts what the functions ask of the services. The figures stand in
//! docs/OPERATIONS.md, between two marks; this test fails if they differ, and prints the right text.

mod figures;
mod relay;
mod units;
mod usual;

use devkit::http::Response;
use devkit::paths;
use devkit::wait;
use e2e::api::{Api, crc64nvme, created_upload, new_id};
use e2e::aws::Aws;
use serde_json::{Map, Value, json};

use crate::faulty::{Faulty, RECOVERS_WITHIN};
use figures::{Kind, report};
use relay::Relay;
use units::Units;

const PAGE: &str = "docs/OPERATIONS.md";
const MARKS: [&str; 2] = ["<!-- dearest:start -->\n", "<!-- dearest:end -->"];
const GIB: u64 = 1 << 30;

/// Shorter answers cost next to nothing to send.
const LONG: usize = 200_000;

/// The stack whose functions are relayed, while the test runs.
struct Bench<'a> {
    faulty: &'a Faulty,
    relay: Relay,
    before: Vec<(String, Map<String, Value>)>,
    api: Api,
    owner: String,
    kinds: Vec<Kind>,
}

impl<'a> Bench<'a> {
    fn start(faulty: &'a Faulty) -> Self {
        let relay = Relay::start(&faulty.stack.s3);
        let mut before = Vec::new();
        let behind = [
            &faulty.presign,
            &faulty.read,
            &faulty.record,
            &faulty.forward,
        ];
        let functions = behind.map(|behind| behind.function.clone());
        let remove = faulty.aws.function("RemoveFunction");
        for function in functions.into_iter().chain([remove]) {
            let own = faulty.aws.function_variables(&function);
            let mut relayed = own.clone();
            relayed.insert("AWS_ENDPOINT_URL".to_owned(), relay.url().into());
            faulty.aws.set_function_variables(&function, &relayed);
            before.push((function, own));
        }
        let api = faulty.new_caller();
        let created = api.create_one(&largest(9));
        let owner = created.key.owner().as_str().to_owned();
        // The first call of an owner tries another update of its rate than later ones.
        api.get("/uploads");
        relay.take(&owner);
        Self {
            faulty,
            relay,
            before,
            api,
            owner,
            kinds: Vec::new(),
        }
    }

    fn aws(&self) -> &Aws {
        &self.faulty.aws
    }

    /// What the functions have asked for this owner since the last look.
    fn units(&self) -> Units {
        self.units_with(|owner, id| self.aws().get_item(owner, id))
    }

    /// The same, with items as `item` finds them.
    fn units_with(&self, item: impl Fn(&str, &str) -> Option<Value>) -> Units {
        let mut relayed = self.relay.take(&self.owner);
        // After a pause the update of the rate is tried in two forms; in a dense row of calls in one.
        if relayed
            .iter()
            .any(|call| call.counts_rate() && call.succeeded())
        {
            relayed.retain(|call| !call.counts_rate() || call.succeeded());
        }
        let each = relayed.iter().map(|call| Units::of(call, &item));
        each.fold(Units::default(), Units::plus)
    }

    /// Measures one call, whose answer has this status.
    #[track_caller]
    fn call(
        &mut self,
        name: &'static str,
        tokens: u64,
        status: u16,
        send: impl FnOnce(&Api) -> Response,
    ) {
        self.units();
        let answer = send(&self.api);
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        self.measured(name, tokens, &answer);
    }

    /// What has been asked for since the last look is that of one call with this answer.
    fn measured(&mut self, name: &'static str, tokens: u64, answer: &Response) {
        let units = self.units();
        let sent = if answer.body.len() > LONG {
            answer.body.len().div_ceil(50 * 1024) * 50
        } else {
            0
        };
        self.kinds.push(Kind {
            name,
            tokens,
            units,
            calls: 1,
            functions: 1,
            sent,
        });
    }
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        for (function, own) in &self.before {
            self.aws().set_function_variables(function, own);
        }
    }
}

/// The largest item for a file of this size: a long name, in characters of four bytes, and all of the metadata.
fn largest(size: u64) -> Value {
    json!({"id": new_id().to_string(), "name": format!("{}.webm", "𠀀".repeat(250)), "size": size,
        "type": "video/webm", "crc64nvme": crc64nvme(b"some text").to_string(),
        "metadata": {"k": "v".repeat(2047)}})
}

fn id_of(item: &Value) -> &str {
    item["id"].as_str().expect("an id")
}

#[test]
fn h6_the_page_says_what_the_dearest_minute_of_one_user_costs() {
    let faulty = Faulty::take();
    let mut bench = Bench::start(&faulty);
    uploads(&mut bench);
    stored(&mut bench);
    let reads = bench.kinds.len();
    read(&mut bench);
    let refused = bench.kinds.len();
    refusal(&mut bench);
    let kinds = std::mem::take(&mut bench.kinds);
    drop(bench);
    let text = report(&kinds[..reads], &kinds[reads..refused], &kinds[refused]);
    page_says(MARKS, &text);
}

/// Fails, and prints the text, if the page has another one between these marks.
#[track_caller]
fn page_says(marks: [&str; 2], text: &str) {
    let page = std::fs::read_to_string(paths::root().join(PAGE)).unwrap();
    let (_, rest) = page.split_once(marks[0]).expect("the start of the figures");
    let (written, _) = rest.split_once(marks[1]).expect("the end of the figures");
    assert!(written == text, "{PAGE} must say:\n{text}");
}

/// Calls of the upload routes that store nothing.
fn uploads(bench: &mut Bench<'_>) {
    let create =
        |items: Vec<Value>| move |api: &Api| api.post("/uploads", &json!({"uploads": items}));
    let one = largest(9);
    bench.call("create one", 1, 201, create(vec![one.clone()]));
    bench.call("create one again", 1, 200, create(vec![one.clone()]));
    let hundred: Vec<Value> = (0..100).map(|_| largest(9)).collect();
    bench.call("create a hundred", 100, 201, create(hundred.clone()));
    bench.call("create a hundred again", 100, 200, create(hundred));
    let large = largest(4 * GIB);
    let path = |rest: &str| format!("/uploads/{}{rest}", id_of(&large));
    bench.call(
        "create one of many parts",
        1,
        201,
        create(vec![large.clone()]),
    );
    bench.call(
        "create one of many parts again",
        1,
        200,
        create(vec![large.clone()]),
    );
    let parts = |count: u32| {
        let parts: Vec<Value> = (1..=count)
            .map(|number| json!({"number": number}))
            .collect();
        json!({"parts": parts})
    };
    let (sign, list) = (path("/parts"), path("/parts"));
    bench.call("sign a hundred parts", 1, 200, |api| {
        api.post(&sign, &parts(100))
    });
    bench.call("list its parts", 1, 200, |api| api.get(&list));
    let complete = path("/complete");
    bench.call("complete it too early", 1, 409, |api| {
        api.post(&complete, &json!({}))
    });
    for (name, status, id) in [
        ("cancel one", 204, id_of(&one)),
        ("cancel one again", 204, id_of(&one)),
        ("cancel one of many parts", 204, id_of(&large)),
        ("cancel one of many parts again", 204, id_of(&large)),
    ] {
        let path = format!("/uploads/{id}");
        bench.call(name, 1, status, |api| api.delete(&path));
    }
}

/// Creates and sends these uploads, and waits for their records.
fn send(bench: &Bench<'_>, items: &[Value]) {
    let answer = bench.api.post("/uploads", &json!({"uploads": items}));
    let results = answer.json()["uploads"].take();
    for result in results.as_array().expect("results") {
        let put = created_upload(result).put(b"some text").send();
        assert_eq!(put.status, 200, "{}", put.text());
    }
    wait::until(
        "the records, and their slots given back",
        RECOVERS_WITHIN,
        || {
            let stored = items.iter().all(|item| {
                let item = bench
                    .aws()
                    .get_item(&bench.owner, id_of(item))
                    .unwrap_or_default();
                item["status"] == "stored" && item.get("openShard").is_none()
            });
            stored.then_some(())
        },
    );
}

/// An upload from its creation to its record: one call, the PUT, its event.
fn stored(bench: &mut Bench<'_>) {
    bench.units();
    let one = largest(9);
    send(bench, std::slice::from_ref(&one));
    let mut units = bench.units();
    // The message is sent, received and deleted. (The PUT passes the relay, too.)
    units.sqs = 3;
    bench.kinds.push(Kind {
        name: "create, send and record one",
        tokens: 1,
        units,
        calls: 1,
        functions: 2,
        sent: 0,
    });
    deleted(bench, id_of(&one));
}

/// The deletion of a stored object: one call, and the event of the removal.
fn deleted(bench: &mut Bench<'_>, id: &str) {
    let item = |bench: &Bench<'_>| bench.aws().get_item(&bench.owner, id).unwrap_or_default();
    let path = format!("/uploads/{id}/content");
    let before = item(bench)["sequencer"].take();
    let answer = bench.api.delete(&path);
    assert_eq!(answer.status, 204, "{}", answer.text());
    wait::until("the event of the removal", RECOVERS_WITHIN, || {
        (item(bench)["sequencer"] != before).then_some(())
    });
    let mut units = bench.units();
    units.sqs = 3;
    bench.kinds.push(Kind {
        name: "delete one, and record it",
        tokens: 1,
        units,
        calls: 1,
        functions: 2,
        sent: 0,
    });
    bench.call("delete one again", 1, 204, |api| api.delete(&path));
}

/// Reads of stored records: they are longer than pending ones.
fn read(bench: &mut Bench<'_>) {
    send(bench, &(0..100).map(|_| largest(9)).collect::<Vec<_>>());
    let page = bench.api.get("/uploads?limit=100").json();
    let uploads = page["uploads"].as_array().expect("a page").clone();
    let ids: Vec<&Value> = uploads.iter().map(|record| &record["id"]).collect();
    assert_eq!(ids.len(), 100);
    let path = format!("/uploads/{}", id_of(&uploads[0]));
    bench.call("list a hundred records", 10, 200, |api| {
        api.get("/uploads?limit=100")
    });
    bench.call("states of a hundred", 10, 200, |api| {
        api.post("/uploads/status", &json!({"ids": ids}))
    });
    bench.call("read a record", 1, 200, |api| api.get(&path));
    bench.call("sign a download", 1, 200, |api| {
        api.get(&format!("{path}/content"))
    });
}

/// A call above the rate.
fn refusal(bench: &mut Bench<'_>) {
    let hundred: Vec<Value> = (0..100).map(|_| json!({"id": new_id()})).collect();
    let body = json!({"uploads": hundred});
    let refused = (0..30).find_map(|_| {
        // To count the calls before takes time in which tokens come back.
        bench.relay.take(&bench.owner);
        let answer = bench.api.post("/uploads", &body);
        (answer.status == 429).then_some(answer)
    });
    let refused = refused.expect("a call above the rate");
    bench.measured("a call above the rate", 0, &refused);
}
