use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::ObjectCannedAcl;
use crowfly_contract::Grant;
use crowfly_contract::limits::MAX_URL_LIFETIME_MS;
use crowfly_core::ports::{
    GetToSign, Multipart, PartPut, PresignGet, PresignPart, PresignPut, PutToSign,
};
use crowfly_core::{Fault, FaultKind};

use crate::Session;
use crate::bucket::{accelerated_client, client, other_client, signed_size};
use crate::fault::fault;

const SERVICE: &str = "s3.presign";
/// Sets `Content-Encoding: identity` on downloads, so that the browser does not decode the stored
/// bytes.
const NO_ENCODING: &str = "identity";
/// Only the browser may cache a download, and must revalidate it: the file may have been withheld
/// since. <https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.4>
const CACHE_CONTROL: &str = "private, no-cache";
/// URLs expire this long before the credentials that sign them: a presigned URL is valid only as
/// long as its credentials.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>
const CREDENTIALS_MARGIN: Duration = Duration::from_secs(60);

/// Presigns URLs for one bucket. Signing needs no network access.
#[derive(Clone, Debug)]
pub struct Presigner {
    client: Client,
    /// Signs what browsers send.
    uploads: Client,
    /// The same by the bucket's other host name.
    other: Option<Client>,
    accelerated: bool,
    bucket: String,
    lifetime: Duration,
    credentials_end: Option<SystemTime>,
}

/// The configured lifetime of URLs is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lifetime of a URL must be 1 to {} seconds", MAX_URL_LIFETIME_MS / 1_000)]
pub struct LifetimeError;

impl Presigner {
    /// Signs for `bucket`. URLs are valid for `lifetime`, or for less if the credentials expire
    /// earlier.
    ///
    /// # Errors
    /// [`LifetimeError`] unless it is 1 s to 15 min. SigV4 itself allows up to a week:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
    pub fn open(
        session: &Session,
        bucket: &str,
        lifetime: Duration,
    ) -> Result<Self, LifetimeError> {
        let longest = Duration::from_millis(MAX_URL_LIFETIME_MS);
        if !(Duration::from_secs(1)..=longest).contains(&lifetime) {
            return Err(LifetimeError);
        }
        let client = client(session);
        Ok(Self {
            uploads: client.clone(),
            client,
            other: None,
            accelerated: false,
            bucket: bucket.to_owned(),
            lifetime,
            credentials_end: session.credentials.expiry(),
        })
    }

    /// The same, with uploads sent to the accelerated host of the bucket. Downloads stay regional.
    #[must_use]
    pub fn accelerated(self, session: &Session) -> Self {
        Self {
            uploads: accelerated_client(session),
            other: self.other.and_then(|_| other_client(session, true)),
            accelerated: true,
            ..self
        }
    }

    /// The same, with two host names of the bucket for uploads, where it has two: a grant has a URL for
    /// each, and every second grant has the other one first.
    #[must_use]
    pub fn by_two_hosts(self, session: &Session) -> Self {
        Self {
            other: other_client(session, self.accelerated),
            ..self
        }
    }

    /// The clients in the order in which a grant names their hosts: the other one first if it is its turn.
    fn in_turn(&self, others: bool) -> (&Client, Option<&Client>) {
        match &self.other {
            Some(other) if others => (other, Some(&self.uploads)),
            other => (&self.uploads, other.as_ref()),
        }
    }

    /// The presigning configuration for a signature made at `now_ms`, and its lifetime.
    fn signing(&self, now_ms: u64) -> Result<(PresigningConfig, Duration), Fault> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now_ms);
        let left = self.credentials_end.map(|end| {
            let left = end
                .duration_since(now)
                .unwrap_or_default()
                .saturating_sub(CREDENTIALS_MARGIN);
            Duration::from_secs(left.as_secs())
        });
        let life = left.map_or(self.lifetime, |left| left.min(self.lifetime));
        if life.is_zero() {
            let detail = "the signing credentials are about to expire";
            return Err(Fault::new(SERVICE, FaultKind::Unavailable, detail));
        }
        PresigningConfig::builder()
            .start_time(now)
            .expires_in(life)
            .build()
            .map(|config| (config, life))
            .map_err(|error| Fault::new(SERVICE, FaultKind::Unexpected, error.to_string()))
    }
}

/// Converts the SDK's presigned request to a grant, with the `other` that differs by its host. `host` and
/// `content-length` are signed as well but left out: scripts cannot set them
/// (<https://fetch.spec.whatwg.org/#forbidden-request-header>).
fn grant(request: &PresignedRequest, other: Option<&PresignedRequest>, life: Duration) -> Grant {
    let headers = request
        .headers()
        .filter(|(name, _)| !matches!(*name, "host" | "content-length"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let expires_in_ms = u64::try_from(life.as_millis()).unwrap_or(MAX_URL_LIFETIME_MS);
    Grant {
        url: request.uri().to_owned(),
        other_url: other.map(|other| other.uri().to_owned()),
        headers,
        expires_in_ms,
    }
}

impl PresignPut for Presigner {
    async fn presign_put(&self, put: &PutToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        let (config, life) = self.signing(now_ms)?;
        // Ids end in random bits.
        let (first, other) = self.in_turn(put.key.id().bits() % 2 == 1);
        let request = self.put_by(first, put, config.clone()).await?;
        let other = match other {
            Some(other) => Some(self.put_by(other, put, config).await?),
            None => None,
        };
        Ok(grant(&request, other.as_ref(), life))
    }
}

impl PresignPart for Presigner {
    async fn presign_part(
        &self,
        multipart: Multipart<'_>,
        part: &PartPut,
        now_ms: u64,
    ) -> Result<Grant, Fault> {
        let (config, life) = self.signing(now_ms)?;
        let (first, other) = self.in_turn(part.number.is_multiple_of(2));
        let request = self.part_by(first, multipart, part, config.clone()).await?;
        let other = match other {
            Some(other) => Some(self.part_by(other, multipart, part, config).await?),
            None => None,
        };
        Ok(grant(&request, other.as_ref(), life))
    }
}

impl Presigner {
    async fn put_by(
        &self,
        client: &Client,
        put: &PutToSign<'_>,
        config: PresigningConfig,
    ) -> Result<PresignedRequest, Fault> {
        let public = put.public_disposition.is_some();
        client
            .put_object()
            .bucket(&self.bucket)
            .key(put.key.to_string())
            .content_length(signed_size(put.size)?)
            .content_type(put.media_type)
            .if_none_match("*")
            .set_checksum_crc64_nvme(put.crc64nvme.map(|crc| crc.to_string()))
            .set_content_disposition(put.public_disposition.clone())
            .set_acl(public.then_some(ObjectCannedAcl::PublicRead))
            .presigned(config)
            .await
            .map_err(|error| fault(SERVICE, &error))
    }

    async fn part_by(
        &self,
        client: &Client,
        multipart: Multipart<'_>,
        part: &PartPut,
        config: PresigningConfig,
    ) -> Result<PresignedRequest, Fault> {
        client
            .upload_part()
            .bucket(&self.bucket)
            .key(multipart.key.to_string())
            .upload_id(multipart.s3_upload_id)
            .part_number(i32::try_from(part.number).unwrap_or(i32::MAX))
            .content_length(signed_size(part.size)?)
            .set_checksum_crc64_nvme(part.crc64nvme.map(|crc| crc.to_string()))
            .presigned(config)
            .await
            .map_err(|error| fault(SERVICE, &error))
    }
}

impl PresignGet for Presigner {
    async fn presign_get(&self, get: &GetToSign<'_>, now_ms: u64) -> Result<Grant, Fault> {
        let (config, life) = self.signing(now_ms)?;
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(get.key.to_string())
            .response_content_disposition(&get.disposition)
            .response_content_type(get.media_type)
            .response_content_encoding(NO_ENCODING)
            .response_cache_control(CACHE_CONTROL)
            .response_expires(DateTime::from_secs(0))
            .presigned(config)
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        Ok(grant(&request, None, life))
    }
}

#[cfg(test)]
#[path = "presigner_tests.rs"]
mod tests;
