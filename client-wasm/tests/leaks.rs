//! What a client opens, it closes: listeners, timers, workers, and the values of JavaScript that the module holds.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/leaks.js":
    a_thousand_uploads_leave_nothing_open,
    an_upload_goes_on_when_nobody_holds_its_client,
);
