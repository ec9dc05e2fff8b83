//! By which words stores say that other bytes arrived than were hashed.
//!
//! S3 has one code for it, but stores that speak S3's protocol chose others, and Garage the one by which S3 means
//! a malformed header. To read the bytes again, hash them and send them again is right in each case, and the number
//! of tries is limited.

/// Codes that name a mismatch.
const MISMATCH: &[&str] = &[
    // Amazon S3, "Error responses": the checksum or Content-MD5 is not that of the bytes received. The same in
    // Cloudflare R2 (10037, https://developers.cloudflare.com/r2/api/error-codes/), Ceph (ERR_BAD_DIGEST,
    // src/rgw/rgw_common.cc), MinIO (ErrBadDigest, cmd/api-errors.go) and Backblaze B2, for Content-MD5.
    "BadDigest",
    // Garage: "Failed to validate checksum for algorithm ..." (src/api/common/signature/checksum.rs and
    // src/api/s3/error.rs). In S3, Ceph, MinIO and R2 (10014) it means a header that cannot be read.
    "InvalidDigest",
    // MinIO: ErrContentChecksumMismatch, cmd/api-errors.go.
    "XAmzContentChecksumMismatch",
    // Amazon S3, "Error responses"; MinIO: ErrContentSHA256Mismatch; Ceph: ERR_AMZ_CONTENT_SHA256_MISMATCH.
    "XAmzContentSHA256Mismatch",
];

/// Words that name a checksum wherever they stand. MinIO: `InvalidArgument`, "Invalid checksum provided".
const WORDS: &[&str] = &["digest", "checksum"];

/// Algorithms, which are named in signatures too, so that only "match" beside them counts. Backblaze B2: "Sha1 did
/// not match data received".
const ALGORITHMS: &[&str] = &["md5", "sha1", "sha256", "crc"];

/// Whether an answer of storage says that it received other bytes than the checksum is of.
pub(crate) fn is_checksum_mismatch(status: u16, code: &str, message: &str) -> bool {
    if MISMATCH.contains(&code) {
        return true;
    }
    // A header that a store does not know is not cured by other bytes: Backblaze B2 says "Unsupported header
    // 'x-amz-checksum-sha256' received for this API call".
    if status != 400 || says_any(message, &["unsupported", "not supported"]) {
        return false;
    }
    let named = says_any(code, WORDS) || says_any(message, WORDS);
    // The checksum of a customer's key (SSE-C) is not that of the bytes.
    let compared = says_any(message, ALGORITHMS) && says(message, "match");
    named || (compared && !says(message, " key"))
}

fn says_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|words| says(text, words))
}

/// Whether the words stand in the text, in whatever case. (The standard library's search weighs kilobytes.)
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
