use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Region, SharedHttpClient};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use crowfly_core::address::ObjectAddress;
use crowfly_core::parse_rfc3339_ms;

use crate::endpoints::{AddressingStyleError, Endpoints};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// What all clients of a process share: region, credentials, HTTP connections, timeouts, retries.
///
/// Lambda sets the credentials of the function's role in its environment
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>) and replaces the
/// process before they expire. So no provider chain is needed, and a cold start makes no network
/// call for them.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) region: Region,
    pub(crate) credentials: Credentials,
    pub(crate) endpoints: Endpoints,
    pub(crate) http: SharedHttpClient,
    pub(crate) timeouts: TimeoutConfig,
    pub(crate) retries: RetryConfig,
}

/// A required variable is missing from the environment or malformed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// A variable is missing or empty.
    #[error("the environment variable {0} is missing")]
    Missing(&'static str),
    /// `AWS_CREDENTIAL_EXPIRATION` is not an RFC 3339 timestamp.
    #[error("AWS_CREDENTIAL_EXPIRATION must be an RFC 3339 timestamp such as 2026-11-22T10:20:30Z")]
    Expiration,
    /// The style of addresses is none of the known ones.
    #[error(transparent)]
    AddressingStyle(#[from] AddressingStyleError),
}

impl Session {
    /// Reads the variables of the AWS SDKs through `variable`: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, and optionally `AWS_SESSION_TOKEN`, `AWS_CREDENTIAL_EXPIRATION` and
    /// the endpoints: `AWS_ENDPOINT_URL`, that of a service such as `AWS_ENDPOINT_URL_S3`, which takes
    /// precedence, `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` and our own `S3_ADDRESSING_STYLE`.
    ///
    /// # Errors
    /// [`SessionError`] names the variable.
    pub fn from_variables(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, SessionError> {
        let given = |name| variable(name).filter(|value| !value.is_empty());
        let needed = |name| given(name).ok_or(SessionError::Missing(name));
        let expiry = given("AWS_CREDENTIAL_EXPIRATION")
            .map(|text| parse_rfc3339_ms(&text).ok_or(SessionError::Expiration))
            .transpose()?
            .map(|ms| SystemTime::UNIX_EPOCH + Duration::from_millis(ms));
        let credentials = Credentials::new(
            needed("AWS_ACCESS_KEY_ID")?,
            needed("AWS_SECRET_ACCESS_KEY")?,
            given("AWS_SESSION_TOKEN"),
            expiry,
            "environment",
        );
        Ok(Self {
            region: Region::new(needed("AWS_REGION")?),
            credentials,
            endpoints: Endpoints::read(given)?,
            http: connections(),
            timeouts: TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(Duration::from_secs(5))
                .operation_timeout(Duration::from_secs(12))
                .build(),
            retries: RetryConfig::standard().with_max_attempts(3),
        })
    }

    /// How URLs of the bucket's objects are formed: path-style with an endpoint of S3's own, otherwise
    /// virtual-hosted-style, unless `S3_ADDRESSING_STYLE` says which.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    pub fn address(&self, bucket: &str) -> ObjectAddress {
        self.endpoints.address(bucket, self.region.as_ref())
    }
}

/// The connections of all clients, opened as they are needed.
///
/// One connector, made here: it parses the root certificates of the system, which is most of a cold
/// start. The SDK's own HTTP client makes one for each client that is opened, to see that it can, and
/// another at the first request.
fn connections() -> SharedHttpClient {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let connector = Connector::builder()
        .connector_settings(settings.build())
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

/// Applies the session, and its endpoint for the service, to the configuration builder of the
/// service's SDK crate. A macro, because the
/// builders have the same methods but no common trait.
macro_rules! configure {
    ($service:ident, $session:expr, $endpoint:ident) => {{
        let session: &crate::Session = $session;
        let mut config = $service::Config::builder()
            .behavior_version($service::config::BehaviorVersion::v2026_01_12())
            .region(session.region.clone())
            .credentials_provider(session.credentials.clone())
            .http_client(session.http.clone())
            .timeout_config(session.timeouts.clone())
            .retry_config(session.retries.clone());
        config.set_endpoint_url(session.endpoints.$endpoint.clone());
        config
    }};
}
pub(crate) use configure;

#[cfg(test)]
mod tests {
    use super::*;

    fn session(change: &[(&'static str, &str)]) -> Result<Session, SessionError> {
        let mut all = std::collections::HashMap::from([
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "a-secret-that-must-not-show"),
        ]);
        all.extend(change.iter().copied());
        Session::from_variables(|name| all.get(name).map(|&value| value.to_owned()))
    }

    #[test]
    fn f74_a_missing_variable_is_named() {
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert_eq!(
                session(&[(name, "")]).unwrap_err(),
                SessionError::Missing(name)
            );
        }
        let wrong = session(&[("AWS_CREDENTIAL_EXPIRATION", "soon")]).unwrap_err();
        assert_eq!(wrong, SessionError::Expiration);
        assert!(session(&[("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T10:20:30+00:00")]).is_ok());
    }

    #[test]
    fn the_endpoint_decides_the_style_of_addresses() {
        assert_eq!(
            session(&[]).unwrap().address("films").of("a b"),
            "https://films.s3.eu-west-1.amazonaws.com/a%20b"
        );
        let local = session(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")]).unwrap();
        assert_eq!(
            local.address("films").of("a b"),
            "http://127.0.0.1:4566/films/a%20b"
        );
    }

    #[test]
    fn a53_no_secret_in_debug() {
        let shown = format!(
            "{:?}",
            session(&[("AWS_SESSION_TOKEN", "a-token")]).unwrap()
        );
        assert!(!shown.contains("must-not-show") && !shown.contains("a-token"));
    }
}
