//! What applications and pages hand in by mistake: files that are none, handles that give none, altered prototypes.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/odd_values.js":
    h4_a_file_without_a_right_size_is_refused,
    h4_a_file_that_throws_is_refused,
    h4_a_file_that_fails_later_ends_in_a_typed_error,
    h4_options_that_throw_are_named,
    h4_what_acts_as_a_file_is_sent_as_one,
    h4_a_handle_that_gives_no_file_ends_in_a_typed_error,
    u14_p5_methods_work_without_their_object,
    u13_a_page_that_has_its_own_to_json_changes_nothing,
);
