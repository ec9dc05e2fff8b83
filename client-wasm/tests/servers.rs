//! Servers and stores that are not a stack of ours.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/servers.js":
    s3_an_api_is_told_of_a_proven_file_only_if_it_asks,
    s3_a_signer_is_told_once_of_every_file,
    s7_parts_of_a_silent_store_are_known_by_their_tags,
    s7_other_tags_or_none_are_sent_again,
    s7_a_store_that_states_checksums_is_asked_for_nothing_more,
    a_servers_state_goes_with_every_later_call,
    a_signer_gets_its_state_back,
    a_state_that_fits_no_header_is_a_wrong_answer,
    cookies_go_with_calls_of_the_api_where_the_application_says_so,
    an_ended_session_is_told_where_there_is_no_token,
    h10_a_server_that_keeps_no_records_says_so_once,
    h9_a_grant_that_cannot_be_sent_is_a_wrong_answer,
);
