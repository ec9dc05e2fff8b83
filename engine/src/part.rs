//! A part: a range of the file that is hashed and sent independently. A single-PUT file has one.

use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, Grant, PartToSign};

use crate::job::Step;
use crate::retry::Tries;
use crate::{LIVE, Millis};

/// A grant and its expiry.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) grant: Rc<Grant>,
    /// See [`host`].
    pub(crate) host: u32,
    until: Millis,
}

impl Lease {
    /// The grant's life counts from when it was requested (`asked`), since its signing time is unknown.
    /// `margin_ms` of it are left unused, but at most half; a grant that arrived late remains usable for a moment.
    fn new(grant: Grant, asked: Millis, now: Millis, margin_ms: u64) -> Self {
        let life = grant.expires_in_ms;
        let usable = life.saturating_sub(margin_ms).max(life / 2);
        Self {
            host: host(&grant.url),
            grant: Rc::new(grant),
            // An implausibly short life is not rejected here: storage decides.
            until: if usable < 1000 {
                Millis::NEVER
            } else {
                asked.after(usable).max(now.after(life / 8))
            },
        }
    }

    pub(crate) fn expired(&self, now: Millis) -> bool {
        now >= self.until
    }

    /// Has it name another host than this one, if it can.
    pub(crate) fn avoid(&mut self, avoided: u32) {
        if self.host == avoided
            && let Some(grant) = Rc::get_mut(&mut self.grant)
            && let Some(other) = &mut grant.other_url
        {
            std::mem::swap(&mut grant.url, other);
            self.host = host(&grant.url);
        }
    }
}

/// Scheme and host of a URL as a number. Two hosts that shared one would share a window, and nothing else (FNV-1a,
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>).
fn host(url: &str) -> u32 {
    let (mut hash, mut slashes) = (0x811c_9dc5_u32, 0_u32);
    for byte in url.bytes() {
        slashes = slashes.wrapping_add(u32::from(byte == b'/'));
        if slashes == 3 {
            break;
        }
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

/// Whether storage may hold a part that was not acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// It does not.
    #[default]
    None,
    /// A request that moved bytes was lost: the list of stored parts is needed.
    Open,
    /// A list requested after that is in flight.
    Asked,
}

#[derive(Debug)]
pub(crate) struct Part {
    /// S3's part number; `None` for a single PUT.
    pub(crate) number: Option<u32>,
    pub(crate) bytes: Range<u64>,
    pub(crate) step: Step,
    pub(crate) doubt: Doubt,
    /// Storage lists a part of this number with this checksum.
    pub(crate) claimed: Option<Crc64Nvme>,
    /// The next request is a retry: it draws from the retry bucket.
    pub(crate) is_retry: bool,
    /// The checksum, once computed.
    pub(crate) crc: Option<Crc64Nvme>,
    /// The checksum before storage reported a mismatch.
    pub(crate) earlier_crc: Option<Crc64Nvme>,
    pub(crate) lease: Option<Lease>,
    /// Bytes hashed by the running job.
    pub(crate) hashed: u64,
    /// Bytes sent by the running request.
    pub(crate) sent: u64,
    /// Storage acknowledged it.
    pub(crate) done: bool,
    /// The spool has other bytes of it than those that are being sent.
    pub(crate) stale: bool,
    /// The rest of a live upload: its size does not follow from its number.
    pub(crate) is_rest: bool,
    pub(crate) hashing: Tries,
    pub(crate) sending: Tries,
    /// Consecutive refusals that a new URL may fix.
    pub(crate) refused: u32,
}

impl Part {
    pub(crate) fn whole(size: u64) -> Self {
        Self::new(None, 0..size)
    }

    pub(crate) fn new(number: Option<u32>, bytes: Range<u64>) -> Self {
        Self {
            number,
            bytes,
            step: Step::Idle,
            doubt: Doubt::None,
            claimed: None,
            is_retry: false,
            crc: None,
            earlier_crc: None,
            lease: None,
            hashed: 0,
            sent: 0,
            done: false,
            stale: false,
            is_rest: false,
            hashing: Tries::default(),
            sending: Tries::default(),
            refused: 0,
        }
    }

    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn size(&self) -> u64 {
        self.bytes.end.saturating_sub(self.bytes.start)
    }

    /// What a server is asked to sign.
    pub(crate) fn to_sign(&self) -> PartToSign {
        PartToSign {
            number: self.number.unwrap_or_default(),
            crc64nvme: self.crc,
            size: (LIVE && self.is_rest).then(|| self.size()),
        }
    }

    /// Takes a grant that was requested at `asked`.
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn take(&mut self, grant: Grant, asked: Millis, now: Millis, margin_ms: u64) {
        self.lease = Some(Lease::new(grant, asked, now, margin_ms));
    }

    /// A fresh budget, as after a retry by the user.
    pub(crate) fn forgive(&mut self) {
        self.lease = None;
        self.hashing = Tries::default();
        self.sending = Tries::default();
        self.refused = 0;
        self.is_retry = false;
    }

    /// Storage holds none of it.
    pub(crate) fn unsend(&mut self) {
        self.done = false;
        self.sent = 0;
        self.lease = None;
        self.claimed = None;
        self.doubt = Doubt::None;
    }
}
