//! The access token: when the application is asked for one, and what it may answer.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/token.js":
    a_token_is_asked_for_once_and_kept,
    a_refused_token_is_asked_for_anew_once,
    a_token_function_that_throws_is_the_cause,
    h9_a_token_that_comes_after_its_time_disturbs_nothing,
    a_token_function_that_hangs_times_out,
    u15_a_token_may_come_with_its_scheme,
    a_read_renews_the_token_once_whenever_it_is_refused,
);
