//! A part: a range of the file that is hashed and sent by itself. A file that goes in one PUT has one.

use std::ops::Range;
use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, Grant};

use crate::Millis;
use crate::job::Step;
use crate::retry::Tries;

/// Leave to send, and for how long.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) grant: Rc<Grant>,
    until: Millis,
}

impl Lease {
    /// The grant's life counts from when it was `asked` for, as when it was signed is not known. Of it,
    /// `margin_ms` are left unused, but never more than half; one that was long on its way has a moment left.
    pub(crate) fn new(grant: Grant, asked: Millis, now: Millis, margin_ms: u64) -> Self {
        let life = grant.expires_in_ms;
        let usable = life.saturating_sub(margin_ms).max(life / 2);
        Self {
            grant: Rc::new(grant),
            // A life too short to be true is not checked here: storage has the last word.
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
}

/// Whether storage may hold a part although no answer said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// It may not.
    #[default]
    None,
    /// A request that moved bytes was lost: storage has to be asked.
    Open,
    /// A list that was asked for later than that is under way.
    Asked,
}

#[derive(Debug)]
pub(crate) struct Part {
    /// As storage counts; `None` for the whole file in one PUT.
    pub(crate) number: Option<u32>,
    pub(crate) bytes: Range<u64>,
    pub(crate) step: Step,
    pub(crate) doubt: Doubt,
    /// Storage lists bytes with this checksum under the part's number.
    pub(crate) claimed: Option<Crc64Nvme>,
    /// The next request is a retry: it draws from the retry bucket.
    pub(crate) is_retry: bool,
    /// The checksum, once computed.
    pub(crate) crc: Option<Crc64Nvme>,
    /// The checksum before storage doubted it.
    pub(crate) earlier_crc: Option<Crc64Nvme>,
    pub(crate) lease: Option<Lease>,
    /// Bytes that the running job has hashed.
    pub(crate) hashed: u64,
    /// Bytes that the running request has sent.
    pub(crate) sent: u64,
    /// Storage acknowledged it.
    pub(crate) done: bool,
    pub(crate) hashing: Tries,
    pub(crate) sending: Tries,
    /// Refusals in a row that a new URL may cure.
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
            hashing: Tries::default(),
            sending: Tries::default(),
            refused: 0,
        }
    }

    // Never inlined: it has many callers, to each of which a call is less code.
    #[inline(never)]
    pub(crate) fn size(&self) -> u64 {
        self.bytes.end.saturating_sub(self.bytes.start)
    }

    /// A fresh budget, as after a retry by the user.
    pub(crate) fn forgive(&mut self) {
        self.lease = None;
        self.hashing = Tries::default();
        self.sending = Tries::default();
        self.refused = 0;
        self.is_retry = false;
    }

    /// Nothing of it is in storage.
    pub(crate) fn unsend(&mut self) {
        self.done = false;
        self.sent = 0;
        self.lease = None;
        self.claimed = None;
        self.doubt = Doubt::None;
    }
}
