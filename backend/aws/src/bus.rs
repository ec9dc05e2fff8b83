use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use crowfly_contract::Notification;
use crowfly_core::ports::{NotAccepted, PutEvents};
use crowfly_core::{Fault, FaultKind};

use crate::Session;
use crate::fault::{fault, fault_of_entry};
use crate::session::configure;

const SERVICE: &str = "events.PutEvents";
/// Shorter than of other services: quota slots are released after it, and what is not sent stays in
/// the outbox.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(5);

/// The event bus that notifications are put on.
#[derive(Clone, Debug)]
pub struct EventBus {
    client: Client,
    name: String,
}

impl EventBus {
    /// Opens the bus with this name, in the account and the region of the function.
    pub fn open(session: &Session, name: &str) -> Self {
        let timeouts = session.timeouts.to_builder();
        let timeouts = timeouts
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(TIMEOUT);
        let config = configure!(aws_sdk_eventbridge, session, events);
        let config = config.timeout_config(timeouts.build());
        Self {
            client: Client::from_conf(config.build()),
            name: name.to_owned(),
        }
    }
}

impl PutEvents for EventBus {
    async fn put_events(&self, notifications: &[&Notification]) -> Result<Vec<NotAccepted>, Fault> {
        let entries = notifications
            .iter()
            .map(|notification| {
                let detail = serde_json::to_string(notification)?;
                Ok(PutEventsRequestEntry::builder()
                    .event_bus_name(&self.name)
                    .source(Notification::SOURCE)
                    .detail_type(notification.kind.detail_type())
                    .detail(detail)
                    .build())
            })
            .collect::<Result<Vec<_>, serde_json::Error>>()
            .map_err(|error| Fault::new(SERVICE, FaultKind::Unexpected, error.to_string()))?;
        let answer = self
            .client
            .put_events()
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| fault(SERVICE, &error))?;
        // A call can succeed in part: an entry is accepted only if the answer has an id for it, in
        // the order of the request.
        // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
        let answers = answer.entries();
        let refused = (0..notifications.len()).filter_map(|index| {
            let entry = answers.get(index);
            let accepted = entry.is_some_and(|entry| entry.event_id().is_some());
            let code = entry.and_then(|entry| entry.error_code());
            let message = entry.and_then(|entry| entry.error_message());
            (!accepted).then(|| NotAccepted {
                index,
                fault: fault_of_entry(SERVICE, code, message),
            })
        });
        Ok(refused.collect())
    }
}
