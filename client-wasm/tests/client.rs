//! The client: its snapshot, listeners, reads and end.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/client.js":
    a_snapshot_stays_the_same_until_something_changes,
    listeners_hear_of_changes_until_they_leave,
    listeners_hear_of_many_changes_at_once,
    a_listener_that_throws_breaks_nothing,
    a_callback_may_do_anything,
    a_client_may_be_closed_from_any_of_its_callbacks,
    u18_a_page_that_has_replaced_basic_functions_gets_its_uploads,
    no_error_shows_a_token_or_a_query,
    records_are_read_by_page,
    a_read_is_tried_again_and_its_refusal_is_typed,
    a_delete_is_repeated_and_counts_by_its_status_alone,
    u15_no_error_is_without_a_message,
    close_leaves_nothing_open,
    nothing_starts_after_close,
);
