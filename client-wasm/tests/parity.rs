//! What the client without a network (`crowfly/testing`) must do alike.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/parity.js":
    client_and_upload_have_the_declared_members,
    states_come_in_this_order,
    a_snapshot_is_frozen_and_the_same_until_a_change,
    listeners_are_told_after_changes_until_they_leave,
    pause_and_resume,
    an_abort_rejects_with_its_reason_or_an_abort_error,
    a_signal_aborts,
    a_failure_is_typed_and_can_be_retried,
    all_uploads_are_kept_up_at_once,
    failed_uploads_are_retried_aborted_and_forgotten,
    events_and_what_the_snapshot_shows_have_the_same_fields,
    a_stored_file_is_deleted_and_its_upload_keeps_its_state,
    a_folder_is_in_snapshot_and_record,
    close_ends_what_is_active_with_closed,
    wrong_arguments_are_named,
);
