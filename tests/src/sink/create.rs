use std::collections::BTreeSet;
use std::time::Instant;

use crowfly_contract::limits::MAX_BATCH;
use crowfly_contract::{
    CreateItem, CreateRequest, CreateResponse, CreateResult, Created, ErrorCode, ObjectKey,
    Outcome, Plan, PlanKind, Texts, UploadId,
};

use super::api::{announce, grant, known};
use super::routes::{Answered, Refusal, body_of, ok};
use super::state::{Inner, Seen, State, Upload};

const OWNER: &str = "sinksinksinksinksinksinksi";

pub(super) fn create(state: &State, asked: &CreateRequest, host: &str) -> Answered {
    let ids: BTreeSet<UploadId> = asked.uploads.iter().map(|item| item.id).collect();
    if ids.len() != asked.uploads.len() || !(1..=MAX_BATCH).contains(&ids.len()) {
        return Err(Refusal(
            ErrorCode::InvalidBatch,
            "1 to 100 uploads, each once",
        ));
    }
    let mut inner = state.lock();
    inner.stats.creates += 1;
    if let [item] = asked.uploads.as_slice() {
        // For a single item the body is the refusal itself.
        let (status, created) = create_one(state, &mut inner, item, host)?;
        let result = CreateResult {
            id: item.id,
            outcome: Outcome::Created(created),
        };
        return Ok(ok(
            status,
            &CreateResponse {
                uploads: vec![result],
            },
        ));
    }
    let mut statuses = BTreeSet::new();
    let mut results = Vec::new();
    for item in &asked.uploads {
        let (status, outcome) = match create_one(state, &mut inner, item, host) {
            Ok((status, created)) => (status, Outcome::Created(created)),
            Err(Refusal(code, message)) => {
                let status = code.http_status().unwrap_or(500);
                (status, Outcome::Refused(body_of(code, message)))
            }
        };
        statuses.insert(status);
        results.push(CreateResult {
            id: item.id,
            outcome,
        });
    }
    let status = match statuses.first() {
        Some(&one) if statuses.len() == 1 => one,
        _ => 207,
    };
    Ok(ok(status, &CreateResponse { uploads: results }))
}

fn create_one(
    state: &State,
    inner: &mut Inner,
    item: &CreateItem,
    host: &str,
) -> Result<(u16, Created), Refusal> {
    let status = match inner.uploads.get(&item.id) {
        Some(known) if known.item != *item => {
            return Err(Refusal(
                ErrorCode::UploadMismatch,
                "this id is another upload's",
            ));
        }
        Some(known) if known.aborted => {
            return Err(Refusal(ErrorCode::UploadEnded, "this upload was cancelled"));
        }
        Some(known) if known.completed => {
            return Err(Refusal(ErrorCode::AlreadyStored, "this upload is stored"));
        }
        Some(_) => 200,
        None => {
            if !state.take_place(inner) {
                return Err(Refusal(
                    ErrorCode::QuotaOpenUploads,
                    "too many uploads are open",
                ));
            }
            let upload = begin(item)?;
            inner.stats.uploads += 1;
            inner.order.push(item.id);
            inner.uploads.insert(item.id, upload);
            201
        }
    };
    let upload = known(inner, item.id)?;
    let plan = match upload.plan {
        PlanKind::Single => {
            let mut headers = Texts::from([
                ("content-type".into(), item.media_type.clone()),
                ("if-none-match".into(), "*".into()),
            ]);
            announce(&mut headers, item.crc64nvme);
            Plan::Single {
                put: grant(state, host, upload, None, headers),
            }
        }
        PlanKind::Multipart(plan) => Plan::Multipart {
            part_size: plan.part_size(),
            part_count: plan.part_count(),
        },
    };
    let key = upload.key.clone().into();
    Ok((status, Created { key, plan }))
}

fn begin(item: &CreateItem) -> Result<Upload, Refusal> {
    let plan = PlanKind::for_new_file(item.size)
        .map_err(|_| Refusal(ErrorCode::TooLarge, "larger than an object can be"))?;
    let name: String = item
        .name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '_'
            }
        })
        .take(100)
        .collect();
    let key = OWNER
        .parse()
        .and_then(|owner| ObjectKey::new(owner, item.id, &name))
        .map_err(|_| Refusal(ErrorCode::InvalidName, "no key can be made of this name"))?;
    Ok(Upload {
        item: item.clone(),
        key,
        plan,
        held: Default::default(),
        aborted: false,
        completed: false,
        crc64nvme: None,
        announced: item.crc64nvme,
        created: Instant::now(),
        created_at: devkit::time::unix_ms(),
        seen: Seen::default(),
    })
}
