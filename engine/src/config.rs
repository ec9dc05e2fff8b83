/// The engine's limits. All durations are milliseconds.
///
/// The defaults are the product's promises; tests and demanding applications may tighten them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Most requests to storage at a time, over all uploads. Browsers open six connections to a host.
    pub window: usize,
    /// Most calls to the API at a time.
    pub api_window: usize,
    /// Most reads of records at a time, beside the calls of uploads.
    pub read_window: usize,
    /// Most hashing jobs at a time.
    pub hash_window: usize,
    /// Uploads of any size that may be hashed and created ahead of sending.
    pub ahead_uploads: usize,
    /// Parts that may be hashed and signed ahead of sending.
    pub ahead_parts: usize,
    /// Uploads up to this many bytes are small.
    pub ahead_bytes: u64,
    /// Small uploads that may be hashed and created ahead of sending: so many share a create call.
    pub ahead_small: usize,
    /// How long a create call that is not full waits for uploads that are being hashed.
    pub linger_ms: u64,
    /// The same while there is enough to send, or too few for a call of their own are ready.
    pub busy_linger_ms: u64,

    /// No progress byte for this long: the request is cancelled and tried again.
    pub stall_ms: u64,
    /// After the last byte, the wait for the answer: this, and twice the time that the measured rate
    /// needs for [`Config::answer_bytes`]; where the body is too small to have a rate, or all of it went at once,
    /// twice the time that it took itself.
    pub answer_ms: u64,
    /// See [`Config::answer_ms`].
    pub answer_bytes: u64,
    /// An API call without an answer for this long has failed.
    pub api_timeout_ms: u64,
    /// A token request without an answer for this long has failed.
    pub token_timeout_ms: u64,
    /// A hashing job that reports nothing for this long has failed.
    pub hash_stall_ms: u64,
    /// An entry into the journal that is not confirmed after this long is not waited for.
    pub journal_ms: u64,
    /// A timer that is so late means that the computer slept.
    pub sleep_ms: u64,
    /// A token with less life than this is asked for anew before a call.
    pub token_margin_ms: u64,
    /// A grant with less life than this is signed anew before sending.
    pub grant_margin_ms: u64,

    /// Failed attempts in a row at one step before an upload fails.
    pub attempts: u32,
    /// The same for attempts that found no network at all, and so moved no byte.
    pub network_attempts: u32,
    /// Failed token requests in a row before the uploads that wait for one fail.
    pub token_attempts: u32,
    /// Upper bound of the first back-off; it doubles with each attempt, and the delay is drawn evenly
    /// from zero to the bound.
    pub backoff_base_ms: u64,
    /// Largest upper bound of a back-off.
    pub backoff_cap_ms: u64,
    /// Longest pause before the quota of open uploads is asked for a place again, unless the server says
    /// a longer one. The first is one [`Config::backoff_base_ms`] at most; they double.
    pub quota_cap_ms: u64,
    /// Longest `Retry-After` that is honoured.
    pub retry_after_cap_ms: u64,
    /// Tokens in the full retry bucket. A retry takes [`Config::retry_cost`], a success gives back one,
    /// and time gives [`Config::retry_refill_per_second`]; without enough tokens retries wait.
    pub retry_tokens: u64,
    /// See [`Config::retry_tokens`].
    pub retry_cost: u64,
    /// See [`Config::retry_tokens`].
    pub retry_refill_per_second: u64,
    /// A service that only fails for this long makes the uploads that need it fail. Time that is known
    /// to be spent offline does not count.
    pub outage_ms: u64,
    /// How long the server may hold all calls off because they come too fast, before the uploads fail.
    /// Known offline time does not count, nor does the wait for a place in the quota of open uploads.
    pub back_pressure_ms: u64,
    /// While offline, one request is tried after this time: the browser's word alone is not trusted. The
    /// time doubles with each try.
    pub offline_probe_ms: u64,
    /// Longest time between two such requests.
    pub offline_probe_cap_ms: u64,
    /// Failed attempts at cancelling on the server before the upload ends as aborted all the same.
    pub abort_attempts: u32,
    /// Attempts at one read of records that may fail, for any reason but a refused token, before the read fails. Each
    /// takes [`Config::api_timeout_ms`] at most, and the back-off between them comes to 3.5 s at most, unless the
    /// server asks for longer pauses.
    pub read_attempts: u32,
    /// Longest time from an abort to its end.
    pub abort_ms: u64,

    /// Shortest time between two progress events of one upload.
    pub frame_ms: u64,
    /// First interval of asking whether uploads are processed.
    pub poll_first_ms: u64,
    /// Longest interval of asking.
    pub poll_last_ms: u64,
    /// How long an upload is asked for before `processing_timeout`.
    pub processing_ms: u64,
}

impl Config {
    /// How long no byte may move, where steps of progress have been so far apart: twice that, but never longer
    /// than twice [`Config::answer_ms`], or steps that grow ever slower would earn hours.
    pub(crate) fn stall_patience(&self, slowest_step_ms: u64) -> u64 {
        let step = slowest_step_ms.min(self.answer_ms);
        self.stall_ms.max(step.saturating_add(step))
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            window: 6,
            api_window: 6,
            read_window: 4,
            hash_window: 4,
            ahead_uploads: 8,
            ahead_parts: 6,
            ahead_bytes: 256 * 1024,
            ahead_small: 200,
            linger_ms: 10,
            busy_linger_ms: 5_000,
            stall_ms: 10_000,
            answer_ms: 30_000,
            answer_bytes: 4 * 1024 * 1024,
            api_timeout_ms: 30_000,
            token_timeout_ms: 30_000,
            hash_stall_ms: 60_000,
            journal_ms: 3_000,
            sleep_ms: 30_000,
            token_margin_ms: 10_000,
            grant_margin_ms: 5_000,
            attempts: 8,
            network_attempts: 24,
            token_attempts: 3,
            backoff_base_ms: 500,
            backoff_cap_ms: 20_000,
            quota_cap_ms: 30_000,
            retry_after_cap_ms: 60_000,
            retry_tokens: 500,
            retry_cost: 5,
            retry_refill_per_second: 5,
            outage_ms: 180_000,
            back_pressure_ms: 600_000,
            offline_probe_ms: 15_000,
            offline_probe_cap_ms: 120_000,
            abort_attempts: 4,
            read_attempts: 4,
            abort_ms: 20_000,
            frame_ms: 16,
            poll_first_ms: 250,
            poll_last_ms: 2_000,
            processing_ms: 60_000,
        }
    }
}
