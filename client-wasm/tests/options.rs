//! Wrong options: each gives the typed error that names it.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/options.js":
    wrong_client_options_are_named,
    wrong_upload_options_are_named,
    wrong_arguments_are_named,
    right_options_are_taken,
    u12_options_are_taken_as_fetch_and_blob_take_them,
    u15_an_address_in_a_wrong_form_is_refused_with_the_right_one,
    h8_only_this_machine_may_be_asked_by_http,
    an_error_is_a_real_error,
    a_getter_that_throws_is_no_option,
);
