//! The error codes by which stores report that they received other bytes than were hashed.
//!
//! S3 has one code for it, but S3-compatible stores chose others, and Garage uses S3's code for a malformed header.
//! Reading, hashing and sending the bytes again is right in each case, and the number of attempts is limited.

/// Codes that mean a mismatch.
const MISMATCH: &[&str] = &[
    // Amazon S3: the checksum or Content-MD5 does not match the received bytes
    // (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). The same in
    // Cloudflare R2 (10037, https://developers.cloudflare.com/r2/api/error-codes/), Ceph (ERR_BAD_DIGEST,
    // src/rgw/rgw_common.cc), MinIO (ErrBadDigest, cmd/api-errors.go) and Backblaze B2, for Content-MD5.
    "BadDigest",
    // Garage: "Failed to validate checksum for algorithm ..." (src/api/common/signature/checksum.rs and
    // src/api/s3/error.rs). In S3, Ceph, MinIO and R2 (10014) it means a malformed header.
    "InvalidDigest",
    // MinIO: ErrContentChecksumMismatch, cmd/api-errors.go.
    "XAmzContentChecksumMismatch",
    // Amazon S3, "Error responses"; MinIO: ErrContentSHA256Mismatch; Ceph: ERR_AMZ_CONTENT_SHA256_MISMATCH.
    "XAmzContentSHA256Mismatch",
];

/// Words that indicate a checksum anywhere in the message. MinIO: `InvalidArgument`, "Invalid checksum provided".
const WORDS: &[&str] = &["digest", "checksum"];

/// Algorithm names. Signature errors contain them too, so they count only together with "match". Backblaze B2:
/// "Sha1 did not match data received".
const ALGORITHMS: &[&str] = &["md5", "sha1", "sha256", "crc"];

/// Whether storage's answer says that it received other bytes than the checksum covers.
pub(crate) fn is_checksum_mismatch(status: u16, code: &str, message: &str) -> bool {
    if MISMATCH.contains(&code) {
        return true;
    }
    // Other bytes do not help against an unsupported header: Backblaze B2 says "Unsupported header
    // 'x-amz-checksum-sha256' received for this API call".
    if status != 400 || says_any(message, &["unsupported", "not supported"]) {
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
pub(crate) fn says(text: &str, words: &str) -> bool {
    text.as_bytes()
        .windows(words.len())
        .any(|window| window.eq_ignore_ascii_case(words.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_every_known_code_is_a_mismatch_whatever_the_message() {
        for code in MISMATCH {
            assert!(is_checksum_mismatch(400, code, ""), "{code}");
        }
        // By its name.
        for code in ["ChecksumMismatch", "InvalidChecksum", "DigestMismatch"] {
            assert!(is_checksum_mismatch(400, code, ""), "{code}");
            assert!(!is_checksum_mismatch(403, code, ""), "{code}");
        }
    }

    #[test]
    fn s2_a_400_whose_message_names_a_checksum_is_a_mismatch() {
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
                assert!(is_checksum_mismatch(400, code, message), "{code} {message}");
                assert!(
                    !is_checksum_mismatch(403, code, message),
                    "{code} {message}"
                );
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
            assert!(
                !is_checksum_mismatch(400, code, message),
                "{code} {message}"
            );
        }
    }
}
