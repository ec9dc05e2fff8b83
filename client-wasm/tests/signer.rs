//! The application's own backend instead of the API.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/signer.js":
    a_signer_takes_the_place_of_the_api,
    s1_a_store_that_states_no_checksum_proves_nothing,
    s1_a_store_that_states_our_checksum_has_proved_the_bytes,
    u11_a_signers_key_is_any_text_of_1_to_1024_bytes,
    u13_a_signer_gets_plain_objects,
    an_exception_with_a_status_is_heeded,
    an_exception_without_one_is_a_lost_connection,
    a_signer_is_told_when_nobody_waits,
    a_signer_has_no_records,
    wrong_signers_are_named,
);
