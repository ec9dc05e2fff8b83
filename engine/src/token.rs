//! The gate that API calls pass: one token for all, asked for once. The token itself stays with the
//! adapter; here is only what is known about it.

use crate::{Config, Millis, TokenLife, TokenReason};

#[derive(Debug)]
pub(crate) struct TokenGate {
    state: State,
    /// Why the next one is needed.
    reason: TokenReason,
    /// Counts tokens, so that a refusal of an old one does not discard a new one.
    generation: u32,
    /// Failed requests in a row.
    failures: u32,
    /// Calls without any answer since the last one with an answer.
    unanswered: u32,
    /// The next one is asked for on suspicion only: the API has not refused the last.
    suspected: bool,
}

/// So many calls without an answer may as well be refusals that the page cannot read: a gateway's 401 without
/// CORS headers looks like a lost connection.
const SUSPICIOUS: u32 = 2;

#[derive(Debug)]
enum State {
    Missing {
        ask_at: Millis,
    },
    Asking,
    Held {
        ends: Option<Millis>,
        /// Fetched because the API refused the one before.
        replaced: bool,
        /// The API has accepted it, so a refusal means that it has ended.
        accepted: bool,
        used: bool,
    },
}

/// Whether a call may go to the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Nothing; the call belongs to this generation.
    Open(u32),
    /// A token must be asked for.
    Ask(TokenReason),
    /// A token is on its way.
    Asked,
    /// It is too early to ask again.
    Later(Millis),
}

impl TokenGate {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Missing { ask_at: Millis(0) },
            reason: TokenReason::Initial,
            generation: 0,
            failures: 0,
            unanswered: 0,
            suspected: false,
        }
    }

    pub(crate) fn gate(&mut self, now: Millis, config: &Config) -> Gate {
        match &mut self.state {
            State::Asking => Gate::Asked,
            State::Missing { ask_at } if now < *ask_at => Gate::Later(*ask_at),
            State::Missing { .. } => Gate::Ask(self.reason),
            // A token is used at least once, however short its life.
            State::Held {
                ends: Some(ends),
                used: true,
                ..
            } if now.after(config.token_margin_ms) >= *ends => {
                self.reason = TokenReason::Expiring;
                self.state = State::Missing { ask_at: now };
                Gate::Ask(self.reason)
            }
            State::Held { used, .. } => {
                *used = true;
                Gate::Open(self.generation)
            }
        }
    }

    pub(crate) fn asking(&mut self) {
        self.state = State::Asking;
    }

    pub(crate) fn got(&mut self, now: Millis, life: TokenLife) {
        self.failures = 0;
        self.generation = self.generation.wrapping_add(1);
        self.state = State::Held {
            ends: life.expires_in_ms.map(|millis| now.after(millis)),
            replaced: self.reason == TokenReason::Unauthorized && !self.suspected,
            accepted: false,
            used: false,
        };
    }

    /// The application gave none. Returns the failures in a row.
    pub(crate) fn missed(&mut self, ask_at: Millis, counts: bool) -> u32 {
        self.state = State::Missing { ask_at };
        if counts {
            self.failures = self.failures.wrapping_add(1);
        }
        self.failures
    }

    /// How often it failed so far.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Starts counting again, after those who waited have failed.
    pub(crate) fn forgive(&mut self) {
        self.failures = 0;
    }

    /// A call with a token of this generation got no answer. Asks for another token once; when that changes
    /// nothing, it was the network.
    pub(crate) fn lost(&mut self, now: Millis, of: u32) {
        if of != self.generation || !matches!(self.state, State::Held { .. }) {
            return;
        }
        self.unanswered = self.unanswered.wrapping_add(1);
        if self.unanswered == SUSPICIOUS {
            self.reason = TokenReason::Unauthorized;
            self.suspected = true;
            self.state = State::Missing { ask_at: now };
        }
    }

    /// The API took a token of this generation.
    pub(crate) fn accepted(&mut self, of: u32) {
        self.unanswered = 0;
        if let State::Held { accepted, .. } = &mut self.state
            && of == self.generation
        {
            *accepted = true;
        }
    }

    /// The API refused a token of this generation. True if it was fresh, so that asking again is useless.
    pub(crate) fn refused(&mut self, now: Millis, of: u32) -> bool {
        let State::Held {
            replaced, accepted, ..
        } = self.state
        else {
            return false;
        };
        if of != self.generation {
            return false;
        }
        self.reason = TokenReason::Unauthorized;
        self.suspected = false;
        self.state = State::Missing { ask_at: now };
        replaced && !accepted
    }
}
