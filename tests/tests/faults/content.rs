//! Files whose first bytes are sniffed before they are sent.

use e2e::api::crc64nvme;
use e2e::files::{MIB, page_content};
use serde_json::json;

use crate::case::Case;
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Together:
    a30_a_page_that_is_called_a_video_is_warned_of_once_and_stored,
];

const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
/// The start of an EBML document: <https://www.rfc-editor.org/rfc/rfc8794#section-8.1>.
const WEBM: &[u8] = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81";

/// Hashed on the page, hashed in its worker, and sent in parts.
const SIZES: [usize; 3] = [10_000, 3 * MIB, 20 * MIB];

fn a30_a_page_that_is_called_a_video_is_warned_of_once_and_stored(world: &World) -> Seen {
    for (head, warnings) in [(HTML, &["type_mismatch"][..]), (WEBM, &[])] {
        for size in SIZES {
            let case = Case::new(world, size as u64);
            // The first PUT is lost, so the file is read and sent twice.
            case.rule(
                json!({"method": "PUT"}),
                json!({"kind": "reset", "at": "half"}),
            );
            case.begin_file(json!({
                "name": "clip.webm", "type": "video/webm", "seed": case.seed, "size": size, "head": head,
            }));
            let outcome = case.end();
            let mut bytes = page_content(case.seed, size);
            bytes[..head.len()].copy_from_slice(head);
            outcome.assert_stored(&crc64nvme(&bytes).to_string());
            assert_eq!(outcome.warnings, warnings, "{size} bytes");
        }
    }
    format!("files of {SIZES:?} bytes; a right one is not warned of")
}
