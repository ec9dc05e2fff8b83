use aws_credential_types::Credentials;
use aws_sdk_s3::config::{Region, ResponseChecksumValidation};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// The clients, with the credentials of the function's role.
#[derive(Clone, Debug)]
pub struct Clients {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) events: aws_sdk_eventbridge::Client,
}

/// The function cannot start in its environment.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is missing")]
pub struct StartError(&'static str);

impl Clients {
    /// Opens the clients with the variables that Lambda sets
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>);
    /// `AWS_ENDPOINT_URL` may select another endpoint.
    ///
    /// # Errors
    /// [`StartError`] names the variable that is missing.
    pub fn open(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, StartError> {
        let given = |name| variable(name).filter(|value| !value.is_empty());
        let needed = |name| given(name).ok_or(StartError(name));
        let region = Region::new(needed("AWS_REGION")?);
        let credentials = Credentials::new(
            needed("AWS_ACCESS_KEY_ID")?,
            needed("AWS_SECRET_ACCESS_KEY")?,
            given("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let http = Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let endpoint = given("AWS_ENDPOINT_URL");
        let mut s3 = aws_sdk_s3::Config::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::v2026_01_12())
            .region(region.clone())
            .credentials_provider(credentials.clone())
            .http_client(http.clone())
            .force_path_style(endpoint.is_some())
            // Only part of an object may be read, so its checksum cannot be validated.
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        s3.set_endpoint_url(endpoint.clone());
        let mut events = aws_sdk_eventbridge::Config::builder()
            .behavior_version(aws_sdk_eventbridge::config::BehaviorVersion::v2026_01_12())
            .region(region)
            .credentials_provider(credentials)
            .http_client(http);
        events.set_endpoint_url(endpoint);
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            events: aws_sdk_eventbridge::Client::from_conf(events.build()),
        })
    }
}
