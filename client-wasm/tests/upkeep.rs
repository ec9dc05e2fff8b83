//! Many uploads: totals, forgetting, requests for all, events and summaries.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/upkeep.js":
    p8_totals_sum_over_the_uploads_of_the_snapshot,
    p8_a_rate_of_all_gives_the_time_of_all,
    p8_what_has_ended_is_forgotten_and_what_is_active_is_not,
    p8_a_record_that_is_awaited_keeps_its_upload,
    p8_a_failed_upload_that_is_forgotten_is_released_on_the_server,
    p8_all_are_paused_resumed_retried_and_aborted,
    events_tell_what_happens_to_an_upload,
    events_tell_of_waits_and_failures,
    an_upload_that_goes_on_after_a_pause_is_resumed,
    an_upload_of_an_earlier_page_is_resumed_not_started,
    a_callback_of_events_may_throw_and_do_anything,
    calls_carry_a_traceparent_if_asked_to,
);
