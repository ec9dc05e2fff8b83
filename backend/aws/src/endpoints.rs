use std::net::Ipv4Addr;

use crowfly_core::address::{ObjectAddress, aws_endpoint};

/// `S3_ADDRESSING_STYLE` is none of the known styles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("S3_ADDRESSING_STYLE must be path, virtual or auto")]
pub struct AddressingStyleError;

/// Where the services are, if not at AWS, and how S3 is addressed.
///
/// The variables are those of the AWS SDKs
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>): one for all
/// services, one for each that takes precedence, and a switch. For the style of addresses the SDKs
/// have no variable, only the setting `addressing_style` of the shared configuration file
/// (<https://docs.aws.amazon.com/cli/latest/topic/s3-config.html>); ours is named after it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    pub(crate) s3: Option<String>,
    pub(crate) dynamodb: Option<String>,
    pub(crate) sqs: Option<String>,
    pub(crate) events: Option<String>,
    /// Whether the bucket is in the path of a URL of S3, and not in its host.
    pub(crate) path_style: bool,
}

impl Endpoints {
    /// Reads `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`,
    /// `AWS_ENDPOINT_URL_EVENTBRIDGE`, `AWS_ENDPOINT_URL`, `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` and `S3_ADDRESSING_STYLE`. Without
    /// the last one an S3 with an endpoint of its own is addressed path-style: most have no host
    /// name for each bucket.
    pub(crate) fn read(
        given: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, AddressingStyleError> {
        let ignored = given("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let endpoint = |of_service| {
            let configured = || given(of_service).or_else(|| given("AWS_ENDPOINT_URL"));
            if ignored { None } else { configured() }
        };
        let s3 = endpoint("AWS_ENDPOINT_URL_S3");
        let path_style = match given("S3_ADDRESSING_STYLE").as_deref() {
            None | Some("auto") => s3.is_some(),
            Some("path") => true,
            // An address of numbers has no names below it, so the SDK does the same.
            Some("virtual") => s3.as_deref().is_some_and(is_numeric),
            Some(_) => return Err(AddressingStyleError),
        };
        Ok(Self {
            s3,
            dynamodb: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
            sqs: endpoint("AWS_ENDPOINT_URL_SQS"),
            events: endpoint("AWS_ENDPOINT_URL_EVENTBRIDGE"),
            path_style,
        })
    }

    /// How URLs of the bucket's objects are formed, as the SDK does.
    pub(crate) fn address(&self, bucket: &str, region: &str) -> ObjectAddress {
        let aws = || aws_endpoint(region);
        let endpoint = self.s3.clone().unwrap_or_else(aws);
        if self.path_style {
            ObjectAddress::path_style(&endpoint, bucket)
        } else {
            ObjectAddress::virtual_hosted(&endpoint, bucket)
        }
    }
}

/// The other name of an endpoint on this computer: browsers count connections by name.
pub(crate) fn other_loopback(endpoint: &str) -> Option<String> {
    let (scheme, rest) = endpoint.split_once("://")?;
    let (name, port) = rest.split_once(':')?;
    let other = match name {
        "127.0.0.1" => "localhost",
        "localhost" => "127.0.0.1",
        _ => return None,
    };
    Some(format!("{scheme}://{other}:{port}"))
}

/// Whether the host of an endpoint is an IP address.
fn is_numeric(endpoint: &str) -> bool {
    let (_, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, _) = authority.rsplit_once(':').unwrap_or((authority, ""));
    authority.starts_with('[') || host.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Endpoints, AddressingStyleError> {
        Endpoints::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn urls(variables: &[(&str, &str)]) -> [Option<String>; 3] {
        let found = read(variables).unwrap();
        [found.s3, found.dynamodb, found.sqs]
    }

    #[test]
    fn s9_the_variable_of_a_service_wins_over_the_one_of_all() {
        let all = ("AWS_ENDPOINT_URL", "http://all");
        assert_eq!(urls(&[]), [None, None, None]);
        assert_eq!(
            urls(&[all]),
            ["http://all"; 3].map(|url| Some(url.to_owned()))
        );
        for (place, name) in [
            "AWS_ENDPOINT_URL_S3",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_SQS",
        ]
        .into_iter()
        .enumerate()
        {
            let own = (name, "http://own");
            let mut expected = [None, None, None];
            expected[place] = Some("http://own".to_owned());
            assert_eq!(urls(&[own]), expected);
            let mut expected = ["http://all"; 3].map(|url| Some(url.to_owned()));
            expected[place] = Some("http://own".to_owned());
            assert_eq!(urls(&[own, all]), expected);
            for switch in ["true", "TRUE"] {
                let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", switch);
                assert_eq!(urls(&[own, all, ignore]), [None, None, None]);
            }
            let keep = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false");
            assert_eq!(urls(&[own, all, keep]), expected);
        }
    }

    #[test]
    fn s9_the_style_of_addresses_follows_the_endpoint_unless_it_is_set() {
        let local = ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:4566");
        let named = ("AWS_ENDPOINT_URL_S3", "https://storage.example:9000");
        let table = ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000");
        let style = |value| ("S3_ADDRESSING_STYLE", value);
        for (variables, url) in [
            (vec![], "https://films.s3.eu-west-1.amazonaws.com/a"),
            (vec![table], "https://films.s3.eu-west-1.amazonaws.com/a"),
            (vec![local], "http://127.0.0.1:4566/films/a"),
            (vec![local, style("auto")], "http://127.0.0.1:4566/films/a"),
            (
                vec![local, style("virtual")],
                "http://127.0.0.1:4566/films/a",
            ),
            (vec![named], "https://storage.example:9000/films/a"),
            (
                vec![named, style("virtual")],
                "https://films.storage.example:9000/a",
            ),
            (
                vec![style("path")],
                "https://s3.eu-west-1.amazonaws.com/films/a",
            ),
        ] {
            let found = read(&variables).unwrap();
            assert_eq!(found.address("films", "eu-west-1").of("a"), url);
        }
        for value in ["Path", "virtual-hosted", "1"] {
            let error = read(&[style(value)]).unwrap_err();
            assert!(error.to_string().contains("S3_ADDRESSING_STYLE"), "{value}");
        }
    }
}
