//! What a file's bytes say of its type, before it is sent and after.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/content.js":
    a_page_sent_as_a_video_is_warned_of_once_and_stored,
    the_same_is_seen_by_the_worker_in_parts_and_without_a_checksum,
    what_is_what_it_says_warns_of_nothing,
    u3_a_type_is_announced_by_its_standard_name,
    what_is_withheld_is_said_by_records_and_content,
);
