//! Signs and lists parts, in memory.

mod common;

use common::multipart::{PART, begun, code, create_one, item, send_all, set_status};
use common::{NOW, id, owner, signing};
use crowfly_contract::{Crc64Nvme, ErrorCode, PartToSign, SignPartsResponse, UploadStatus};
use crowfly_core::parts::{Signing, list, sign};
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, head_of};

fn part(number: u32) -> PartToSign {
    PartToSign {
        number,
        crc64nvme: None,
        size: None,
    }
}

async fn sign_as(
    memory: &Memory,
    letter: char,
    parts: &[PartToSign],
) -> Result<SignPartsResponse, Error> {
    sign(memory, memory, memory, signing(&owner(letter)), parts).await
}

#[tokio::test]
async fn each_part_is_signed_for_its_exact_length_in_the_order_asked() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    let crc = Crc64Nvme::new(5);
    let asked = [
        PartToSign {
            number: 3,
            crc64nvme: Some(crc),
            size: None,
        },
        part(1),
    ];
    let grants = sign_as(&memory, 'a', &asked).await.unwrap().grants;
    assert_eq!(grants.len(), 2);
    let s3_upload_id = row.s3_upload_id.unwrap();
    for (grant, number, size) in [(&grants[0], 3, 5), (&grants[1], 1, PART)] {
        assert_eq!(grant.number, number);
        let query = format!("?uploadId={s3_upload_id}&partNumber={number}&size={size}&from={NOW}");
        assert!(grant.grant.url.ends_with(&query), "{}", grant.grant.url);
    }
    let header = |n: usize| grants[n].grant.headers.get("x-amz-checksum-crc64nvme");
    assert_eq!((header(0), header(1)), (Some(&crc.to_string()), None));
}

#[tokio::test]
async fn a33_a_part_outside_the_plan_is_refused_before_storage_is_asked() {
    let memory = Memory::default();
    begun(&memory).await;
    let before = memory.calls().len();
    for number in [0, 4, 10_000, u32::MAX] {
        let refused = sign_as(&memory, 'a', &[part(1), part(number)]).await;
        assert_eq!(code(refused), ErrorCode::InvalidPart, "{number}");
    }
    assert!(
        memory.calls()[before..]
            .iter()
            .all(|verb| *verb == "get_row")
    );
}

#[tokio::test]
async fn an_upload_in_one_put_has_no_parts() {
    let memory = Memory::default();
    create_one(&memory, item(9)).await.unwrap();
    assert_eq!(
        code(sign_as(&memory, 'a', &[part(1)]).await),
        ErrorCode::InvalidPart
    );
    assert_eq!(
        code(list(&memory, &memory, &owner('a'), id(1), NOW).await),
        ErrorCode::InvalidPart
    );
}

#[tokio::test]
async fn f25_the_list_says_what_storage_holds() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    let listed = || list(&memory, &memory, &row.owner, id(1), NOW);
    assert_eq!(listed().await.unwrap().parts, []);
    send_all(&memory, &row);
    let parts = listed().await.unwrap().parts;
    let seen: Vec<_> = parts.iter().map(|part| (part.number, part.size)).collect();
    assert_eq!(seen, [(1, PART), (2, PART), (3, 5)]);
    assert_eq!(parts[1].crc64nvme, Some(Crc64Nvme::new(2)));
}

#[tokio::test]
async fn f40_a_missing_multipart_upload_is_distinguished_from_a_stored_object() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    memory.drop_multiparts();
    let both = async || {
        let listed = list(&memory, &memory, &row.owner, id(1), NOW).await;
        (code(sign_as(&memory, 'a', &[part(1)]).await), code(listed))
    };
    let gone = ErrorCode::MultipartGone;
    assert_eq!(both().await, (gone, gone));
    memory.set_object(&row.record.key, Some(head_of("e")));
    let stored = ErrorCode::AlreadyStored;
    assert_eq!(both().await, (stored, stored));
    set_status(&memory, UploadStatus::Stored);
    assert_eq!(both().await, (stored, stored));
    set_status(&memory, UploadStatus::Aborted);
    let ended = ErrorCode::UploadEnded;
    assert_eq!(both().await, (ended, ended));
}

#[tokio::test]
async fn a60_parts_of_others_do_not_exist() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    send_all(&memory, &row);
    let foreign = sign_as(&memory, 'b', &[part(1)]).await.unwrap_err();
    let listed = list(&memory, &memory, &owner('b'), id(1), NOW)
        .await
        .unwrap_err();
    let mine = owner('a');
    let second = Signing {
        id: id(2),
        ..signing(&mine)
    };
    let unknown = sign(&memory, &memory, &memory, second, &[part(1)])
        .await
        .unwrap_err()
        .to_refusal();
    assert_eq!(unknown.code, ErrorCode::NotFound);
    assert_eq!(foreign.to_refusal(), unknown);
    assert_eq!(listed.to_refusal(), unknown);
}

#[tokio::test]
async fn a_fault_of_storage_is_no_refusal() {
    for verb in ["find_multipart", "presign_part"] {
        let memory = Memory::default();
        begun(&memory).await;
        memory.fail_next(verb, FaultKind::Throttled);
        let code = code(sign_as(&memory, 'a', &[part(1)]).await);
        assert_eq!(code, ErrorCode::ServiceUnavailable, "{verb}");
    }
}
