//! Multipart uploads of the bucket.

use std::time::Duration;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_parts::ListPartsOutput;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, ObjectCannedAcl, Part,
};
use crowfly_contract::limits::MAX_PARTS;
use crowfly_core::ports::{
    AbortMultipart, CompleteMultipart, Completion, CreateMultipart, ExpectedObject, FindMultipart,
    ListMultiparts, ListParts, ListedMultipart, ListedPart, Multipart, MultipartPage,
    MultipartPosition, MultipartToCreate,
};
use crowfly_core::{Fault, FaultKind};

use super::{Bucket, signed_size};
use crate::fault::{fault, is_unclear};

/// S3 may take minutes to complete an upload; API Gateway times out after 30 s.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>
const COMPLETE_WITHIN: Duration = Duration::from_secs(28);
const LIST: &str = "s3.ListParts";

impl CreateMultipart for Bucket {
    async fn create_multipart(&self, create: &MultipartToCreate<'_>) -> Result<String, Fault> {
        const SERVICE: &str = "s3.CreateMultipartUpload";
        let public = create.public_disposition.is_some();
        let answer = self
            .client
            .create_multipart_upload()
            .bucket(&self.name)
            .key(create.key.to_string())
            .content_type(create.media_type)
            .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)
            .checksum_type(ChecksumType::FullObject)
            .set_content_disposition(create.public_disposition.clone())
            .set_acl(public.then_some(ObjectCannedAcl::PublicRead))
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        answer.upload_id().map(str::to_owned).ok_or_else(|| {
            let detail = "a multipart upload without an id";
            Fault::new(SERVICE, FaultKind::Unexpected, detail)
        })
    }
}

impl Bucket {
    /// One page of the parts after `marker`; `None` when the multipart upload no longer exists.
    async fn page(
        &self,
        multipart: Multipart<'_>,
        marker: Option<String>,
        max_parts: Option<i32>,
    ) -> Result<Option<ListPartsOutput>, Fault> {
        let answer = self
            .client
            .list_parts()
            .bucket(&self.name)
            .key(multipart.key.to_string())
            .upload_id(multipart.s3_upload_id)
            .set_part_number_marker(marker)
            .set_max_parts(max_parts)
            .send()
            .await;
        match answer {
            Ok(page) => Ok(Some(page)),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(fault(LIST, &error)),
        }
    }
}

impl ListParts for Bucket {
    async fn list_parts(&self, multipart: Multipart<'_>) -> Result<Option<Vec<ListedPart>>, Fault> {
        let (mut parts, mut marker) = (Vec::new(), None);
        // Every page holds at least one part, so there are at most as many pages as parts.
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
        for _ in 0..MAX_PARTS {
            let Some(page) = self.page(multipart, marker, None).await? else {
                return Ok(None);
            };
            for part in page.parts() {
                parts.push(
                    listed(part)
                        .ok_or_else(|| unreadable("a part without number, size or entity tag"))?,
                );
            }
            if page.is_truncated() != Some(true) {
                return Ok(Some(parts));
            }
            let next = page.next_part_number_marker().map(str::to_owned);
            marker = Some(next.ok_or_else(|| {
                unreadable("a truncated page without the marker of the next one")
            })?);
        }
        Err(unreadable("the list of parts does not end"))
    }
}

fn unreadable(detail: &'static str) -> Fault {
    Fault::new(LIST, FaultKind::Unexpected, detail)
}

fn listed(part: &Part) -> Option<ListedPart> {
    Some(ListedPart {
        number: u32::try_from(part.part_number()?).ok()?,
        size: u64::try_from(part.size()?).ok()?,
        etag: part.e_tag()?.to_owned(),
        crc64nvme: part
            .checksum_crc64_nvme()
            .and_then(|text| text.parse().ok()),
    })
}

impl FindMultipart for Bucket {
    async fn find_multipart(&self, multipart: Multipart<'_>) -> Result<bool, Fault> {
        Ok(self.page(multipart, None, Some(1)).await?.is_some())
    }
}

impl CompleteMultipart for Bucket {
    async fn complete_multipart(
        &self,
        multipart: Multipart<'_>,
        expected: &ExpectedObject,
    ) -> Result<Completion, Fault> {
        let parts = expected.parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(i32::try_from(part.number).unwrap_or(i32::MAX))
                .e_tag(&part.etag)
                .build()
        });
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(parts.collect()))
            .build();
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(COMPLETE_WITHIN)
            .operation_timeout(COMPLETE_WITHIN)
            .build();
        let answer = self
            .client
            .complete_multipart_upload()
            .bucket(&self.name)
            .key(multipart.key.to_string())
            .upload_id(multipart.s3_upload_id)
            .multipart_upload(parts)
            .if_none_match("*")
            .mpu_object_size(signed_size(expected.size)?)
            .checksum_type(ChecksumType::FullObject)
            .set_checksum_crc64_nvme(expected.crc64nvme.map(|crc| crc.to_string()))
            .customize()
            .config_override(aws_sdk_s3::Config::builder().timeout_config(timeouts))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Completion::Done),
            Err(error) => {
                completion(&error).ok_or_else(|| fault("s3.CompleteMultipartUpload", &error))
            }
        }
    }
}

/// Maps the error of a completion to what it says about the object; `None` for a fault that says
/// nothing about it. S3 may send 200 and report an error in the body:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>, error codes:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
fn completion<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<Completion> {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        .unwrap_or_default();
    match code {
        code if GONE.contains(&code) => Some(Completion::Gone),
        "PreconditionFailed" => Some(Completion::Exists),
        "ConditionalRequestConflict" => Some(Completion::Conflict),
        "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" | "InvalidRequest" => {
            Some(Completion::PartsMismatch)
        }
        "BadDigest" | "XAmzContentChecksumMismatch" => Some(Completion::ChecksumMismatch),
        _ if is_unclear(error) => Some(Completion::Unknown),
        _ => None,
    }
}

impl ListMultiparts for Bucket {
    async fn list_multiparts(
        &self,
        after: Option<&MultipartPosition>,
    ) -> Result<MultipartPage, Fault> {
        let answer = self
            .client
            .list_multipart_uploads()
            .bucket(&self.name)
            .prefix("uploads/")
            .set_key_marker(after.map(|after| after.key.clone()))
            .set_upload_id_marker(after.and_then(|after| after.s3_upload_id.clone()))
            .send()
            .await
            .map_err(|error| fault("s3.ListMultipartUploads", &error))?;
        let multiparts = answer.uploads().iter().filter_map(|upload| {
            Some(ListedMultipart {
                key: upload.key()?.to_owned(),
                s3_upload_id: upload.upload_id()?.to_owned(),
                initiated_at: u64::try_from(upload.initiated()?.to_millis().ok()?).ok()?,
            })
        });
        let position = || {
            Some(MultipartPosition {
                key: answer.next_key_marker()?.to_owned(),
                s3_upload_id: Some(answer.next_upload_id_marker()?.to_owned()),
            })
        };
        let more = answer.is_truncated() == Some(true);
        Ok(MultipartPage {
            multiparts: multiparts.collect(),
            next: if more { position() } else { None },
        })
    }
}

impl AbortMultipart for Bucket {
    async fn abort_multipart(&self, multipart: Multipart<'_>) -> Result<(), Fault> {
        let answer = self
            .client
            .abort_multipart_upload()
            .bucket(&self.name)
            .key(multipart.key.to_string())
            .upload_id(multipart.s3_upload_id)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(fault("s3.AbortMultipartUpload", &error)),
        }
    }
}

/// Codes for a multipart upload that does not exist: S3's, and the one that Garage and Ceph answer instead.
const GONE: [&str; 2] = ["NoSuchUpload", "NoSuchKey"];

fn is_gone<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    code.is_some_and(|code| GONE.contains(&code))
}

#[cfg(test)]
#[path = "multipart_tests.rs"]
mod tests;
