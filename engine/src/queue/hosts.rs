//! Several host names of one storage: which ready request goes next, and which host is avoided.
//!
//! A browser opens six connections to each host name over HTTP/1.1, so each has a window of its own. A host to which no
//! byte gets through (its name is blocked by the page's policy or a firewall, or does not resolve) is avoided for a
//! while where a grant has another URL; a grant with one host only is retried there.

use super::Queue;
use super::live::{Flight, Live};
use crate::job::Place;
use crate::part::Lease;
use crate::{Event, Millis};

/// How long a host is avoided, in milliseconds.
const AVOID_MS: u64 = 60_000;

/// What is known of the host names.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    /// The host that could not be reached, and until when it is avoided.
    avoided: u32,
    avoided_until: Millis,
    /// A lease of one that has never taken a byte, until it is reported.
    silent: Option<Lease>,
    /// Those that have taken a byte, or were reported.
    known: Vec<u32>,
}

impl Hosts {
    fn is_new(&self, host: u32) -> bool {
        self.known.iter().all(|known| *known != host)
    }

    /// Returns whether it is new.
    fn learn(&mut self, host: u32) -> bool {
        let new = self.is_new(host);
        if new {
            self.known.push(host);
        }
        new
    }
}

impl Queue {
    /// The first ready request to a host with a free connection.
    pub(super) fn next_to_send(&mut self) -> Option<Place> {
        let avoids = self.now < self.hosts.avoided_until;
        let mut full = 0;
        for place in self.lanes.send.all() {
            let part = place.job.work.part();
            let upload = self.uploads.get_mut(place.job.id);
            let part = upload.and_then(|upload| upload.part_mut(part.unwrap_or_default()));
            let Some(lease) = part.and_then(|part| part.lease.as_mut()) else {
                return Some(*place);
            };
            if avoids {
                lease.avoid(self.hosts.avoided);
            }
            if lease.host != full {
                full = lease.host;
                let mut free = self.window.of_host();
                for live in &self.live {
                    free = free.saturating_sub(usize::from(live.host == full));
                }
                if free > 0 {
                    return Some(*place);
                }
            }
        }
        None
    }

    /// Whether the window has room for a request, or more connections are worth a try. Only a second host has them.
    pub(super) fn may_send(&self) -> bool {
        let sends = self.counts.send;
        let more = self.window.is_ripe() && sends < self.window_of_known_hosts();
        sends < self.window.open() || more
    }

    /// Most requests to the hosts that have taken a byte.
    pub(super) fn window_of_known_hosts(&self) -> usize {
        let hosts = self.hosts.known.len().max(1);
        let most = self.window.of_host().saturating_mul(hosts);
        most.min(self.config.window_in_all)
    }

    /// The first progress of a request that was started at that moment. What is handed over at once fills buffers, and
    /// says nothing of the path.
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(super) fn host_reached(&mut self, host: u32, started: Millis) {
        self.window.began(self.now, started);
        if self.hosts.learn(host) {
            self.report_silent_host();
        }
    }

    /// A body was acknowledged. One that moved at once is measured as a whole.
    pub(super) fn host_answered(&mut self, live: &Live) {
        self.measure_path(live);
        if live.moved == 0 {
            self.host_reached(live.host, live.started);
        }
        if live.moved == live.first_moved {
            // It is not counted any more.
            let busy = self.counts.send.wrapping_add(1);
            let took = self.now.since(live.began);
            self.window.moved(self.now, busy, live.total, took);
        }
    }

    /// A request was lost before a byte of it moved.
    pub(super) fn host_lost(&mut self, lease: Lease) {
        if lease.grant.other_url.is_some() && !self.link.offline() {
            self.hosts.avoided = lease.host;
            self.hosts.avoided_until = self.now.after(AVOID_MS);
            if self.hosts.is_new(lease.host) {
                self.hosts.silent = Some(lease);
                self.report_silent_host();
            }
        }
    }

    /// Reports the host that was lost, once another is known to be in reach.
    fn report_silent_host(&mut self) {
        if !self.hosts.known.is_empty()
            && let Some(lease) = self.hosts.silent.take()
            && self.hosts.learn(lease.host)
        {
            let grant = lease.grant;
            self.emit(Event::HostSilent { grant });
        }
    }

    /// The host of a request that is about to be sent.
    pub(super) fn host_of(&self, flight: &Flight) -> u32 {
        let Flight::Send(job, index) = flight else {
            return 0;
        };
        let upload = self.uploads.get(job.id);
        let lease = upload.and_then(|upload| upload.part(*index)?.lease.as_ref());
        lease.map_or(0, |lease| lease.host)
    }
}
