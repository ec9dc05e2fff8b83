//! What storage means by its error codes: S3 and the stores that speak its protocol use different codes, statuses and
//! sentences for the same thing.
//!
//! Sources: Amazon S3, <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>; Cloudflare R2,
//! <https://developers.cloudflare.com/r2/api/error-codes/>; Backblaze B2,
//! <https://www.backblaze.com/docs/cloud-storage-s3-compatible-api>; MinIO, `cmd/api-errors.go`; Ceph,
//! `src/rgw/rgw_common.cc`; Garage, `src/api/s3/error.rs` and `src/api/common/signature`. docs/SIGNER.md shows which
//! store does what.

/// What an error code of storage means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It throttles, or is busy.
    Slow,
    /// The body did not arrive in time, or not whole.
    Timeout,
    /// Another write of the key is in progress.
    Conflict,
    /// The URL has expired, or is not valid yet.
    Expired,
    /// The signer's own session has expired.
    Session,
    /// The signer's clock is too far off.
    Skewed,
    /// There is no such multipart upload.
    Gone,
    /// There is no such bucket.
    NoBucket,
    /// Other bytes arrived than were hashed. Reading, hashing and sending them again is right for every code here, and
    /// the number of attempts is limited.
    Mismatch,
}

/// Codes, separated by spaces.
const CODES: &[(Meaning, &str)] = &[
    // S3, Garage, Ceph, R2 (10001, 10043), B2. MinIO's SlowDownWrite and XMinioServerNotInitialized, and TooManyRequests of
    // R2 (10058) and B2, are throttling by their statuses, 503 and 429.
    (Meaning::Slow, "SlowDown ServiceUnavailable"),
    // S3 (with status 400), MinIO, Ceph.
    (Meaning::Timeout, "RequestTimeout IncompleteBody"),
    // S3 (409), with If-None-Match.
    (
        Meaning::Conflict,
        "OperationAborted ConditionalRequestConflict",
    ),
    // R2 (10018, status 400 before July 2026, 403 since). The others by their sentence: S3, MinIO and Ceph
    // AccessDenied "Request has expired" (403), B2 UnauthorizedAccess "Request has expired given timestamp" (401), Garage
    // InvalidRequest "Date is too old" (400).
    (Meaning::Expired, "ExpiredRequest"),
    // S3, R2 (10022).
    (
        Meaning::Session,
        "ExpiredToken InvalidToken TokenRefreshRequired",
    ),
    // S3, MinIO, Ceph, R2 (10036).
    (Meaning::Skewed, "RequestTimeTooSkewed"),
    // All of them. A PUT needs no object of its key, so `NoSuchKey` can only be about the multipart upload.
    (Meaning::Gone, "NoSuchUpload NoSuchKey"),
    // All of them.
    (Meaning::NoBucket, "NoSuchBucket"),
    // S3; for Content-MD5 also R2 (10037), Ceph, MinIO and B2.
    (Meaning::Mismatch, "BadDigest"),
    // Garage: "Failed to validate checksum for algorithm ...". In the others (R2: 10014) a malformed header.
    (Meaning::Mismatch, "InvalidDigest"),
    // MinIO: ErrContentChecksumMismatch. S3, MinIO and Ceph: that of the signed payload.
    (
        Meaning::Mismatch,
        "XAmzContentChecksumMismatch XAmzContentSHA256Mismatch",
    ),
];

/// Words that indicate a checksum anywhere in the message. MinIO: `InvalidArgument`, "Invalid checksum provided".
const WORDS: &[&str] = &["digest", "checksum"];

/// Algorithm names. Signature errors contain them too, so they count only together with "match". Backblaze B2:
/// "Sha1 did not match data received".
const ALGORITHMS: &[&str] = &["md5", "sha1", "sha256", "crc"];

/// What an error answer of storage means, as far as its code and its sentence say more than its status.
pub(crate) fn meaning(status: u16, code: &str, message: &str) -> Option<Meaning> {
    let known = CODES
        .iter()
        .find(|(_, codes)| codes.split_ascii_whitespace().any(|known| known == code));
    if let Some((meaning, _)) = known {
        return Some(*meaning);
    }
    if matches!(status, 400 | 401 | 403) && says_any(message, &["expired", "too old", "valid yet"])
    {
        return Some(Meaning::Expired);
    }
    (status == 400 && names_a_checksum(code, message)).then_some(Meaning::Mismatch)
}

fn names_a_checksum(code: &str, message: &str) -> bool {
    // Other bytes do not help against an unsupported header: Backblaze B2 says "Unsupported header
    // 'x-amz-checksum-sha256' received for this API call".
    if says_any(message, &["unsupported", "not supported"]) {
        return false;
    }
    let named = says_any(code, WORDS) || says_any(message, WORDS);
    // The checksum of a customer-provided key (SSE-C), not of the bytes.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
    let compared = says_any(message, ALGORITHMS) && says(message, "match");
    named || (compared && !says(message, " key"))
}

fn says_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|words| says(text, words))
}

/// Whether the text contains the words, ignoring case. (The standard library's search costs kilobytes.)
fn says(text: &str, words: &str) -> bool {
    text.as_bytes()
        .windows(words.len())
        .any(|window| window.eq_ignore_ascii_case(words.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_mismatch(status: u16, code: &str, message: &str) -> bool {
        meaning(status, code, message) == Some(Meaning::Mismatch)
    }

    #[test]
    fn s2_every_known_code_has_its_meaning_whatever_status_and_message() {
        for (expected, codes) in CODES {
            for code in codes.split(' ') {
                for status in [400, 403, 404, 409, 500, 503] {
                    assert_eq!(meaning(status, code, ""), Some(*expected), "{code}");
                    assert_eq!(meaning(status, code, "expired"), Some(*expected), "{code}");
                }
            }
        }
    }

    #[test]
    fn s2_a_400_whose_code_or_message_names_a_checksum_is_a_mismatch() {
        for code in ["ChecksumMismatch", "InvalidChecksum", "DigestMismatch"] {
            assert!(is_mismatch(400, code, ""), "{code}");
            assert!(!is_mismatch(403, code, ""), "{code}");
        }
        for message in [
            "The Content-MD5 you specified did not match what we received.",
            "The CRC64NVME you specified did not match the calculated checksum.",
            "Invalid checksum provided.",
            "Invalid digest: Failed to validate checksum for algorithm Crc64Nvme: calculated None",
            "Value for x-amz-checksum-crc64nvme header is invalid.",
            "Sha1 did not match data received",
            "DIGEST MISMATCH",
        ] {
            for code in ["InvalidRequest", "InvalidArgument", ""] {
                assert!(is_mismatch(400, code, message), "{code} {message}");
                assert!(!is_mismatch(403, code, message), "{code} {message}");
            }
        }
    }

    #[test]
    fn s2_a_400_of_another_kind_is_not() {
        for (code, message) in [
            ("InvalidArgument", ""),
            ("InvalidRequest", "Missing required header for this request"),
            ("EntityTooLarge", "Your proposed upload exceeds the maximum"),
            (
                "AuthorizationQueryParametersError",
                "X-Amz-Algorithm only supports AWS4-HMAC-SHA256.",
            ),
            (
                "InvalidArgument",
                "Unsupported header 'x-amz-checksum-sha256' received for this API call.",
            ),
            (
                "InvalidArgument",
                "x-amz-checksum-* headers are not supported",
            ),
            (
                "InvalidArgument",
                "The calculated MD5 hash of the key did not match the hash that was provided.",
            ),
            ("", ""),
        ] {
            assert_eq!(meaning(400, code, message), None, "{code} {message}");
        }
    }

    #[test]
    fn s4_an_expired_url_is_one_in_the_words_of_every_store() {
        for (status, code, message) in [
            (403, "AccessDenied", "Request has expired"),
            (403, "AccessDenied", "Request is not valid yet"),
            (400, "InvalidRequest", "Bad request: Date is too old"),
            (400, "ExpiredRequest", "This request has expired."),
            (403, "ExpiredRequest", "This request has expired."),
            (
                401,
                "UnauthorizedAccess",
                "Request has expired given timestamp: '20250815T210443Z' and expiration: 3600",
            ),
        ] {
            assert_eq!(
                meaning(status, code, message),
                Some(Meaning::Expired),
                "{message}"
            );
        }
        for (status, message) in [
            (403, "Access Denied."),
            (404, "the lifecycle rule expired it"),
            (500, "a lease expired"),
        ] {
            assert_eq!(meaning(status, "", message), None, "{message}");
        }
    }
}
