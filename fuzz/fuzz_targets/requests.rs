//! Bodies and parameters of requests: whatever is accepted satisfies the rules of its type.
#![no_main]

use std::collections::HashSet;
use std::hash::Hash;

use crowfly_contract::limits::{
    MAX_BATCH, MAX_CLEAN_NAME_BYTES, MAX_PAGE, MAX_PARTS, MAX_PATH_BYTES, MAX_SAFE_INTEGER,
};
use crowfly_contract::{
    BoundedMetadata, CompleteRequest, CreateItem, CreateRequest, ObjectKey, OwnerId,
    SignPartsRequest, StatusRequest,
};
use crowfly_core::name::ComposedName;
use crowfly_core::path::ComposedPath;
use crowfly_core::request::{
    FileEnd, ValidItem, check_no_fields, parse_complete, parse_create, parse_limit, parse_path_id,
    parse_sign_parts, parse_status,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(items) = parse_create(body) {
        batch(items.iter().map(|(id, _)| *id), items.len());
        for (id, item) in items {
            if let Ok(item) = item {
                assert_eq!(item.id, id);
                check_item(&item);
            }
        }
    }
    // A parsed request survives a round trip through what a client writes.
    if let Ok(parts) = parse_sign_parts(body) {
        batch(parts.iter().map(|part| part.number), parts.len());
        assert!(
            parts
                .iter()
                .all(|part| (1..=MAX_PARTS).contains(&part.number))
        );
        let again = serde_json::to_vec(&SignPartsRequest {
            parts: parts.clone(),
            state: None,
        })
        .expect("JSON");
        assert_eq!(parse_sign_parts(&again), Ok(parts));
    }
    if let Ok(ids) = parse_status(body) {
        batch(ids.iter().copied(), ids.len());
        let again = serde_json::to_vec(&StatusRequest { ids: ids.clone() }).expect("JSON");
        assert_eq!(parse_status(&again), Ok(ids));
    }
    if let Ok(end) = parse_complete(body) {
        let again = serde_json::to_vec(&CompleteRequest {
            size: end.size,
            crc64nvme: end.crc64nvme,
            duration_ms: end.duration_ms,
            state: None,
        })
        .expect("JSON");
        assert_eq!(parse_complete(&again), Ok(end));
    }
    if check_no_fields(Some("application/json"), body).is_ok() {
        assert_eq!(parse_complete(body), Ok(FileEnd::default()));
    }
    if let Ok(text) = std::str::from_utf8(body) {
        if let Ok(id) = parse_path_id(text) {
            assert_eq!(parse_path_id(&id.to_string()), Ok(id));
        }
        if let Ok(limit) = parse_limit(Some(text)) {
            assert!((1..=MAX_PAGE).contains(&limit));
        }
        if let Ok(name) = ComposedName::parse(text) {
            named(&name);
        }
        if let Ok(path) = ComposedPath::parse(text) {
            inside(&path);
        }
    }
});

/// 1 to 100 items, all different.
fn batch<T: Eq + Hash>(items: impl Iterator<Item = T>, count: usize) {
    assert!((1..=MAX_BATCH).contains(&count));
    assert_eq!(items.collect::<HashSet<T>>().len(), count);
}

/// A parsed item satisfies every rule, and survives a round trip through what a client writes.
fn check_item(item: &ValidItem) {
    assert!(item.live == item.size.is_none());
    let sizes = [item.size, item.max_bytes];
    assert!(
        sizes
            .iter()
            .flatten()
            .all(|size| size.get() <= MAX_SAFE_INTEGER)
    );
    let token = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    let media_type = item.media_type.as_str();
    assert!(media_type.bytes().all(token), "{media_type:?}");
    assert!(BoundedMetadata::try_from(item.metadata.clone()).is_ok());
    named(&item.name);
    item.path.iter().for_each(inside);
    let client = CreateItem {
        id: item.id,
        name: item.name.as_str().to_owned(),
        path: item
            .path
            .as_ref()
            .map(|path| path.as_str().unwrap_or_default().to_owned()),
        size: item.size.map(|size| size.get()),
        live: item.live,
        max_bytes: item.max_bytes.map(|size| size.get()),
        media_type: media_type.to_owned(),
        crc64nvme: item.crc64nvme,
        visibility: item.visibility,
        metadata: item.metadata.clone(),
        state: None,
        part_size: item.part_size.map(|size| size.get()),
        parts: item.parts.clone(),
    };
    let uploads = vec![client];
    let again = serde_json::to_vec(&CreateRequest { uploads }).expect("JSON");
    assert_eq!(parse_create(&again), Ok(vec![(item.id, Ok(item.clone()))]));
}

/// An accepted name is in NFC, and makes a key that can be parsed.
fn named(name: &ComposedName) {
    assert_eq!(ComposedName::parse(name.as_str()).as_ref(), Ok(name));
    let last = name.for_key();
    assert!(
        last.len() <= MAX_CLEAN_NAME_BYTES && !last.starts_with(['.', '-']) && !last.ends_with('.')
    );
    let key = key(&last);
    assert_eq!(key.to_string().parse(), Ok(key));
    let again = ComposedName::parse(&last).map(|name| name.for_key());
    assert_eq!(again, Ok(last), "cleaning what is clean changes nothing");
}

/// An accepted path is in NFC, leads nowhere else, and makes a key that can be parsed.
fn inside(path: &ComposedPath) {
    let text = path.as_str().unwrap_or_default();
    assert_eq!(ComposedPath::parse(text).as_ref(), Ok(path));
    assert!(text.len() <= MAX_PATH_BYTES && !text.split('/').any(|folder| folder == ".."));
    if let Ok(key) = path.extend(key("a")) {
        assert_eq!(key.folders().is_some(), !text.is_empty());
        assert_eq!(key.to_string().parse(), Ok(key));
    }
}

fn key(name: &str) -> ObjectKey {
    let owner: OwnerId = "a".repeat(26).parse().expect("an owner");
    let id = parse_path_id("01JD7ZK3V8Q2X5N6R9T0W1Y4AB").expect("an id");
    ObjectKey::new(owner, id, name).expect("a key of ours")
}
