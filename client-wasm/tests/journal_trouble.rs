//! A journal that cannot be used as it should: refused, lost, or without locks.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/journal_trouble.js":
    a_closed_client_warns_nobody,
    f28_storage_that_is_refused_is_a_warning,
    without_locks_a_stamp_decides,
    h5_damaged_entries_harm_no_other,
    h4_an_entry_that_is_damaged_meanwhile_ends_in_a_typed_error,
    f28_a_lost_connection_to_the_journal_is_opened_again,
    f28_an_entry_that_cannot_be_stored_takes_no_other_with_it,
    without_locks_a_page_that_is_left_says_so,
);
