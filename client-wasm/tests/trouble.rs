//! What a developer is told when something is set up wrongly.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/trouble.js":
    u1_a_page_without_progress_is_told_why,
    u7_a_file_of_a_window_that_is_gone_is_stored,
    u7_reads_that_never_end_hold_up_no_other_file,
    u8_an_api_that_never_answers_is_named_within_five_seconds,
    s6_storage_that_never_answers_is_named_within_five_seconds,
    u9_a_mistake_in_a_signer_ends_at_once_with_its_cause,
    u9_a_failure_of_a_signer_is_told_at_once_and_retried,
    u10_a_wrong_answer_ends_at_once_and_names_the_field,
    u10_headers_may_be_whatever_fetch_takes,
    s5_an_error_says_what_storage_said,
);
