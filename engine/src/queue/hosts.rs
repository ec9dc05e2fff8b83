//! Several host names of one storage: which ready request goes next, and which host is avoided.
//!
//! A browser opens six connections to each host name over HTTP/1.1, so each has a window of its own. A host to which no
//! byte gets through (its name is blocked by the page's policy or a firewall, or does not resolve) is avoided for a
//! while where a grant has another URL; a grant with one host only is retried there.

use super::Queue;
use super::live::{Flight, Live};
use crate::job::Place;
use crate::part::{Lease, origin};
use crate::{Event, Millis, RequestId};

/// How long a host is avoided, in milliseconds.
const AVOID_MS: u64 = 60_000;

/// What is known of the host names.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    /// The host that could not be reached, and until when it is avoided.
    avoided: Option<(u32, Millis)>,
    /// The name of one that was lost before it had taken any byte, until it is reported.
    silent: Option<String>,
    /// Those that have taken a byte.
    reached: Vec<u32>,
    /// A silent one was reported.
    reported: bool,
}

impl Queue {
    /// The first ready request to a host with a free connection.
    pub(super) fn next_to_send(&mut self) -> Option<Place> {
        let (now, most) = (self.now, self.window.of_host());
        let avoided = self.hosts.avoided.filter(|(_, until)| now < *until);
        let mut full = None;
        for place in self.lanes.send.all() {
            let part = place.job.work.part();
            let upload = self.uploads.get_mut(place.job.id);
            let part = upload.and_then(|upload| upload.part_mut(part.unwrap_or_default()));
            let Some(lease) = part.and_then(|part| part.lease.as_mut()) else {
                return Some(*place);
            };
            if let Some((host, _)) = avoided {
                lease.avoid(host);
            }
            let host = lease.host;
            if full == Some(host) {
                continue;
            }
            let there = |live: &&Live| live.host == host;
            if self.live.iter().filter(there).count() < most {
                return Some(*place);
            }
            full = Some(host);
        }
        None
    }

    /// Whether the window has room for a request, or one more connection is worth a try. Only a second host has one.
    pub(super) fn may_send(&self) -> bool {
        let sends = self.counts.send;
        let more = self.window.is_ripe() && self.hosts.reached.len() > 1;
        sends < self.window.open() || (more && sends < self.config.window_in_all)
    }

    /// A request moved that many bytes since its last report, or none were reported before. What is handed over at
    /// once fills buffers, and says nothing of the path.
    pub(super) fn measure(&mut self, request: RequestId, first: bool, bytes: u64, millis: u64) {
        let busy = self.counts.send;
        let live = self.live.iter().find(|live| live.request == request);
        match live {
            Some(live) if first => {
                let (host, started) = (live.host, live.started);
                self.host_reached(host, started);
            }
            _ => self.window.moved(self.now, busy, bytes, millis),
        }
    }

    fn host_reached(&mut self, host: u32, started: Millis) {
        self.window.began(self.now, started);
        if !self.hosts.reached.contains(&host) {
            self.hosts.reached.push(host);
            if self
                .hosts
                .avoided
                .is_some_and(|(avoided, _)| avoided == host)
            {
                self.hosts.silent = None;
            }
            self.report_silent_host();
        }
    }

    /// A body was acknowledged. One that moved at once is measured as a whole.
    pub(super) fn host_answered(&mut self, live: &Live) {
        if live.moved == 0 {
            self.host_reached(live.host, live.started);
        }
        if live.moved == live.first_moved {
            // It is not counted any more.
            let busy = self.counts.send.saturating_add(1);
            let took = self.now.since(live.began);
            self.window.moved(self.now, busy, live.total, took);
        }
    }

    /// A request was lost before a byte of it moved.
    pub(super) fn host_lost(&mut self, lease: &Lease) {
        if lease.grant.other_url.is_none() || self.link.offline() {
            return;
        }
        self.hosts.avoided = Some((lease.host, self.now.after(AVOID_MS)));
        let hosts = &mut self.hosts;
        if !hosts.reached.contains(&lease.host) && !hosts.reported {
            hosts.silent = Some(origin(&lease.grant.url).to_owned());
            self.report_silent_host();
        }
    }

    /// Reports the host that was lost, once another is known to be in reach.
    fn report_silent_host(&mut self) {
        if !self.hosts.reached.is_empty()
            && let Some(origin) = self.hosts.silent.take()
        {
            self.hosts.reported = true;
            self.emit(Event::HostSilent { origin });
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
