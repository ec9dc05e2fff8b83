use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use crowfly_core::{Fault, FaultKind};

/// Error codes for throttling and for conflicts between concurrent requests: S3
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, DynamoDB
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
const THROTTLED: &[&str] = &[
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
];

/// Classifies a failure of `service` by whether a retry can help.
///
/// The detail holds the service's code and message only, never a URL: a URL may carry a signature.
pub(crate) fn fault<E: ProvideErrorMetadata>(
    service: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> Fault {
    let (kind, detail) = match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            let code = context.err().code().unwrap_or_default();
            let message = context.err().message().unwrap_or_default();
            (kind(status, code), format!("{status} {code} {message}"))
        }
        SdkError::TimeoutError(_) => (FaultKind::Unavailable, "no answer in time".to_owned()),
        SdkError::DispatchFailure(_) => (FaultKind::Unavailable, "no connection".to_owned()),
        SdkError::ResponseError(_) => (FaultKind::Unavailable, "a broken answer".to_owned()),
        _ => (
            FaultKind::Unexpected,
            "the request could not be built".to_owned(),
        ),
    };
    Fault::new(service, kind, detail)
}

/// Classifies the failure of one entry of a call that succeeded in part.
pub(crate) fn fault_of_entry(
    service: &'static str,
    code: Option<&str>,
    message: Option<&str>,
) -> Fault {
    let code = code.unwrap_or_default();
    let kind = match kind(400, code) {
        FaultKind::Unexpected if code == "InternalFailure" => FaultKind::Unavailable,
        kind => kind,
    };
    Fault::new(
        service,
        kind,
        format!("{code} {}", message.unwrap_or_default()),
    )
}

/// Whether the request may have taken effect although no success was reported: no answer, a
/// truncated answer, 5xx, or a 200 with an error in its body.
pub(crate) fn is_unclear<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status();
            let code = context.err().code().unwrap_or_default();
            status.is_success() || kind(status.as_u16(), code) == FaultKind::Unavailable
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        _ => false,
    }
}

fn kind(status: u16, code: &str) -> FaultKind {
    match status {
        _ if THROTTLED.contains(&code) => FaultKind::Throttled,
        _ if code.starts_with("AccessDenied") => FaultKind::Denied,
        401 | 403 => FaultKind::Denied,
        429 => FaultKind::Throttled,
        500.. => FaultKind::Unavailable,
        _ => FaultKind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f64_f65_throttling_and_5xx_are_retryable() {
        let cases = [
            (
                400,
                "ProvisionedThroughputExceededException",
                FaultKind::Throttled,
            ),
            (400, "ThrottlingException", FaultKind::Throttled),
            (503, "SlowDown", FaultKind::Throttled),
            (500, "InternalServerError", FaultKind::Unavailable),
            (503, "", FaultKind::Unavailable),
            (403, "", FaultKind::Denied),
            (400, "AccessDeniedException", FaultKind::Denied),
            (400, "ValidationException", FaultKind::Unexpected),
            (301, "PermanentRedirect", FaultKind::Unexpected),
        ];
        for (status, code, expected) in cases {
            assert_eq!(kind(status, code), expected, "{status} {code}");
        }
    }
}
