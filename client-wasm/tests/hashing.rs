//! Checksums in the worker and in the page.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/hashing.js":
    the_worker_agrees_with_the_reference,
    the_page_agrees_with_the_reference,
    a_worker_that_fails_is_replaced_by_the_page,
    u18_the_warning_says_why_there_is_no_worker,
    a_worker_that_cannot_be_made_is_replaced_by_the_page,
    workers_end_with_the_client,
    a_file_that_cannot_be_read_is_typed,
    small_files_are_read_together,
    small_files_without_a_checksum_are_read_together_for_the_journal,
    one_unreadable_file_among_many_fails_alone,
    u7_a_read_of_many_that_hangs_holds_up_no_file,
    a_page_that_can_read_nothing_blames_no_file,
    a_lost_request_in_a_page_that_can_read_nothing_blames_no_file,
    a_worker_may_answer_while_it_is_being_posted_to,
    a_worker_may_fail_while_a_job_is_cancelled,
);
