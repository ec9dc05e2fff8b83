//! URLs of objects.

use crate::percent;

/// How URLs of the bucket's objects are formed. The presigner signs for the same URL.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectAddress {
    base: String,
}

/// The endpoint of S3 on AWS.
pub fn aws_endpoint(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://s3.{region}.amazonaws.com{suffix}")
}

impl ObjectAddress {
    /// Virtual-hosted-style on AWS.
    pub fn on_aws(bucket: &str, region: &str) -> Self {
        Self::virtual_hosted(&aws_endpoint(region), bucket)
    }

    /// The bucket is the first label of the host name.
    pub fn virtual_hosted(endpoint: &str, bucket: &str) -> Self {
        let (scheme, rest) = endpoint.split_once("://").unwrap_or(("https", endpoint));
        Self {
            base: format!("{scheme}://{bucket}.{}", rest.trim_end_matches('/')),
        }
    }

    /// The bucket is the first segment of the path.
    pub fn path_style(endpoint: &str, bucket: &str) -> Self {
        Self {
            base: format!("{}/{bucket}", endpoint.trim_end_matches('/')),
        }
    }

    /// The object's URL without a signature, percent-encoded.
    pub fn of(&self, key: &str) -> String {
        format!(
            "{}/{}",
            self.base,
            percent::encode(key, percent::RESERVED_IN_PATH)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectAddress;

    #[test]
    fn encodes_the_key_and_keeps_its_slashes() {
        let aws = ObjectAddress::on_aws("films", "eu-west-1");
        assert_eq!(
            aws.of("uploads/o/i/두 번째+100%.webm"),
            "https://films.s3.eu-west-1.amazonaws.com/uploads/o/i/%EB%91%90%20%EB%B2%88%EC%A7%B8%2B100%25.webm"
        );
        let local = ObjectAddress::path_style("http://127.0.0.1:4566/", "films");
        assert_eq!(local.of("a/b"), "http://127.0.0.1:4566/films/a/b");
        let other = ObjectAddress::virtual_hosted("https://storage.example:9000/", "films");
        assert_eq!(other.of("a/b"), "https://films.storage.example:9000/a/b");
        assert_eq!(
            ObjectAddress::on_aws("films", "cn-north-1").of("a"),
            "https://films.s3.cn-north-1.amazonaws.com.cn/a"
        );
    }
}
