use crowfly_contract::limits::MAX_FIRST_PARTS;

use crate::PathMeasure;

/// The engine's limits. All durations are milliseconds.
///
/// The defaults are documented product guarantees; tests and demanding applications may tighten them.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Maximum concurrent requests to one host of storage, over all uploads. Browsers open six connections per HTTP/1.1
    /// host. A queue starts with as many in all; where grants name more hosts, more are added while they bring bytes
    /// a second.
    pub window: usize,
    /// Maximum over all hosts.
    pub window_in_all: usize,
    /// Maximum concurrent API calls.
    pub api_window: usize,
    /// Maximum concurrent reads of records, in addition to the calls of uploads.
    pub read_window: usize,
    /// Maximum concurrent hashing jobs; eight of at most [`Config::ahead_bytes`] count as one.
    pub hash_window: usize,
    /// Uploads of any size that may be hashed and created ahead of sending.
    pub ahead_uploads: usize,
    /// Parts that may be hashed and signed ahead of sending.
    pub ahead_parts: usize,
    /// Uploads up to this many bytes count as small.
    pub ahead_bytes: u64,
    /// Small uploads that may be hashed and created ahead of sending, so that they share a create call.
    pub ahead_small: usize,
    /// First parts of a large file that a create call asks to have signed along. 0 if the server signs none; also set
    /// by the engine once a server has refused or ignored them.
    pub first_parts: usize,
    /// Whether that call asks for the part size that suits the path; set to false by the engine once a server has kept to
    /// its own. It is asked together with the first parts only.
    pub ask_part_size: bool,
    /// What is known of the path to storage at the start; the engine goes on from there.
    pub path: PathMeasure,
    /// How long that call waits, once the first part is hashed, for others that are being hashed: each of them that it
    /// names begins by a whole sign call earlier.
    pub first_parts_ms: u64,
    /// How long a create call that is not full waits for uploads that are being hashed.
    pub linger_ms: u64,
    /// The same while the network is busy, or too few uploads for a call of their own are ready.
    pub busy_linger_ms: u64,

    /// Every upload is completed by a call, whatever storage proves by itself and whatever the server asks for: an
    /// application's own backend must learn of each file.
    pub confirm: bool,

    /// Stall timeout: after this long without progress the request is cancelled and retried.
    pub stall_ms: u64,
    /// Response timeout after the last byte: this, plus twice the time that [`Config::answer_bytes`] need at the
    /// measured rate; for a body too small to have a rate, or sent in one burst, plus twice the time it took.
    pub answer_ms: u64,
    /// See [`Config::answer_ms`].
    pub answer_bytes: u64,
    /// Where requests report no progress, one takes at most [`Config::answer_ms`] plus the time of its body at this
    /// many bytes per second: a second copy of a part that is still being sent would only make both slower.
    pub hidden_bytes_per_second: u64,
    /// Timeout of an API call.
    pub api_timeout_ms: u64,
    /// Timeout of a token request.
    pub token_timeout_ms: u64,
    /// Timeout of a hashing job without progress reports; the second one of a part fails its upload.
    pub hash_stall_ms: u64,
    /// A hashing job that is silent for this long no longer counts in [`Config::hash_window`]: reads of one file may
    /// hang, of a network drive for example, and must not hold up others.
    pub hash_hold_ms: u64,
    /// Timeout of a journal write; the upload then goes on without it.
    pub journal_ms: u64,
    /// A timer that fires this late means that the computer slept.
    pub sleep_ms: u64,
    /// A token with less remaining life than this is renewed before a call.
    pub token_margin_ms: u64,
    /// A grant with less remaining life than this is renewed before sending.
    pub grant_margin_ms: u64,

    /// Consecutive failed attempts at one step before an upload fails.
    pub attempts: u32,
    /// The same for attempts that found no network and moved no byte.
    pub network_attempts: u32,
    /// Consecutive failed token requests before the uploads that need one fail.
    pub token_attempts: u32,
    /// Upper bound of the first backoff; it doubles with each attempt, and the delay is uniform between zero and
    /// the bound (full jitter).
    /// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
    pub backoff_base_ms: u64,
    /// Maximum backoff bound.
    pub backoff_cap_ms: u64,
    /// Maximum pause between attempts to get a slot in the quota of open uploads, unless the server asks for a
    /// longer one. The first is at most [`Config::backoff_base_ms`]; they double.
    pub quota_cap_ms: u64,
    /// Maximum `Retry-After` that is honoured.
    pub retry_after_cap_ms: u64,
    /// Capacity of the retry token bucket. A retry costs [`Config::retry_cost`], a success refunds one, and
    /// [`Config::retry_refill_per_second`] are added over time; without enough tokens retries wait.
    pub retry_tokens: u64,
    /// See [`Config::retry_tokens`].
    pub retry_cost: u64,
    /// See [`Config::retry_tokens`].
    pub retry_refill_per_second: u64,
    /// A service that fails continuously for this long fails the uploads that need it. Known offline time does
    /// not count.
    pub outage_ms: u64,
    /// How long the server may throttle all calls before the uploads fail. Known offline time does not count,
    /// nor does waiting for a slot in the quota of open uploads.
    pub back_pressure_ms: u64,
    /// A service that has never answered, and does not within this time, is reported by
    /// [`Event::Silent`](crate::Event::Silent). Known offline time does not count.
    pub first_answer_ms: u64,
    /// While offline, one probe request is sent after this time, since `navigator.onLine` is not reliable. The
    /// interval doubles with each probe.
    /// <https://developer.mozilla.org/docs/Web/API/Navigator/onLine>
    pub offline_probe_ms: u64,
    /// Maximum interval between probes.
    pub offline_probe_cap_ms: u64,
    /// Failed attempts to cancel on the server before the upload is reported as aborted regardless.
    pub abort_attempts: u32,
    /// Failed attempts of one read of records before it fails; refused tokens are counted separately. Each attempt
    /// takes at most [`Config::api_timeout_ms`], and the backoffs between them add up to at most 3.5 s, unless the
    /// server asks for longer pauses.
    pub read_attempts: u32,
    /// Maximum time from an abort to its end.
    pub abort_ms: u64,

    /// Minimum interval between two progress events of one upload.
    pub frame_ms: u64,
    /// First interval of polling for processed records.
    pub poll_first_ms: u64,
    /// Maximum polling interval.
    pub poll_last_ms: u64,
    /// How long an upload is polled before `processing_timeout`.
    pub processing_ms: u64,
}

impl Config {
    /// Stall timeout after steps of progress this far apart: twice the gap, but at most twice
    /// [`Config::answer_ms`]; otherwise ever slower steps could extend it to hours.
    pub(crate) fn stall_patience(&self, slowest_step_ms: u64) -> u64 {
        let step = slowest_step_ms.min(self.answer_ms);
        self.stall_ms.max(step.saturating_add(step))
    }

    /// How long a request that reports no progress may take.
    pub(crate) fn hidden_patience(&self, bytes: u64) -> u64 {
        let seconds = bytes.div_ceil(self.hidden_bytes_per_second.max(1));
        self.answer_ms.saturating_add(seconds.saturating_mul(1000))
    }
}

impl Config {
    /// The limits of production. A constant is copied into the WebAssembly module as a whole, not set field by field.
    pub const DEFAULT: Self = Self {
        window: 6,
        window_in_all: usize::MAX,
        api_window: 6,
        read_window: 4,
        hash_window: 4,
        ahead_uploads: 8,
        ahead_parts: 6,
        ahead_bytes: 256 * 1024,
        ahead_small: 200,
        first_parts: MAX_FIRST_PARTS,
        ask_part_size: true,
        path: PathMeasure {
            byte_ms: 0.0,
            overhead_ms: 0.0,
            faults: 0.0,
        },
        first_parts_ms: 50,
        linger_ms: 10,
        busy_linger_ms: 5_000,
        confirm: false,
        stall_ms: 10_000,
        answer_ms: 30_000,
        answer_bytes: 4 * 1024 * 1024,
        hidden_bytes_per_second: 16 * 1024,
        api_timeout_ms: 30_000,
        token_timeout_ms: 30_000,
        hash_stall_ms: 30_000,
        hash_hold_ms: 5_000,
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
        first_answer_ms: 4_000,
        offline_probe_ms: 15_000,
        offline_probe_cap_ms: 120_000,
        abort_attempts: 4,
        read_attempts: 4,
        abort_ms: 20_000,
        frame_ms: 16,
        poll_first_ms: 250,
        poll_last_ms: 2_000,
        processing_ms: 60_000,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}
