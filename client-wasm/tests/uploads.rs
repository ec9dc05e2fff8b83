//! Uploads as the page sees them.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/uploads.js":
    a_file_is_stored_and_processed,
    the_grant_is_sent_as_it_is,
    a_body_has_no_type_unless_the_grant_names_one,
    progress_is_lawful,
    an_empty_file_is_stored,
    abort_rejects_with_the_reason,
    abort_without_a_reason_is_an_abort_error,
    a_signal_that_has_fired_starts_nothing,
    a_signal_aborts_under_way,
    pause_and_resume,
    a_failed_upload_can_be_retried,
    a_handle_is_no_promise,
    a_rejection_that_nobody_awaits_is_quiet,
    a_foreign_rejection_of_fetch_is_a_network_error,
    metadata_and_options_reach_the_api,
    nothing_is_told_before_the_caller_has_the_handle,
    a_receipt_that_proves_the_object_saves_a_call,
    many_uploads_leave_the_page_its_turns,
    a_close_does_not_wait_for_its_turn,
    a_file_is_not_looked_at_before_its_turn,
    a_second_retry_in_a_busy_turn_changes_nothing,
    a_failed_upload_can_be_aborted,
    what_is_stored_or_aborted_is_let_go_of,
);
