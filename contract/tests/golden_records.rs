//! The golden files of records, of lists of records, and of queue messages.

mod common;

use common::{ADDRESS, CRC, KEY, golden, id, map, other_id};
use crowfly_contract::{
    Content, EventKind, ListResponse, Notification, NotificationKind, QueueMessage, Record,
    ScanStatus, StatusEntry, StatusRequest, StatusResponse, Texts, UploadStatus, Visibility,
    Withheld,
};

fn pending() -> Record {
    Record {
        id: other_id(),
        status: UploadStatus::Pending,
        bucket: "films".to_owned(),
        key: "uploads/zjn67vy4s4onaae2deltmf3fv5/01JD7ZK3V8Q2X5N6R9T0W1Y4AC/a.txt"
            .parse()
            .unwrap(),
        name: "a.txt".to_owned(),
        path: None,
        size: 0,
        media_type: "text/plain".to_owned(),
        visibility: Visibility::Private,
        metadata: Texts::new(),
        part_size: None,
        live: false,
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
        id: id(),
        status: UploadStatus::Stored,
        bucket: "films".to_owned(),
        key: KEY.parse().unwrap(),
        name: "여름 1.WEBM".to_owned(),
        path: None,
        size: 9_007_199_254_740_991,
        media_type: "video/webm".to_owned(),
        visibility: Visibility::Public,
        metadata: map([("album", "여름 😀"), ("empty", "")]),
        part_size: Some(8_388_608),
        live: false,
        duration_ms: None,
        truncated: false,
        crc64nvme: Some(CRC),
        verified: true,
        etag: Some("d41d8cd98f00b204e9800998ecf8427e-2".to_owned()),
        version_id: Some("3HL4kqtJvjVBH40Nrjfkd".to_owned()),
        sequencer: Some("0055AED6DCD90281E5".to_owned()),
        type_mismatch: false,
        seen_type: None,
        scan: Some(ScanStatus::Clean),
        withheld: None,
        url: Some(ADDRESS.to_owned()),
        created_at: 1_795_342_830_123,
        stored_at: Some(1_795_342_831_000),
        expires_at: Some(1_797_934_830_000),
    }
}

#[test]
fn records() {
    golden("record_pending", &pending());
    golden("record_stored", &stored());
    let folder = "uploads/zjn67vy4s4onaae2deltmf3fv5/01JD7ZK3V8Q2X5N6R9T0W1Y4AC/사진/2026_📷/a.txt";
    let in_folder = Record {
        key: folder.parse().unwrap(),
        path: Some("사진/2026 📷".to_owned()),
        ..pending()
    };
    golden("record_path", &in_folder);
    let withheld = Record {
        type_mismatch: true,
        seen_type: Some("text/html".to_owned()),
        scan: Some(ScanStatus::Infected),
        withheld: Some(Withheld::Infected),
        url: None,
        ..stored()
    };
    golden("record_withheld", &withheld);
    let marked = Record {
        type_mismatch: true,
        seen_type: Some("video/mp4".to_owned()),
        ..stored()
    };
    golden("record_marked", &marked);
    let cursor = Some("AQAAAaIC".to_owned());
    golden(
        "list_response",
        &ListResponse {
            uploads: vec![pending()],
            cursor,
        },
    );
    golden(
        "list_response_last",
        &ListResponse {
            uploads: vec![],
            cursor: None,
        },
    );
    golden(
        "status_request",
        &StatusRequest {
            ids: vec![id(), other_id()],
        },
    );
    let found = StatusEntry {
        id: id(),
        status: UploadStatus::Stored,
        record: Some(stored()),
    };
    let missing = StatusEntry {
        id: other_id(),
        status: UploadStatus::NotFound,
        record: None,
    };
    golden(
        "status_response",
        &StatusResponse {
            uploads: vec![found, missing],
        },
    );
    let signed = format!("{ADDRESS}?X-Amz-Signature=0123");
    golden(
        "content_private",
        &Content {
            url: signed,
            expires_in_ms: Some(300_000),
        },
    );
    golden(
        "content_public",
        &Content {
            url: ADDRESS.to_owned(),
            expires_in_ms: None,
        },
    );
}

#[test]
fn queue_messages() {
    let created = QueueMessage {
        v: QueueMessage::VERSION,
        bucket: "films".to_owned(),
        key: KEY.to_owned(),
        url: ADDRESS.to_owned(),
        size: Some(9),
        etag: Some("d41d8cd98f00b204e9800998ecf8427e".to_owned()),
        version_id: Some("3HL4kqtJvjVBH40Nrjfkd".to_owned()),
        sequencer: "0055AED6DCD90281E5".to_owned(),
        event: EventKind::Created,
        time: "2026-11-22T10:20:30.123Z".to_owned(),
    };
    golden("queue_message_created", &created);
    let removed = QueueMessage {
        size: None,
        etag: None,
        version_id: None,
        event: EventKind::Removed,
        ..created
    };
    golden("queue_message_removed", &removed);
}

/// The `detail` of what EventBridge carries.
#[test]
fn notifications() {
    let record = Record {
        size: 9,
        version_id: None,
        part_size: None,
        live: false,
        duration_ms: None,
        truncated: false,
        scan: None,
        visibility: Visibility::Private,
        etag: Some("d41d8cd98f00b204e9800998ecf8427e".to_owned()),
        metadata: map([("album", "여름 😀")]),
        expires_at: None,
        ..stored()
    };
    let owner = record.key.owner().clone();
    let stored = Notification {
        v: Notification::VERSION,
        id: format!("{owner}/{}/stored/0055AED6DCD90281E5", record.id),
        kind: NotificationKind::Stored,
        owner,
        record,
    };
    golden("notification_stored", &stored);
    let words = NotificationKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), kind.detail_type()));
    for (word, detail_type) in words {
        assert_eq!(detail_type.to_lowercase(), format!("upload {word}"));
    }
}
