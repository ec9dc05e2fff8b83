//! Conversations with hostile signers, APIs and stores. `cargo xtask soak` has thousands of them.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

/// Their number and the seed, which a failure prints.
const COUNT: Option<&str> = option_env!("CROWFLY_CONVERSATIONS");
const SEED: Option<&str> = option_env!("CROWFLY_SEED");
const CODES: &str = include_str!("../../contract/tests/golden/error_codes.json");

#[wasm_bindgen(module = "/tests/support/world.js")]
extern "C" {
    /// Tells the cases what they need.
    fn prepare(count: u32, seed: u32, codes: &str);
}

// Named here, so that the script is beside the others.
#[wasm_bindgen(module = "/tests/support/hostile.js")]
extern "C" {
    type Conversation;
}

fn prepared() {
    let number = |text: Option<&str>, otherwise| {
        let given = text.and_then(|text| text.parse().ok());
        given.unwrap_or(otherwise)
    };
    prepare(number(COUNT, 200), number(SEED, 1), CODES);
}

cases!("/tests/cases/hostile.js", prepared:
    h9_h10_h12_every_conversation_ends_in_a_result_or_a_typed_error,
    h4_an_answer_that_is_dropped_is_noticed,
    h10_a_text_that_is_too_long_is_noticed,
);
