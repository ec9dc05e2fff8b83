//! What people record with, and the trouble that it makes.
#![cfg(all(target_arch = "wasm32", feature = "live"))]

#[macro_use]
mod support;

cases!("/tests/cases/live_sources.js":
    what_is_no_piece_is_never_sent_as_its_text,
    what_a_recorder_gives_at_once_is_not_lost,
    a_recorder_that_is_stopped_at_once_is_not_started_again,
    a_recorder_in_small_slices_gives_all_its_pieces,
    a_recorder_that_falls_silent_is_asked,
    a_recorder_of_mp4_is_sent_as_it_is,
    a_recorder_whose_tracks_end_ends_the_upload,
    a_recorder_that_was_paused_for_long_goes_on,
    a_recorder_that_cannot_start_fails_its_upload,
    a_stream_that_another_reads_fails_its_upload,
    what_was_given_by_the_end_is_the_whole,
    what_a_limit_cuts_off_is_told_although_the_source_has_ended,
    a_recorder_without_a_type_tells_it_when_it_begins,
    a_recorder_of_a_library_needs_no_request_data,
    a_recorder_that_ends_before_its_first_piece_is_stored,
    a_recorder_whose_tracks_change_keeps_what_it_gave,
    empty_pieces_are_nothing,
);

/// Named here, so that the script is beside the cases, which import it when the page is there: see `support`.
#[wasm_bindgen(module = "/tests/cases/live.js")]
extern "C" {
    type Recordings;
}
