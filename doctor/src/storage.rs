//! Storage: reach, CORS, region, signature, and whether it checks checksums.

use crate::{Finding, Reach};

/// Judges the probe: a small PUT with a checksum that is not that of its body, to this host.
#[must_use]
pub fn judge_storage(host: &str, origin: &str, reach: &Reach) -> Finding {
    match reach {
        Reach::Nothing => Finding::bad(
            "storage_unreachable",
            format!("nothing answers at {host}"),
            "correct the bucket's name, its region, or the endpoint of the signer; the page's connect-src must name the host",
        ),
        Reach::Hidden => Finding::bad(
            "storage_cors",
            format!("{host} answers, but does not allow a PUT by pages of {origin} (CORS)"),
            format!(
                "give the bucket a CORS rule with the origin {origin}, the method PUT, and the headers content-type, if-none-match and x-amz-checksum-crc64nvme"
            ),
        ),
        Reach::Answered {
            status,
            code,
            message,
            expected,
        } => answered(host, *status, code, message, *expected),
    }
}

fn answered(host: &str, status: u16, code: &str, message: &str, exposed: bool) -> Finding {
    let digest = ["digest", "checksum", "sha256mismatch"];
    let named = format!("{code} {message}").to_lowercase();
    if status == 400 && digest.iter().any(|word| named.contains(word)) {
        return match exposed {
            true => Finding::good(
                "storage",
                format!("{host} takes uploads, and refuses damaged ones"),
            ),
            false => Finding::bad(
                "storage_headers",
                format!("{host} takes uploads, but hides the headers of its answers"),
                "expose ETag, x-amz-checksum-crc64nvme and x-amz-request-id in the bucket's CORS rule",
            ),
        };
    }
    match (status, code) {
        (200..=299, _) => Finding::bad(
            "storage_unverified",
            format!(
                "{host} has stored bytes with a checksum that is not theirs: it does not check CRC64NVME"
            ),
            "nothing proves uploads there: `verified` is false; the object crowfly-doctor.txt may be deleted",
        ),
        (301 | 307 | 308, _) | (400, "AuthorizationHeaderMalformed") => Finding::bad(
            "storage_region",
            format!("{host} sends to another region (status {status})"),
            "sign for the bucket's own region",
        ),
        (403, "RequestTimeTooSkewed") => clock(host),
        (_, _) if named.contains("expired") || named.contains("too old") => clock(host),
        (403, "SignatureDoesNotMatch") => Finding::bad(
            "storage_signature",
            format!("{host} does not accept the signature"),
            "sign exactly the headers that the grant names, with the right secret key",
        ),
        (403, _) => Finding::bad(
            "storage_rights",
            format!("{host} refuses the signer: {code}"),
            "give the signer s3:PutObject on the key, and look for a bucket policy that denies it",
        ),
        (404, _) => Finding::bad(
            "storage_bucket",
            format!("there is no such bucket at {host}"),
            "correct the bucket's name",
        ),
        (413, _) => too_large(host),
        (500.., _) => Finding::bad(
            "storage_failing",
            format!("{host} fails with status {status} {code}"),
            "try again later",
        ),
        _ => Finding::bad(
            "storage_refused",
            format!("{host} refuses a PUT with status {status} {code}: {message}"),
            "compare the signer with docs/SDK.md",
        ),
    }
}

/// Judges the same probe with a body of this many bytes, after the small one came through.
#[must_use]
pub fn judge_large(host: &str, bytes: u64, reach: &Reach) -> Finding {
    match reach {
        Reach::Answered { status, .. } if *status != 413 => Finding::good(
            "body_limit",
            format!("a request of {bytes} bytes reaches {host}"),
        ),
        _ => too_large(host),
    }
}

fn too_large(host: &str) -> Finding {
    Finding::bad(
        "body_limit",
        format!("a small request reaches {host}, a large one does not"),
        "raise the limit for bodies of the proxy in between (of nginx: client_max_body_size), or let uploads pass it by",
    )
}

fn clock(host: &str) -> Finding {
    Finding::bad(
        "server_clock",
        format!("to {host} the URL is not valid at this time"),
        "set the clock of the signing server by NTP; or its URLs live too short",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: u16, code: &str, message: &str, expected: bool) -> &'static str {
        let (code, message) = (code.to_owned(), message.to_owned());
        let reach = Reach::Answered {
            status,
            code,
            message,
            expected,
        };
        judge_storage("bucket.test", "https://app.test", &reach).code
    }

    #[test]
    fn the_refusal_of_a_wrong_checksum_is_what_must_come() {
        for name in ["BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch"] {
            assert_eq!(code(400, name, "", true), "storage");
            assert_eq!(code(400, name, "", false), "storage_headers");
        }
        assert_eq!(
            code(
                400,
                "InvalidRequest",
                "Value for x-amz-checksum-crc64nvme is invalid",
                true
            ),
            "storage"
        );
        assert_eq!(code(200, "", "", true), "storage_unverified");
    }

    #[test]
    fn each_refusal_of_storage_has_its_cause() {
        assert_eq!(code(301, "PermanentRedirect", "", true), "storage_region");
        assert_eq!(
            code(400, "AuthorizationHeaderMalformed", "", true),
            "storage_region"
        );
        assert_eq!(code(403, "RequestTimeTooSkewed", "", true), "server_clock");
        assert_eq!(
            code(403, "AccessDenied", "Request has expired", true),
            "server_clock"
        );
        assert_eq!(
            code(400, "InvalidRequest", "Date is too old", true),
            "server_clock"
        );
        assert_eq!(
            code(403, "SignatureDoesNotMatch", "", true),
            "storage_signature"
        );
        assert_eq!(code(403, "AccessDenied", "", true), "storage_rights");
        assert_eq!(code(404, "NoSuchBucket", "", true), "storage_bucket");
        assert_eq!(code(413, "", "", false), "body_limit");
        assert_eq!(code(503, "SlowDown", "", true), "storage_failing");
        assert_eq!(code(400, "EntityTooSmall", "", true), "storage_refused");
    }

    #[test]
    fn a_limit_for_bodies_shows_in_the_large_probe_alone() {
        let answered = |status| Reach::Answered {
            status,
            code: "BadDigest".into(),
            message: String::new(),
            expected: true,
        };
        assert!(judge_large("bucket.test", 2, &answered(400)).ok);
        for reach in [answered(413), Reach::Hidden, Reach::Nothing] {
            assert_eq!(judge_large("bucket.test", 2, &reach).code, "body_limit");
            assert!(!judge_large("bucket.test", 2, &reach).ok);
        }
    }
}
