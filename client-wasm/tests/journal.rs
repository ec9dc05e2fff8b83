//! Uploads that go on after the page that began them.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/journal.js":
    an_entry_is_written_before_the_create_call,
    f25_an_upload_goes_on_where_it_was,
    f26_another_file_is_refused_and_the_entry_kept,
    a_handle_needs_nothing,
    a_handle_is_an_upload_at_once,
    f26_a_handle_whose_file_changed_is_cancelled,
    a_refused_permission_is_typed,
    an_upload_can_be_discarded,
    a_cancel_is_carried_out_by_the_next_client,
    an_upload_that_ends_at_once_leaves_no_entry,
    entries_that_leave_together_take_no_other_with_them,
    old_entries_are_swept,
    nothing_is_noted_without_resume,
    a_handle_that_could_not_be_opened_can_be_tried_again,
    f29_two_clients_contend_for_one_entry,
);
