use std::collections::BTreeMap;

use data_encoding::HEXLOWER;

use super::Key;
use crate::hash::{hmac_sha256, sha256_hex};
use crate::http::{Request, Url, encode};
use crate::time::amz_date;

/// Key, scope and time of a signature.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The key that signs.
    pub key: Key,
    /// The region.
    pub region: String,
    /// The service's signing name.
    pub service: String,
    /// Unix seconds.
    pub unix: u64,
}

/// Signs all headers and the body of `request` by AWS Signature Version 4, in headers:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.
///
/// # Panics
/// When the URL is not absolute.
#[must_use]
pub fn sign(request: Request, at: &Moment) -> Request {
    let body_hash = sha256_hex(&request.body);
    let request = request
        .header("x-amz-date", amz_date(at.unix))
        .header("x-amz-content-sha256", body_hash.clone());
    let url = Url::parse(&request.url).expect("an absolute http URL");
    let mut headers = sorted(&request.headers);
    headers.insert("host".into(), url.authority.clone());
    let names = names(&headers);
    let signature = signature(&request.method, &url, &headers, &body_hash, at);
    let credential = format!("Credential={}/{}", at.key.id, scope(at));
    let parts = format!("{credential}, SignedHeaders={names}, Signature={signature}");
    request.header("authorization", format!("AWS4-HMAC-SHA256 {parts}"))
}

/// A presigned URL for `method` on `url` that signs `headers` besides the host:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
///
/// # Panics
/// When the URL is not absolute.
pub fn presign(
    method: &str,
    url: &str,
    headers: &[(String, String)],
    seconds: u64,
    at: &Moment,
) -> String {
    let mut url = Url::parse(url).expect("an absolute http URL");
    let mut headers = sorted(headers);
    headers.insert("host".into(), url.authority.clone());
    let credential = format!("{}/{}", at.key.id, scope(at));
    url.query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={seconds}\
         &X-Amz-SignedHeaders={}",
        encode(&credential),
        amz_date(at.unix),
        encode(&names(&headers))
    );
    let signature = signature(method, &url, &headers, "UNSIGNED-PAYLOAD", at);
    format!("{}&X-Amz-Signature={signature}", url.text())
}

fn sorted(headers: &[(String, String)]) -> BTreeMap<String, String> {
    let pair = |(name, value): &(String, String)| (name.to_ascii_lowercase(), value.trim().into());
    headers.iter().map(pair).collect()
}

fn names(headers: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> = headers.keys().map(String::as_str).collect();
    names.join(";")
}

fn scope(at: &Moment) -> String {
    let date = &amz_date(at.unix)[..8];
    format!("{date}/{}/{}/aws4_request", at.region, at.service)
}

fn signature(
    method: &str,
    url: &Url,
    headers: &BTreeMap<String, String>,
    body_hash: &str,
    at: &Moment,
) -> String {
    let pairs = url.query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<&str> = pairs.collect();
    pairs.sort_unstable();
    let whole = |pair: &str| match pair.contains('=') {
        true => pair.to_owned(),
        false => format!("{pair}="),
    };
    let query: Vec<String> = pairs.into_iter().map(whole).collect();
    let lines = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"));
    let lines: String = lines.collect();
    let (path, query, names) = (&url.path, query.join("&"), names(headers));
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{body_hash}");
    let (date, scope) = (amz_date(at.unix), scope(at));
    let hash = sha256_hex(canonical.as_bytes());
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
    let key = format!("AWS4{}", at.key.secret).into_bytes();
    let key = [&date[..8], &at.region, &at.service, "aws4_request"]
        .into_iter()
        .fold(key, |key, step| hmac_sha256(&key, step.as_bytes()).to_vec());
    HEXLOWER.encode(&hmac_sha256(&key, to_sign.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{Key, Moment, presign, sign};
    use crate::http::Request;

    fn moment(secret: &str, unix: u64) -> Moment {
        Moment {
            key: Key {
                id: "AKIAIOSFODNN7EXAMPLE".into(),
                secret: secret.into(),
            },
            region: "us-east-1".into(),
            service: "s3".into(),
            unix,
        }
    }

    /// The example of <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
    #[test]
    fn the_example_of_the_reference() {
        let at = moment("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1_369_353_600);
        let url = "http://examplebucket.s3.amazonaws.com/test.txt";
        let url = presign("GET", url, &[], 86_400, &at);
        let signature = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        let signature = format!("X-Amz-Signature={signature}");
        assert!(url.ends_with(&signature), "{url}");
    }

    /// The expected value is from `botocore.auth.SigV4Auth` with the same headers.
    #[test]
    fn the_signature_is_that_of_botocore() {
        let at = moment("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 1_440_938_160);
        let request = Request::new("PUT", "http://127.0.0.1:7071/bucket/key.zip").body("body");
        let signed = sign(request, &at).headers;
        let content = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
        let authorization = "AWS4-HMAC-SHA256 \
            Credential=AKIAIOSFODNN7EXAMPLE/20150830/us-east-1/s3/aws4_request, \
            SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
            Signature=3a4ff933a25f317cb8136d260642d375e84177fc2719c8e836d4bd05bf6a3b09";
        let expected = [
            ("x-amz-date", "20150830T123600Z"),
            ("x-amz-content-sha256", content),
            ("authorization", authorization),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(signed, expected);
    }
}
