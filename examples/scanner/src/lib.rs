//! An example of a malware scanner beside Crowfly.
//!
//! S3 tells EventBridge of each new object, and EventBridge calls this function. It reads the object, looks
//! for the EICAR test file and publishes what it found as the event that GuardDuty Malware Protection for S3
//! would send. It knows no other malware: put a real engine in the place of [`Search`].
#![forbid(unsafe_code)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod clients;
mod search;
mod told;

pub use clients::{Clients, StartError};
pub use search::Search;
pub use told::{Found, Object, SOURCE, detail};

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use serde_json::Value;

/// Why an object could not be dealt with. Lambda calls again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// S3 failed.
    #[error("S3 gave no object: status {0}")]
    Storage(u16),
    /// S3's answer broke off.
    #[error("the object broke off")]
    Body,
    /// EventBridge did not take the result.
    #[error("EventBridge took no result")]
    Publish,
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A result was published.
    Published(Found),
    /// The event tells of no new object, or its object is no longer there.
    Nothing,
}

/// Scans the object that an event of S3 tells of, at most `limit` bytes of it, and publishes what was found.
///
/// # Errors
/// [`ScanError`].
pub async fn scan(clients: &Clients, limit: u64, event: &Value) -> Result<Done, ScanError> {
    let Some(object) = Object::told(event) else {
        return Ok(Done::Nothing);
    };
    let answer = clients
        .s3
        .get_object()
        .bucket(&object.bucket)
        .key(&object.key)
        .set_version_id(object.version_id.clone())
        .if_match(format!("\"{}\"", object.etag))
        .send()
        .await;
    let found = match answer {
        Ok(answer) => read(answer, limit).await?,
        Err(error) => match error.raw_response().map_or(0, |raw| raw.status().as_u16()) {
            // It was removed, or written over: its own event comes.
            404 | 412 => return Ok(Done::Nothing),
            403 => Found::AccessDenied,
            status => return Err(ScanError::Storage(status)),
        },
    };
    publish(clients, &object, found).await?;
    Ok(Done::Published(found))
}

async fn read(answer: GetObjectOutput, limit: u64) -> Result<Found, ScanError> {
    let mut body = answer.body;
    let mut search = Search::default();
    let mut bytes = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| ScanError::Body)?;
        bytes += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if search.feed(&chunk) {
            return Ok(Found::Threats);
        }
        if bytes > limit {
            // Clean would be a guess.
            return Ok(Found::Unsupported);
        }
    }
    Ok(Found::NoThreats)
}

async fn publish(clients: &Clients, object: &Object, found: Found) -> Result<(), ScanError> {
    let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
        .source(SOURCE)
        .detail_type(told::DETAIL_TYPE)
        .detail(detail(object, found).to_string())
        .build();
    let answer = clients.events.put_events().entries(entry).send().await;
    match answer {
        Ok(answer) if answer.failed_entry_count() == 0 => Ok(()),
        _ => Err(ScanError::Publish),
    }
}
