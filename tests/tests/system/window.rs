//! Changes between grant and PUT: the grant works as long as its URL, and no longer. A95.

use crowfly_contract::{ErrorCode, UploadStatus};
use devkit::env::Env;
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use serde_json::{Map, Value, json};

use crate::common::{LOGGED_WITHIN, RECORD_WITHIN, assert_problem};

/// The stack's `UrlLifetimeSeconds`, in milliseconds.
const WINDOW_MS: u64 = 300_000;
const MIB: usize = 1_048_576;

/// The functions of a stack with changed variables; the originals are restored when dropped.
struct Changed {
    aws: Aws,
    before: Vec<(String, Map<String, Value>)>,
}

impl Changed {
    fn with(aws: Aws, variables: &[(&str, &str)]) -> Self {
        let functions = ["PresignFunction", "ReadFunction", "RecordFunction"];
        let mut before = Vec::new();
        for function in functions.map(|function| aws.function(function)) {
            let own = aws.function_variables(&function);
            let mut changed = own.clone();
            for (name, value) in variables {
                changed.insert((*name).to_owned(), json!(value));
            }
            aws.set_function_variables(&function, &changed);
            before.push((function, own));
        }
        Self { aws, before }
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        for (function, own) in &self.before {
            self.aws.set_function_variables(function, own);
        }
    }
}

#[test]
fn a95_an_owner_denied_or_a_quota_lowered_between_grant_and_put() {
    let stack = Env::stack("webm");
    let of = |who: &str| Api::of_subject(stack, &format!("{who}-{}", random_hex(6)));
    let (leaver, stayer) = (of("leaver"), of("stayer"));
    let film = |bytes: &[u8]| item("a.webm", "video/webm", bytes);
    let large = vec![0; 2 * MIB];
    let (create_item, small) = (film(b"hello"), film(b"hello"));
    let upload = leaver.create_one(&create_item);
    let open = stayer.create_one(&film(&large));
    for upload in [&upload, &open] {
        assert!(upload.put.expires_in_ms <= WINDOW_MS, "the window");
    }

    let owner = upload.key.owner().to_string();
    let megabyte = MIB.to_string();
    let changed = Changed::with(
        Aws::new(stack),
        &[("DENIED_OWNERS", &owner), ("MAX_OPEN_BYTES", &megabyte)],
    );
    let aws = &changed.aws;
    let logged = aws.log_lines("record").len();

    // Nothing new, and nothing readable: no further URL for an open upload either.
    let path = format!("/uploads/{}", upload.id);
    let complete = format!("{path}/complete");
    for (case, answer) in [
        ("create", leaver.create(&small)),
        ("sign again", leaver.create(&create_item)),
        ("list", leaver.get("/uploads")),
        ("complete", leaver.post(&complete, &json!({}))),
    ] {
        assert_problem(case, &answer, ErrorCode::Forbidden);
    }
    let over = stayer.create(&small);
    assert_problem("over the new quota", &over, ErrorCode::QuotaBytes);

    // The earlier grant still works, and the upload is recorded as usual.
    assert_eq!(upload.put(b"hello").send().status, 200, "within the window");
    assert_eq!(open.put(&large).send().status, 200, "within the window");
    let record = stayer.wait_status(open.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
    let id = upload.id.to_string();
    wait::until("the record of a denied owner", RECORD_WITHIN, || {
        let item = aws.get_item(&owner, &id)?;
        (item["status"] == "stored").then_some(())
    });
    // The log names the owner for the operator, and no route returns the file.
    wait::until("a line about a denied owner", LOGGED_WITHIN, || {
        let lines = aws.log_lines("record").into_iter().skip(logged);
        let mut lines = lines.filter(|line| line.contains(&owner) && line.contains(&id));
        lines
            .any(|line| line.to_lowercase().contains("denied"))
            .then_some(())
    });
    let content = leaver.get(&format!("{path}/content"));
    assert_problem("content", &content, ErrorCode::Forbidden);

    // The stored upload has freed its place in the quota.
    assert_eq!(stayer.create(&small).status, 201, "under the new quota");
}
