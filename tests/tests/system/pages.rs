//! Pages of records and their cursors. A61, A64, F83 to F85, F88.

use crowfly_contract::{ErrorCode, ListResponse, UploadStatus};
use data_encoding::BASE64URL_NOPAD;
use devkit::env::Env;
use devkit::http::{Request, encode};
use devkit::random::random_hex;
use e2e::api::{Api, CreatedUpload, item};
use e2e::aws::Aws;
use serde_json::json;

use crate::common::{RECORD_WITHIN, account, assert_problem, new_caller};

/// A cursor of version 1 of the format.
const VERSION_1: &str = "AQAAAaMdgqwAAAAAAAAAAHswMDAwMDAwMDAxMDAwMDAwMDAwMDAwMDAwMoj--sPbVW7wo4IkJ1HcRFs2-dkYlgq2NgDx7cSed-Zg";

pub(crate) fn page(api: &Api, path: &str) -> ListResponse {
    let answer = api.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    serde_json::from_slice(&answer.body).expect("a page of the contract")
}

pub(crate) fn ids(page: &ListResponse) -> Vec<String> {
    page.uploads
        .iter()
        .map(|record| record.id.to_string())
        .collect()
}

pub(crate) fn create_many(api: &Api, count: usize) -> Vec<CreatedUpload> {
    (0..count)
        .map(|n| api.create_one(&item(&format!("{n}.webm"), "video/webm", b"x")))
        .collect()
}

/// All pages of `limit` records each; `between` runs after each of them.
fn all_pages(api: &Api, limit: u32, mut between: impl FnMut(usize)) -> Vec<ListResponse> {
    let mut pages = Vec::new();
    let mut path = format!("/uploads?limit={limit}");
    loop {
        let page = page(api, &path);
        assert!(page.uploads.len() <= limit as usize, "{path:.40}");
        let cursor = page.cursor.clone();
        pages.push(page);
        between(pages.len());
        let Some(cursor) = cursor else { return pages };
        path = format!("/uploads?limit={limit}&cursor={cursor}");
    }
}

#[test]
fn f83_what_comes_and_goes_between_pages_moves_nothing_else() {
    let api = new_caller();
    let created = create_many(&api, 9);
    let owner = created[0].key.owner().to_string();
    let id = |place: usize| created[place].id.to_string();
    // Newest first: 8 7 6 | 5 4 3 | 2 1 0. Removed: one that was shown, the one that the cursor names, and one
    // that is still to come. New ones are added all the time.
    let gone = |after: usize| match after {
        1 => vec![id(8), id(6), id(4)],
        2 => vec![id(0)],
        _ => vec![],
    };
    let pages = all_pages(&api, 3, |after| {
        for id in gone(after) {
            account().delete_item(&owner, &id);
        }
        create_many(&api, 1);
    });
    let seen: Vec<String> = pages.iter().flat_map(ids).collect();
    for throughout in [7, 5, 3, 2, 1] {
        let times = seen.iter().filter(|seen| **seen == id(throughout)).count();
        assert_eq!(times, 1, "{throughout} in {seen:?}");
    }
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), seen.len(), "nothing twice: {seen:?}");
    assert!(!seen.contains(&id(4)) && !seen.contains(&id(0)), "{seen:?}");
}

/// Makes the record of a cancelled upload one that expired `ago` seconds ago and that TTL has not deleted yet:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>.
fn expired(upload: &CreatedUpload, ago: u64) {
    let (owner, id) = (upload.key.owner().as_str(), upload.id.to_string());
    let mut item = account().get_item(owner, &id).expect("the item");
    item["expiresAt"] = json!(devkit::time::unix() - ago);
    account().put_item(&item);
}

#[test]
fn f84_a_page_without_a_record_may_have_a_cursor_and_the_next_is_found() {
    let api = new_caller();
    let old = create_many(&api, 2);
    let over = create_many(&api, 4);
    let new = create_many(&api, 1);
    for upload in &over {
        assert_eq!(api.delete(&format!("/uploads/{}", upload.id)).status, 204);
        expired(upload, 1);
    }
    let pages = all_pages(&api, 2, |_| {});
    let empty = pages.iter().find(|page| page.uploads.is_empty());
    assert!(
        empty.is_some_and(|page| page.cursor.is_some()),
        "no page was empty in the middle: {:?}",
        pages.iter().map(ids).collect::<Vec<_>>()
    );
    let seen: Vec<String> = pages.iter().flat_map(ids).collect();
    let there = new.iter().chain(old.iter().rev());
    assert_eq!(
        seen,
        there
            .map(|upload| upload.id.to_string())
            .collect::<Vec<_>>()
    );
}

#[test]
fn f85_what_is_past_its_life_is_shown_by_no_route() {
    let api = new_caller();
    let upload = create_many(&api, 1).remove(0);
    let path = format!("/uploads/{}", upload.id);
    assert_eq!(api.delete(&path).status, 204);
    assert!(api.record(upload.id).is_some(), "until its end it is shown");
    expired(&upload, 1);
    assert_problem("record", &api.get(&path), ErrorCode::NotFound);
    let content = api.get(&format!("{path}/content"));
    assert_problem("content", &content, ErrorCode::NotFound);
    let status = api
        .post("/uploads/status", &json!({"ids": [upload.id]}))
        .json();
    assert_eq!(status["uploads"][0]["status"], "not_found");
    assert_eq!(page(&api, "/uploads").uploads, []);
}

/// A cursor is a position in the caller's own list: one of another owner, of another table or altered shows the
/// caller's own records or is refused.
#[test]
fn a61_a64_a_cursor_shows_the_callers_own_records_only() {
    let subject = format!("cursor-{}", random_hex(6));
    let mine = Api::of_subject(Env::stack("oidc"), &subject);
    let other = new_caller();
    // The same subject and issuer are the same owner, in another table.
    let elsewhere = Api::of_subject(Env::stack("webm"), &subject);
    for api in [&mine, &other, &elsewhere] {
        create_many(api, 3);
    }
    let first = "/uploads?limit=1";
    let own = ids(&page(&mine, "/uploads"));
    let cursor = page(&mine, first).cursor.expect("a cursor");
    let second = page(&mine, &format!("{first}&cursor={cursor}"));
    assert_eq!(ids(&second), own[1..2]);

    let others = ids(&page(&other, "/uploads"));
    let seen = ids(&page(&other, &format!("/uploads?cursor={cursor}")));
    assert!(seen.iter().all(|id| others.contains(id)), "{seen:?}");
    let mut altered = vec![
        page(&other, first).cursor.expect("a cursor"),
        page(&elsewhere, first).cursor.expect("a cursor"),
    ];
    for at in 0..cursor.len() {
        let letter = if &cursor[at..=at] == "A" { "B" } else { "A" };
        altered.push(format!("{}{letter}{}", &cursor[..at], &cursor[at + 1..]));
    }
    for cursor in altered {
        let answer = mine.get(&format!("/uploads?cursor={cursor}"));
        if answer.status == 200 {
            let seen = ids(&serde_json::from_slice(&answer.body).expect("a page of the contract"));
            assert!(seen.iter().all(|id| own.contains(id)), "{cursor}: {seen:?}");
        } else {
            assert_problem(&cursor, &answer, ErrorCode::InvalidCursor);
        }
    }
}

#[test]
fn a64_what_is_no_cursor_is_refused() {
    let mine = new_caller();
    create_many(&mine, 2);
    let first = "/uploads?limit=1";
    let cursor = page(&mine, first).cursor.expect("a cursor");
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).expect("base64");
    let of_version = |version: u8| BASE64URL_NOPAD.encode(&[&[version], &bytes[1..]].concat());
    assert_eq!(of_version(bytes[0]), cursor);
    for (case, cursor) in [
        ("version 0", of_version(0)),
        ("version 1 by its first byte", of_version(1)),
        ("version 1", VERSION_1.into()),
        ("the next version", of_version(bytes[0] + 1)),
        ("cut", cursor[..cursor.len() - 1].into()),
        ("cut in half", cursor[..cursor.len() / 2].into()),
        ("longer", format!("{cursor}A")),
        ("twice", format!("{cursor}{cursor}")),
        ("padded", format!("{cursor}%3D%3D")),
        ("short", "x".into()),
        ("empty", String::new()),
        ("a NUL", "%00".into()),
        ("nothing but A", "A".repeat(4000)),
        ("a long text in base64", "QUFB".repeat(1500)),
        ("a JSON text", "eyJvd25lciI6ImEifQ".into()),
        ("not base64", encode("../../x?y=ü")),
    ] {
        let answer = mine.get(&format!("{first}&cursor={cursor}"));
        assert_problem(
            &format!("{case}: {cursor:.30}"),
            &answer,
            ErrorCode::InvalidCursor,
        );
    }
    // 100 KB exceed the gateway's limit for a request line:
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    let huge = format!("{first}&cursor={}", "A".repeat(100 * 1024));
    let answer = mine.get(&huge);
    let refused = matches!(answer.status, 400 | 414 | 431);
    assert!(refused, "{} {}", answer.status, answer.text());
}

/// The functions are redeployed between two pages, between create and send, and between send and complete.
#[test]
fn f88_cursors_ids_and_urls_outlive_a_deployment() {
    let stack = Env::stack("webm");
    let aws = Aws::new(stack);
    let api = Api::of_subject(stack, &format!("deploy-{}", random_hex(6)));
    let upload = create_many(&api, 1).remove(0);
    create_many(&api, 2);
    let before = page(&api, "/uploads?limit=2");
    let cursor = before.cursor.clone().expect("a cursor");
    for function in ["ReadFunction", "PresignFunction", "RecordFunction"] {
        aws.redeploy(&aws.function(function), &random_hex(4));
    }
    let after = page(&api, &format!("/uploads?limit=2&cursor={cursor}"));
    assert_eq!(ids(&after), [upload.id.to_string()]);
    // A cursor of an older version is refused, and the list starts again.
    let older = api.get(&format!("/uploads?limit=2&cursor={VERSION_1}"));
    assert_problem("an older version", &older, ErrorCode::InvalidCursor);
    assert_eq!(ids(&page(&api, "/uploads?limit=2")), ids(&before));
    let repeated: Request = upload.put(b"x");
    assert_eq!(repeated.send().status, 200, "the URL of before");
    let complete = api.post(&format!("/uploads/{}/complete", upload.id), &json!({}));
    assert_eq!(complete.status, 200, "{}", complete.text());
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
}
