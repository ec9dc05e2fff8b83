//! Every file that the default types of the template accept can be downloaded again.

mod common;

use common::events::{created, handle};
use common::files::FILES;
use common::withheld::{content, shown};
use common::{NOW, id, owner, parse_items};
use crowfly_contract::{ObjectKey, Plan, served_type, standard_type};
use crowfly_core::create::{Creator, create};
use crowfly_core::media::AllowList;
use crowfly_core::path::KeyLayout;
use crowfly_core::policy::Policy;
use crowfly_core::ports::Head;
use crowfly_core::quota::Limits;
use crowfly_testing::{Memory, OBJECT_CRC, head_of};
use serde_json::json;

fn default_list() -> AllowList {
    let template = include_str!("../../../template.yaml");
    let (_, after) = template.split_once("\n  AllowedTypes:\n").unwrap();
    let (_, after) = after.split_once(" Default: ").unwrap();
    after.lines().next().unwrap().parse().unwrap()
}

/// Creates, uploads and records a file of this reported type; returns the stored type and the
/// download URL.
async fn round(policy: &Policy, reported: &str, first: &[u8]) -> (String, String) {
    let (memory, owner) = (Memory::default(), owner('a'));
    let creator = Creator {
        owner: &owner,
        policy,
        bucket: "bucket",
        layout: KeyLayout::Flat,
        limits: Limits::default(),
        repair_after_ms: 900_000,
        now_ms: NOW,
    };
    let item = json!([{"id": id(1).to_string(), "name": "a", "size": 9, "type": reported,
        "crc64nvme": OBJECT_CRC.to_string()}]);
    let result = create(&memory, &memory, &memory, creator, parse_items(item))
        .await
        .remove(0)
        .1;
    let granted = result.unwrap_or_else(|error| panic!("{reported}: {error}"));
    let Plan::Single { put } = granted.created.plan else {
        panic!("not a single PUT")
    };
    let head = Head {
        media_type: put.headers.get("content-type").unwrap().clone(),
        ..head_of("e1")
    };
    let key: ObjectKey = granted.created.key.as_str().parse().unwrap();
    memory.set_object(&key, Some(head));
    memory.set_first_bytes(&key, first);
    let body =
        created(1, "A1", "e1").replace(&common::events::key(1).to_string(), &key.to_string());
    handle(&memory, &body).await.unwrap();
    let record = shown(&memory).await;
    assert!(record.verified, "{reported}");
    assert!(
        record.url.is_some() && record.withheld.is_none(),
        "{reported}: {record:?}"
    );
    let content = content(&memory).await;
    let url = content
        .unwrap_or_else(|refusal| panic!("{reported}: {refusal:?}"))
        .url;
    (record.media_type, url)
}

#[tokio::test]
async fn u3_u4_what_the_default_takes_is_given_back_under_every_name() {
    let policy = Policy {
        max_file_bytes: 1_000,
        allowed_types: default_list(),
        key_suffix: String::new(),
        public_allowed: false,
    };
    for (types, first) in FILES {
        let standard = types.split(' ').next().unwrap();
        for reported in types.split(' ').chain(["application/octet-stream"]) {
            let (stored, url) = round(&policy, reported, first).await;
            assert_eq!(stored, standard_type(reported), "the standard name");
            assert!(url.contains("&disposition=attachment"), "{reported}: {url}");
            let octets = "application/octet-stream";
            assert!(
                stored == standard || stored == octets,
                "{reported}: {stored}"
            );
            if stored == octets {
                assert!(url.contains("type=application/octet-stream&"), "{url}");
            }
            let (_, served) = url.split_once("?type=").unwrap();
            let served = served.split('&').next().unwrap();
            assert_eq!(served_type(served), served, "a browser could run it");
        }
    }
}

#[test]
fn u3_each_entry_of_the_default_has_an_example() {
    let list = default_list();
    let all = list.to_string();
    for entry in all.split(", ") {
        let one: AllowList = entry.parse().unwrap();
        let example = FILES
            .iter()
            .any(|(types, _)| one.allows(types.split(' ').next().unwrap()));
        assert!(example, "{entry}");
    }
    // A CloudFormation parameter has at most 4,096 bytes
    // (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html),
    // and so has the environment of a function
    // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
    assert!(all.replace(", ", ",").len() < 1_024, "{}", all.len());
}

#[test]
fn a28_the_default_takes_no_page_no_script_and_no_program() {
    let list = default_list();
    for refused in [
        "text/html",
        "image/svg+xml",
        "image/svg",
        "application/xhtml+xml",
        "text/xml",
        "application/xml",
        "text/javascript",
        "application/x-javascript",
        "application/mathml+xml",
        "application/xslt+xml",
        "application/x-msdownload",
        "application/java-archive",
        "application/vnd.android.package-archive",
        "application/x-sh",
        "application/wasm",
        "application/hta",
        "application/vnd.ms-htmlhelp",
    ] {
        assert!(!list.allows(standard_type(refused)), "{refused}");
    }
}
