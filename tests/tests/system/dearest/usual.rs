//! D15: what usual uploads ask of the services, from counted requests. The figures stand in docs/OPERATIONS.md.

use crowfly_contract::SignPartsResponse;
use devkit::wait;
use e2e::api::{crc64nvme, new_id};
use serde_json::{Value, json};

use super::units::{Units, plain_item};
use super::{Bench, id_of, page_says, send};
use crate::faulty::{Faulty, RECOVERS_WITHIN};
use crate::parts::{self, Parts, put};

const MARKS: [&str; 2] = ["<!-- usual:start -->\n", "<!-- usual:end -->"];

/// A row of the page: what was counted, and how long the key and the item of the table are.
struct Row {
    name: &'static str,
    units: Units,
    key: usize,
    item: usize,
}

impl Row {
    fn text(&self) -> String {
        let Units {
            write,
            half_reads,
            s3_write,
            s3_read,
            sqs,
        } = self.units;
        let (name, reads, key, item) = (self.name, half_reads as f64 / 2.0, self.key, self.item);
        format!(
            "| {name} | {write} | {reads} | {s3_write} | {s3_read} | {sqs} | {key} | {item} |\n"
        )
    }
}

/// A file of a camera, or of a person who writes Chinese.
fn file(name: &str) -> Value {
    json!({"id": new_id().to_string(), "name": name, "size": 9, "type": "image/jpeg",
        "crc64nvme": crc64nvme(b"some text").to_string()})
}

/// What has been counted since the last look, once the upload has its record.
fn counted(bench: &Bench<'_>, name: &'static str, id: &str) -> Row {
    // The upload was open at each of its writes, as the items that are looked up now are not: the index of open uploads
    // is written as well.
    let mut units = bench.units_with(|owner, id| {
        let mut item = bench.aws().get_item(owner, id)?;
        if item.get("createdAt").is_some() {
            item["openShard"] = json!("a");
        }
        Some(item)
    });
    units.sqs = 3;
    let item = bench.aws().get_item(&bench.owner, id).expect("its item");
    Row {
        name,
        units,
        key: item["key"].as_str().map_or(0, str::len),
        // In steps, as times and sequencers differ in length.
        item: plain_item(&item).div_ceil(100) * 100,
    }
}

fn one(bench: &Bench<'_>, name: &'static str, file: &Value) -> Row {
    bench.units();
    send(bench, std::slice::from_ref(file));
    counted(bench, name, id_of(file))
}

/// An upload of three parts, signed by one call.
fn multipart(bench: &Bench<'_>) -> Row {
    bench.units();
    let bytes = parts::bytes();
    let upload = Parts::begin(bench.api.clone(), parts::create_item());
    let numbers = 1..=upload.plan.part_count();
    let asked: Vec<Value> = numbers
        .clone()
        .map(|number| json!({"number": number, "crc64nvme": crc64nvme(upload.slice(&bytes, number))}))
        .collect();
    let answer = upload
        .api
        .post(&upload.path("/parts"), &json!({"parts": asked}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let signed: SignPartsResponse = serde_json::from_slice(&answer.body).expect("grants");
    for grant in signed.grants {
        let answer = put(&grant.grant, upload.slice(&bytes, grant.number)).send();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let body = json!({"crc64nvme": crc64nvme(&bytes)});
    let answer = upload.api.post(&upload.path("/complete"), &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let id = upload.id.to_string();
    wait::until(
        "its record, and its slot given back",
        RECOVERS_WITHIN,
        || {
            let item = bench.aws().get_item(&bench.owner, &id)?;
            (item["status"] == "stored" && item.get("openShard").is_none()).then_some(())
        },
    );
    counted(bench, "one of three parts: create, sign, complete", &id)
}

#[test]
fn d15_the_page_says_what_usual_uploads_ask_of_the_services() {
    let faulty = Faulty::take();
    let bench = Bench::start(&faulty);
    let chinese = format!("{}.jpg", "照".repeat(60));
    let rows = [
        one(&bench, "one, `IMG_2041.jpg`", &file("IMG_2041.jpg")),
        one(
            &bench,
            "one, a name of 60 Chinese characters",
            &file(&chinese),
        ),
        multipart(&bench),
    ];
    drop(bench);
    let head = "| from create to record | write units | read units | S3 PUT, POST, LIST | S3 GET, HEAD | SQS | bytes of its key | bytes of its item |\n\
                | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    page_says(
        MARKS,
        &(head.to_owned() + &rows.iter().map(Row::text).collect::<String>()),
    );
}
