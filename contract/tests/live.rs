//! Live uploads on the wire: golden files, and what an older side makes of them.

mod common;

use common::{CRC, KEY, file, golden, id};
use crowfly_contract::{
    CompleteRequest, CreateItem, CreateRequest, CreateResponse, CreateResult, Created, FirstParts,
    LivePlan, Metadata, Outcome, PartToSign, Plan, Record, SignPartsRequest, UploadStatus,
    Visibility,
};
use serde::Deserialize;

fn record() -> Record {
    Record {
        id: id(),
        status: UploadStatus::Pending,
        bucket: "films".to_owned(),
        key: KEY.parse().unwrap(),
        name: "recording.webm".to_owned(),
        path: None,
        size: 0,
        media_type: "video/webm".to_owned(),
        visibility: Visibility::Private,
        metadata: Metadata::new(),
        part_size: Some(5_242_880),
        live: true,
        duration_ms: None,
        truncated: false,
        crc64nvme: None,
        verified: false,
        etag: None,
        version_id: None,
        sequencer: None,
        type_mismatch: false,
        seen_type: None,
        scan: None,
        withheld: None,
        url: None,
        created_at: 1_795_342_830_123,
        stored_at: None,
        expires_at: None,
    }
}

fn stored() -> Record {
    Record {
        status: UploadStatus::Stored,
        size: 5_242_889,
        etag: Some("d41d8cd98f00b204e9800998ecf8427e-2".to_owned()),
        crc64nvme: Some(CRC),
        stored_at: Some(1_795_342_831_000),
        ..record()
    }
}

#[test]
fn requests() {
    let item: CreateItem = CreateItem {
        id: id(),
        name: "recording.webm".to_owned(),
        path: None,
        size: None,
        live: true,
        max_bytes: Some(1_073_741_824),
        media_type: "video/webm".to_owned(),
        crc64nvme: None,
        visibility: Visibility::Private,
        metadata: Metadata::new(),
        state: None,
        part_size: None,
        parts: FirstParts::default(),
    };
    let uploads = vec![item];
    golden("create_request_live", &CreateRequest { uploads });
    let part = |number, size| PartToSign::<u32> {
        number,
        crc64nvme: Some(CRC),
        size,
    };
    let parts = vec![part(1, None), part(2, Some(9))];
    let request = SignPartsRequest { parts, state: None };
    golden("sign_parts_request_live", &request);
    let complete: CompleteRequest = CompleteRequest {
        crc64nvme: Some(CRC),
        size: Some(5_242_889),
        duration_ms: Some(61_000),
        state: None,
    };
    golden("complete_request_live", &complete);
}

#[test]
fn answers() {
    let result = |plan| CreateResult {
        id: id(),
        outcome: Outcome::Created(Created::new(KEY.parse().unwrap(), plan)),
    };
    let live = |plan| {
        result(Plan::Live {
            plan,
            max_bytes: 1_073_741_824,
        })
    };
    let equal = LivePlan::new(6_291_456, None).unwrap();
    let uploads = vec![live(LivePlan::NEW), live(equal)];
    golden("create_response_live", &CreateResponse { uploads });
    golden("record_live_pending", &record());
    let verified = Record {
        verified: true,
        duration_ms: Some(61_000),
        ..stored()
    };
    golden("record_live", &verified);
    let truncated = Record {
        truncated: true,
        ..stored()
    };
    golden("record_live_truncated", &truncated);
}

/// A record as readers knew it before there were live uploads.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct OldRecord {
    id: String,
    status: String,
    size: u64,
    part_size: Option<u64>,
    verified: bool,
    etag: Option<String>,
    created_at: u64,
}

#[test]
fn an_older_reader_takes_the_record_of_a_live_upload() {
    for (name, size, verified) in [
        ("record_live_pending", 0, false),
        ("record_live", 5_242_889, true),
        ("record_live_truncated", 5_242_889, false),
    ] {
        let old: OldRecord = serde_json::from_str(&file(name)).unwrap();
        assert_eq!((old.size, old.verified), (size, verified), "{name}");
        assert_eq!(old.part_size, Some(5_242_880), "{name}");
    }
}

#[test]
fn an_older_server_sends_nothing_of_live_uploads() {
    let old: Record = serde_json::from_str(&file("record_stored")).unwrap();
    assert_eq!(
        (old.live, old.duration_ms, old.truncated),
        (false, None, false)
    );
    let old: CreateRequest = serde_json::from_str(&file("create_request")).unwrap();
    assert!(
        old.uploads
            .iter()
            .all(|item| !item.live && item.size.is_some())
    );
    let old: CompleteRequest = serde_json::from_str(&file("complete_request")).unwrap();
    assert_eq!((old.size, old.duration_ms), (None, None));
    for name in [
        "create_request",
        "record_stored",
        "complete_request",
        "sign_parts_request",
    ] {
        let text = file(name);
        for field in ["live", "maxBytes", "durationMs", "truncated"] {
            assert!(!text.contains(&format!("\"{field}\"")), "{name}: {field}");
        }
    }
}

#[test]
fn half_a_live_plan_is_refused() {
    let right = r#"{"kind":"live","partSize":5242880,"doubleEvery":1000,"maxBytes":1}"#;
    assert!(serde_json::from_str::<Plan>(right).is_ok());
    for wrong in [
        r#"{"kind":"live"}"#,
        r#"{"kind":"live","partSize":5242880}"#,
        r#"{"kind":"live","maxBytes":1}"#,
        r#"{"kind":"live","partSize":5242879,"maxBytes":1}"#,
        r#"{"kind":"live","partSize":5368709121,"maxBytes":1}"#,
        r#"{"kind":"live","partSize":5242880,"doubleEvery":0,"maxBytes":1}"#,
        r#"{"kind":"live","partSize":5242880,"doubleEvery":-1,"maxBytes":1}"#,
    ] {
        assert!(serde_json::from_str::<Plan>(wrong).is_err(), "{wrong}");
    }
}
