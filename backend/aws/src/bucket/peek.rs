use crowfly_contract::{ObjectKey, SNIFF_BYTES};
use crowfly_core::ports::{Peek, PeekObject};
use crowfly_core::{Fault, FaultKind};

use super::Bucket;
use crate::fault::fault;

impl PeekObject for Bucket {
    async fn peek_object(&self, key: &ObjectKey, etag: &str) -> Result<Peek, Fault> {
        let answer = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key.to_string())
            .range(format!("bytes=0-{}", SNIFF_BYTES - 1))
            .if_match(format!("\"{etag}\""))
            .send()
            .await;
        let mut body = match answer {
            Ok(object) => object.body,
            Err(error) => {
                return match error.raw_response().map(|raw| raw.status().as_u16()) {
                    Some(404) => Ok(Peek::Gone),
                    Some(412) => Ok(Peek::Replaced),
                    // The object is empty: no range of it can be satisfied.
                    // https://www.rfc-editor.org/rfc/rfc9110#section-15.5.17
                    Some(416) => Ok(Peek::First(Vec::new())),
                    _ => Err(fault("s3.GetObject", &error)),
                };
            }
        };
        // Stop at `SNIFF_BYTES` even if storage ignores the range and sends more.
        let mut first = Vec::with_capacity(SNIFF_BYTES);
        while first.len() < SNIFF_BYTES {
            match body.next().await {
                Some(Ok(bytes)) => first.extend_from_slice(&bytes),
                None => break,
                Some(Err(_)) => {
                    let detail = "the connection closed within the first bytes";
                    return Err(Fault::new("s3.GetObject", FaultKind::Unavailable, detail));
                }
            }
        }
        first.truncate(SNIFF_BYTES);
        Ok(Peek::First(first))
    }
}
