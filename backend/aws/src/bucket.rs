mod multipart;
mod peek;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::types::ChecksumMode;
use crowfly_contract::{OCTET_STREAM, ObjectKey};
use crowfly_core::ports::{DeleteObject, Head, HeadObject};
use crowfly_core::{Fault, FaultKind};

use crate::Session;
use crate::endpoints::other_loopback;
use crate::fault::fault;
use crate::session::configure;

/// The bucket: its objects and its multipart uploads.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

impl Bucket {
    /// Opens `name`.
    pub fn open(session: &Session, name: &str) -> Self {
        Self {
            client: client(session),
            name: name.to_owned(),
        }
    }
}

/// An S3 client. Checksums are requested explicitly, so the SDK adds none of its own:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html>.
pub(crate) fn client(session: &Session) -> Client {
    Client::from_conf(config(session).build())
}

/// A client of the bucket's accelerated host, which AWS alone has:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration-getting-started.html>.
/// With an endpoint of its own S3 is called there, as without acceleration.
pub(crate) fn accelerated_client(session: &Session) -> Client {
    let at_aws = session.endpoints.s3.is_none() && !session.endpoints.path_style;
    Client::from_conf(config(session).accelerate(at_aws).build())
}

/// A client of the bucket's other host name: at AWS the dual-stack one
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/dual-stack-endpoints.html>), accelerated if
/// the first one is. With an endpoint on the loopback interface, its other name; elsewhere there is none.
pub(crate) fn other_client(session: &Session, accelerated: bool) -> Option<Client> {
    let config = match &session.endpoints.s3 {
        Some(endpoint) => config(session).endpoint_url(other_loopback(endpoint)?),
        None if !has_dual_stack(session.region.as_ref()) => return None,
        None => config(session)
            .use_dual_stack(true)
            .accelerate(accelerated && !session.endpoints.path_style),
    };
    Some(Client::from_conf(config.build()))
}

/// Not in the isolated partitions, as far as AWS documents it.
fn has_dual_stack(region: &str) -> bool {
    !region.contains("-iso")
}

fn config(session: &Session) -> Builder {
    configure!(aws_sdk_s3, session, s3)
        .force_path_style(session.endpoints.path_style)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
}

/// Converts a size to the signed integer that the SDK takes.
pub(crate) fn signed_size(size: u64) -> Result<i64, Fault> {
    i64::try_from(size).map_err(|_| {
        let detail = "a size above 2^63 reached the signer";
        Fault::new("s3.presign", FaultKind::Unexpected, detail)
    })
}

impl DeleteObject for Bucket {
    async fn delete_object(&self, key: &ObjectKey) -> Result<(), Fault> {
        let request = self.client.delete_object();
        let answer = request.bucket(&self.name).key(key.to_string()).send().await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => Err(fault("s3.DeleteObject", &error)),
        }
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
