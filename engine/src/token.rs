//! Token state shared by all API calls: one token, requested once. The adapter keeps the token itself; this module
//! knows only its state.

use crate::{Config, Millis, TokenLife, TokenReason};

#[derive(Debug)]
pub(crate) struct TokenGate {
    state: State,
    /// Why the next one is requested.
    reason: TokenReason,
    /// Token generation, so that refusal of an old token does not discard a new one.
    generation: u32,
    /// Consecutive failed requests.
    failures: u32,
    /// Consecutive calls without any answer.
    unanswered: u32,
    /// The next token is requested on suspicion: the API has not refused the last one.
    suspected: bool,
}

/// After this many unanswered calls, suspect unreadable refusals: a gateway's 401 without CORS headers looks
/// like a lost connection to the page. <https://fetch.spec.whatwg.org/#http-cors-protocol>
const SUSPICIOUS: u32 = 2;

#[derive(Debug)]
enum State {
    Missing {
        ask_at: Millis,
    },
    Asking,
    Held {
        ends: Option<Millis>,
        /// Requested because the API refused the previous one.
        replaced: bool,
        /// The API has accepted it, so a refusal means that it has expired.
        accepted: bool,
        used: bool,
    },
}

/// Whether an API call may go out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Yes; the call belongs to this generation.
    Open(u32),
    /// A token must be requested.
    Ask(TokenReason),
    /// A token request is in flight.
    Asked,
    /// Backoff after a failed token request.
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

    /// The application returned none. Returns the consecutive failures.
    pub(crate) fn missed(&mut self, ask_at: Millis, counts: bool) -> u32 {
        self.state = State::Missing { ask_at };
        if counts {
            self.failures = self.failures.wrapping_add(1);
        }
        self.failures
    }

    /// The failures so far.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Resets the count after the waiting uploads have failed.
    pub(crate) fn forgive(&mut self) {
        self.failures = 0;
    }

    /// A call with a token of this generation got no answer. Requests another token once; if that changes
    /// nothing, the network was at fault.
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

    /// The API accepted a token of this generation.
    pub(crate) fn accepted(&mut self, of: u32) {
        self.unanswered = 0;
        if let State::Held { accepted, .. } = &mut self.state
            && of == self.generation
        {
            *accepted = true;
        }
    }

    /// The API refused a token of this generation. True if the token was fresh, so another request is useless.
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
