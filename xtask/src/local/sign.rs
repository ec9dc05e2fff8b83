//! AWS Signature Version 4 in headers, as far as calls on loopback need it:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::key::Key;

/// What to sign.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The key to sign with.
    pub(crate) key: &'a Key,
    /// `GET`, `PUT` or `POST`.
    pub(crate) method: &'a str,
    /// Host and port.
    pub(crate) host: &'a str,
    /// The path, already percent-encoded; there is no query.
    pub(crate) path: &'a str,
    /// All of the body.
    pub(crate) body: &'a [u8],
    /// The signing name of the service, such as `s3`.
    pub(crate) service: &'a str,
    /// The region, such as `us-east-1`.
    pub(crate) region: &'a str,
    /// `yyyymmddThhmmssZ`.
    pub(crate) date: &'a str,
}

/// The headers that sign a request.
#[derive(Debug)]
pub(crate) struct Signature {
    /// `authorization`.
    pub(crate) authorization: String,
    /// `x-amz-content-sha256`.
    pub(crate) content: String,
}

/// Signs host, date and body.
pub(crate) fn sign(request: &Request<'_>) -> Signature {
    let content = hex(&Sha256::digest(request.body));
    let names = "host;x-amz-content-sha256;x-amz-date";
    let canonical = format!(
        "{}\n{}\n\nhost:{}\nx-amz-content-sha256:{content}\nx-amz-date:{}\n\n{names}\n{content}",
        request.method, request.path, request.host, request.date
    );
    let day = request.date.get(..8).unwrap_or(request.date);
    let scope = format!("{day}/{}/{}/aws4_request", request.region, request.service);
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        request.date,
        hex(&Sha256::digest(canonical))
    );
    let start = format!("AWS4{}", request.key.secret).into_bytes();
    let key = [day, request.region, request.service, "aws4_request"]
        .into_iter()
        .fold(start, |key, step| mac(&key, step).to_vec());
    let signature = hex(&mac(&key, &text));
    let id = &request.key.id;
    Signature {
        authorization: format!(
            "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
        ),
        content,
    }
}

/// Unix seconds as `yyyymmddThhmmssZ`.
pub(crate) fn date(unix: u64) -> String {
    let (days, second) = (unix / 86_400, unix % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Year, month and day of a day since 1970:
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march = (5 * day + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let day = day - (153 * march + 2) / 5 + 1;
    (year + era * 400 + u64::from(month <= 2), month, day)
}

fn mac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Key, Request, date, sign};

    #[test]
    fn dates_are_of_the_gregorian_calendar() {
        assert_eq!(date(0), "19700101T000000Z");
        assert_eq!(date(951_782_400), "20000229T000000Z");
        assert_eq!(date(1_440_938_160), "20150830T123600Z");
        assert_eq!(date(4_102_444_799), "20991231T235959Z");
    }

    #[test]
    fn the_signature_is_that_of_botocore() {
        // The expected value is from botocore.auth.SigV4Auth with AWS's example key and the same three headers.
        let key = Key {
            id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
        };
        let signature = sign(&Request {
            key: &key,
            method: "PUT",
            host: "127.0.0.1:7071",
            path: "/bucket/key.zip",
            body: b"body",
            service: "s3",
            region: "us-east-1",
            date: "20150830T123600Z",
        });
        assert_eq!(signature.content, BODY);
        assert_eq!(
            signature.authorization,
            format!(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20150830/us-east-1/s3/aws4_request, \
                 SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={SIGNATURE}"
            )
        );
    }

    const BODY: &str = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
    const SIGNATURE: &str = "3a4ff933a25f317cb8136d260642d375e84177fc2719c8e836d4bd05bf6a3b09";
}
