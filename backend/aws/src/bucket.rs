mod multipart;
mod peek;

use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{ChecksumMode, ObjectCannedAcl};
use crowfly_contract::limits::MAX_URL_LIFETIME_MS;
use crowfly_contract::{Grant, OCTET_STREAM, ObjectKey};
use crowfly_core::ports::{GetToSign, Head, HeadObject, PresignGet, PresignPut, PutToSign};
use crowfly_core::{Fault, FaultKind};

use crate::Session;
use crate::fault::fault;
use crate::session::configure;

/// A download is what is stored, bit for bit.
const PLAIN: &str = "identity";
/// A download may be kept by its browser alone, and is asked for anew each time: it may be withheld by then.
const CACHE: &str = "private, no-cache";
/// A URL ends this long before the credentials that signed it.
const SAFETY: Duration = Duration::from_secs(60);

/// The bucket: its objects' state, and signed leave to write and read them.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
    lifetime: Duration,
    credentials_end: Option<SystemTime>,
}

/// The configured life of a URL is not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the life of a URL must be 1 to {} seconds", MAX_URL_LIFETIME_MS / 1_000)]
pub struct LifetimeError;

impl Bucket {
    /// Opens `name`; URLs will live for `lifetime`, less if the credentials end before.
    ///
    /// # Errors
    /// [`LifetimeError`] unless it is 1 s to 15 min: the SDK itself would sign a URL that is dead at
    /// birth, or one that lives for a week.
    pub fn open(session: &Session, name: &str, lifetime: Duration) -> Result<Self, LifetimeError> {
        let longest = Duration::from_millis(MAX_URL_LIFETIME_MS);
        if !(Duration::from_secs(1)..=longest).contains(&lifetime) {
            return Err(LifetimeError);
        }
        let config = configure!(aws_sdk_s3, session)
            .force_path_style(session.endpoint.is_some())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Ok(Self {
            client: Client::from_conf(config),
            name: name.to_owned(),
            lifetime,
            credentials_end: session.credentials.expiry(),
        })
    }

    /// The configuration of a signature that starts at `now_ms`, and how long it lives.
    fn signing(&self, now_ms: u64) -> Result<(PresigningConfig, Duration), Fault> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now_ms);
        let left = self.credentials_end.map(|end| {
            let left = end
                .duration_since(now)
                .unwrap_or_default()
                .saturating_sub(SAFETY);
            Duration::from_secs(left.as_secs())
        });
        let life = left.map_or(self.lifetime, |left| left.min(self.lifetime));
        if life.is_zero() {
            let detail = "the signing credentials are about to end";
            return Err(Fault::new("s3.presign", FaultKind::Unavailable, detail));
        }
        PresigningConfig::builder()
            .start_time(now)
            .expires_in(life)
            .build()
            .map(|config| (config, life))
            .map_err(|error| Fault::new("s3.presign", FaultKind::Unexpected, error.to_string()))
    }
}

/// Turns the SDK's signed request into a grant: `host` and `content-length` are signed too, but a script
/// may not set them, so they are not listed.
fn grant(request: &PresignedRequest, life: Duration) -> Grant {
    let headers = request
        .headers()
        .filter(|(name, _)| !matches!(*name, "host" | "content-length"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let expires_in_ms = u64::try_from(life.as_millis()).unwrap_or(MAX_URL_LIFETIME_MS);
    Grant {
        url: request.uri().to_owned(),
        headers,
        expires_in_ms,
    }
}

/// A size in the SDK's form.
fn signed_size(size: u64) -> Result<i64, Fault> {
    i64::try_from(size).map_err(|_| {
        let detail = "a size above 2^63 reached the signer";
        Fault::new("s3.presign", FaultKind::Unexpected, detail)
    })
}

impl PresignPut for Bucket {
    async fn presign_put(&self, put: &PutToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        let (config, life) = self.signing(now_ms)?;
        let public = put.public_disposition.is_some();
        let request = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(put.key.to_string())
            .content_length(signed_size(put.size)?)
            .content_type(put.media_type)
            .if_none_match("*")
            .set_checksum_crc64_nvme(put.crc64nvme.map(|crc| crc.to_string()))
            .set_content_disposition(put.public_disposition.clone())
            .set_acl(public.then_some(ObjectCannedAcl::PublicRead))
            .presigned(config)
            .await
            .map_err(|error| fault("s3.presign", &error))?;
        Ok(grant(&request, life))
    }
}

impl PresignGet for Bucket {
    async fn presign_get(&self, get: &GetToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        let (config, life) = self.signing(now_ms)?;
        let request = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(get.key.to_string())
            .response_content_disposition(&get.disposition)
            .response_content_type(get.media_type)
            .response_content_encoding(PLAIN)
            .response_cache_control(CACHE)
            .response_expires(DateTime::from_secs(0))
            .presigned(config)
            .await
            .map_err(|error| fault("s3.presign", &error))?;
        Ok(grant(&request, life))
    }
}

impl HeadObject for Bucket {
    async fn head_object(&self, key: &ObjectKey) -> Result<Option<Head>, Fault> {
        let answer = self
            .client
            .head_object()
            .bucket(&self.name)
            .key(key.to_string())
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        let head = match answer {
            Ok(head) => head,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => {
                return Ok(None);
            }
            Err(error) => return Err(fault("s3.HeadObject", &error)),
        };
        let size = head
            .content_length()
            .and_then(|size| u64::try_from(size).ok());
        let (Some(size), Some(etag)) = (size, head.e_tag()) else {
            let detail = "an object without size or entity tag";
            return Err(Fault::new("s3.HeadObject", FaultKind::Unexpected, detail));
        };
        Ok(Some(Head {
            size,
            media_type: head.content_type().unwrap_or(OCTET_STREAM).to_owned(),
            content_encoding: head
                .content_encoding()
                .filter(|encoding| !encoding.trim().is_empty())
                .map(str::to_owned),
            etag: etag.trim_matches('"').to_owned(),
            version_id: head
                .version_id()
                .filter(|version| *version != "null")
                .map(str::to_owned),
            crc64nvme: head
                .checksum_crc64_nvme()
                .and_then(|text| text.parse().ok()),
            last_modified: head
                .last_modified()
                .and_then(|at| u64::try_from(at.to_millis().ok()?).ok()),
        }))
    }
}

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;
