//! Uploads of recordings and streams, which are sent while they grow.
#![cfg(all(target_arch = "wasm32", feature = "live"))]

#[macro_use]
mod support;

cases!("/tests/cases/live.js":
    a_stream_is_sent_while_it_grows,
    every_kind_of_piece_is_taken,
    a_recorder_is_started_and_stopped,
    a_recorder_that_runs_is_asked_for_its_pieces,
    a_recorder_that_the_page_has_paused_stays_so,
    finish_ends_a_source_that_does_not,
    a_later_page_goes_on_with_what_was_recorded,
    what_is_discarded_or_stored_leaves_no_spool,
    a_source_that_fails_keeps_what_it_gave,
    a_source_that_fails_may_end_the_upload,
    without_a_worker_memory_holds_what_storage_lacks,
    a_stream_waits_for_room_in_memory,
    a_disk_that_fills_loses_nothing,
    a_worker_that_breaks_loses_nothing,
    a_limit_ends_the_recording,
    a_pause_stops_sending_alone,
    what_is_no_source_is_refused,
);
