use super::{Outcome, RecordError};

/// Number of receives after which the delay reaches the visibility timeout of the queue.
const DOUBLINGS: u32 = 5;

/// Visibility-timeout backoff of failed messages.
///
/// SQS moves a message to the dead-letter queue after `maxReceiveCount` receives
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>).
/// A malformed message should get there soon; a valid one should outlast an outage of the services
/// it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redelivery {
    /// The queue's visibility timeout, in seconds: the longest delay.
    pub visibility_timeout_s: u32,
}

impl Redelivery {
    /// The delay in seconds until a message with these results, received `receives` times so far,
    /// is received again; `None` if all its records are handled.
    ///
    /// A malformed message is received again at once, until it reaches the dead-letter queue. After
    /// a fault the delay doubles each time: a short outage delays by seconds, and the receives
    /// together outlast a long one.
    pub fn delay_s(self, receives: u32, results: &[Result<Outcome, RecordError>]) -> Option<u32> {
        let fault = |result: &Result<_, _>| matches!(result, Err(RecordError::Fault(_)));
        if results.iter().any(fault) {
            let halvings = DOUBLINGS.saturating_sub(receives.max(1));
            return Some((self.visibility_timeout_s >> halvings).max(1));
        }
        results.iter().any(Result::is_err).then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Malformed;
    use crate::{Fault, FaultKind};

    fn after_fault(timeout: u32, receives: u32) -> u32 {
        let redelivery = Redelivery {
            visibility_timeout_s: timeout,
        };
        let fault = Fault::new("dynamodb", FaultKind::Unavailable, "");
        let results = [
            Ok(Outcome::NotNewer),
            Err(Malformed("").into()),
            Err(fault.into()),
        ];
        redelivery.delay_s(receives, &results).unwrap()
    }

    #[test]
    fn f64_the_delay_grows_to_the_queues_own() {
        let delays: Vec<u32> = (0..8).map(|n| after_fault(120, n)).collect();
        assert_eq!(delays, [7, 7, 15, 30, 60, 120, 120, 120]);
        assert_eq!(after_fault(1, 1), 1);
    }

    #[test]
    fn f66_twenty_receives_outlast_half_an_hour() {
        let together: u32 = (1..=20).map(|n| after_fault(120, n)).sum();
        assert!(together > 30 * 60, "{together} s");
    }

    #[test]
    fn f59_a_malformed_message_is_received_again_at_once_and_a_handled_one_never() {
        let redelivery = Redelivery {
            visibility_timeout_s: 120,
        };
        let handled = Ok(Outcome::NotNewer);
        let malformed = Err(Malformed("").into());
        assert_eq!(
            redelivery.delay_s(1, &[handled.clone(), malformed]),
            Some(0)
        );
        assert_eq!(redelivery.delay_s(1, &[handled]), None);
    }
}
