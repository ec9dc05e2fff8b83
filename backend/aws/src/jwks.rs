use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use crowfly_core::ports::FetchKeys;
use crowfly_core::token::{IssuerUrl, MAX_DOCUMENT_BYTES, keys_address};
use crowfly_core::{Fault, FaultKind};

/// Time for each of the two documents: the limit of API Gateway's authorizer.
const TIMEOUT: Duration = Duration::from_millis(1_500);

/// The documents of token issuers over HTTP: the description (OpenID Connect Discovery) and the key set
/// that it names. No redirect is followed, and no credential is sent.
#[derive(Clone, Debug)]
pub struct Jwks {
    http: Arc<Connector>,
}

impl Jwks {
    /// Opens a client of its own: issuers are no service of AWS's.
    pub fn open() -> Self {
        // An hour lies between two fetches, and a function sleeps between its events: no connection is kept.
        let http = Connector::builder()
            .pool_max_idle_per_host(0)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build();
        Self {
            http: Arc::new(http),
        }
    }

    async fn document(&self, service: &'static str, address: &str) -> Result<Vec<u8>, Fault> {
        let fault = |kind: FaultKind, detail: &str| Fault::new(service, kind, detail);
        tokio::time::timeout(TIMEOUT, self.get(address))
            .await
            .unwrap_or(Err((
                FaultKind::Unavailable,
                "no answer in time".to_owned(),
            )))
            .map_err(|(kind, detail)| fault(kind, &detail))
    }

    async fn get(&self, address: &str) -> Result<Vec<u8>, (FaultKind, String)> {
        let mut request = HttpRequest::get(address)
            .map_err(|_| (FaultKind::Unexpected, "no address of a document".to_owned()))?;
        request.headers_mut().insert("accept", "application/json");
        let answer = self
            .http
            .call(request)
            .await
            .map_err(|_| (FaultKind::Unavailable, "no connection".to_owned()))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err((FaultKind::Unavailable, format!("status {status}")));
        }
        let mut body = ByteStream::new(answer.into_body());
        let mut document = Vec::new();
        while let Some(bytes) = body.next().await {
            let bytes =
                bytes.map_err(|_| (FaultKind::Unavailable, "a broken answer".to_owned()))?;
            document.extend_from_slice(&bytes);
            if document.len() > MAX_DOCUMENT_BYTES {
                let detail = format!("more than {MAX_DOCUMENT_BYTES} bytes");
                return Err((FaultKind::Unexpected, detail));
            }
        }
        Ok(document)
    }
}

impl FetchKeys for Jwks {
    async fn fetch_keys(&self, issuer: &IssuerUrl) -> Result<Vec<u8>, Fault> {
        let description = self
            .document("issuer.Discovery", &issuer.discovery())
            .await?;
        let address = keys_address(issuer, &description).map_err(|error| {
            Fault::new("issuer.Discovery", FaultKind::Unexpected, error.to_string())
        })?;
        self.document("issuer.Keys", &address).await
    }
}
