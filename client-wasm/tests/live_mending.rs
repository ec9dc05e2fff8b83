//! Recordings that get their duration, and what happens to spools around a recording.
#![cfg(all(target_arch = "wasm32", feature = "live"))]

use wasm_bindgen::prelude::wasm_bindgen;

#[macro_use]
mod support;

/// Named here, so that the script is beside the cases, which load it when the page is there.
#[wasm_bindgen(module = "/tests/cases/live.js")]
extern "C" {
    type Helpers;
}

cases!("/tests/cases/live_mending.js":
    a_recording_gets_its_duration,
    the_first_part_is_sent_once_more_if_it_has_gone,
    what_a_limit_cuts_off_does_not_count,
    a_later_page_mends_what_was_recorded,
    what_is_no_webm_stays_as_it_is,
    what_memory_has_given_away_is_not_mended,
    a_head_that_cannot_be_read_stays_as_it_is,
    a_spool_that_cannot_be_read_back_ends_the_upload,
    a_recorder_that_runs_loses_nothing_while_scripts_load,
    spools_that_nobody_wrote_to_for_a_week_are_swept,
);
