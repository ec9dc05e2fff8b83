//! An example malware scanner for Crowfly.
//!
//! S3 sends an event for each new object to EventBridge
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html>), which invokes this
//! function. It reads the object, searches it for the EICAR test file, and publishes the result in
//! the form of GuardDuty Malware Protection for S3
//! (<https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>).
//! It detects no other malware: replace [`Search`] by a real engine.
#![forbid(unsafe_code)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod clients;
mod event;
mod search;

pub use clients::{Clients, StartError};
pub use event::{Found, Object, SOURCE, detail};
pub use search::Search;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use serde_json::Value;

/// Why an object could not be scanned. Lambda retries.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// S3 failed.
    #[error("S3 refused the object: status {0}")]
    Storage(u16),
    /// The body ended early.
    #[error("the body of the object ended early")]
    Body,
    /// EventBridge did not accept the result.
    #[error("EventBridge did not accept the result")]
    Publish,
}

/// The outcome of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A result was published.
    Published(Found),
    /// The event is not about a new object, or the object no longer exists.
    Nothing,
}

/// Scans the object of an S3 event, at most `limit` bytes of it, and publishes the result.
///
/// # Errors
/// [`ScanError`].
pub async fn scan(clients: &Clients, limit: u64, event: &Value) -> Result<Done, ScanError> {
    let Some(object) = Object::from_event(event) else {
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
            // It was removed or overwritten; the latter sends its own event.
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
            // The rest is unread, so the object cannot be called clean.
            return Ok(Found::Unsupported);
        }
    }
    Ok(Found::NoThreats)
}

async fn publish(clients: &Clients, object: &Object, found: Found) -> Result<(), ScanError> {
    let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
        .source(SOURCE)
        .detail_type(event::DETAIL_TYPE)
        .detail(detail(object, found).to_string())
        .build();
    let answer = clients.events.put_events().entries(entry).send().await;
    match answer {
        Ok(answer) if answer.failed_entry_count() == 0 => Ok(()),
        _ => Err(ScanError::Publish),
    }
}
