//! One link, shared by connection as TCP does: how many connections a queue takes of it, and what is left for another.

mod common;

use std::collections::BTreeMap;
use std::rc::Rc;

use common::{MIB, Server, id, new_upload};
use crowfly_contract::{CompleteRequest, Crc64Nvme, Grant};
use crowfly_engine::{
    ChecksumMode, Command, Config, Event, Input, Millis, Output, Queue, Reply, RequestId, TokenLife,
};

/// Time between two steps of the link, in milliseconds, and between two progress events of a browser.
const STEP_MS: u64 = 10;
const PROGRESS_MS: u64 = 50;
const RTT_MS: u64 = 60;
const BUFFER_MS: u64 = 100;

struct Transfer {
    grant: Rc<Grant>,
    size: u64,
    began: u64,
    starts: u64,
    moved: f64,
    told: u64,
    told_at: u64,
}

/// One page with its queue.
struct Page {
    queue: Queue,
    server: Server,
    running: BTreeMap<RequestId, Transfer>,
    replies: Vec<(u64, Input)>,
    moved: f64,
    most: usize,
    stored: u32,
    cancelled: u32,
    /// Requests wait for a connection of the browser.
    waits: bool,
    /// What the buffers of each connection take in its first moments, and count as sent.
    buffer: f64,
}

impl Page {
    fn new(seed: u64) -> Self {
        let mut server = Server::default();
        server.hosts.push("other.example");
        server.url_life_ms = 100_000_000;
        Self {
            queue: Queue::new(Config::default(), seed),
            server,
            running: BTreeMap::new(),
            replies: Vec::new(),
            moved: 0.0,
            most: 0,
            stored: 0,
            cancelled: 0,
            waits: false,
            buffer: 0.0,
        }
    }

    fn add(&mut self, now: u64, number: u64, size: u64) {
        let mut new = new_upload(number, size);
        new.checksum = ChecksumMode::None;
        self.queue.add(Millis(now), new).expect("a new upload");
        self.drain(now);
    }

    fn input(&mut self, now: u64, input: Input) {
        self.queue.handle_input(Millis(now), input);
        self.drain(now);
    }

    fn drain(&mut self, now: u64) {
        loop {
            match self.queue.poll_output() {
                Output::Do(command) => self.start(now, command),
                Output::Emit(Event::Stored { .. }) => self.stored += 1,
                Output::Emit(Event::Failed { failure, .. }) => panic!("{failure:?}"),
                Output::Emit(_) => {}
                Output::Idle(_) => return,
            }
        }
    }

    fn start(&mut self, now: u64, command: Command) {
        let (request, reply) = match command {
            Command::Token { request, .. } => (
                request,
                Reply::Token(Ok(TokenLife {
                    expires_in_ms: None,
                })),
            ),
            Command::Save { request, .. } => (request, Reply::Saved),
            Command::Create { request, items } => (request, self.server.create(now, &items)),
            Command::Sign {
                request,
                upload,
                parts,
            } => (request, self.server.sign(now, upload, &parts)),
            Command::Complete {
                request, upload, ..
            } => (
                request,
                self.server
                    .complete(now, upload, &CompleteRequest::default()),
            ),
            Command::Send {
                request,
                bytes,
                grant,
                ..
            } => {
                let transfer = Transfer {
                    grant,
                    size: bytes.end - bytes.start,
                    began: now,
                    starts: if self.waits {
                        u64::MAX
                    } else {
                        now + 2 * RTT_MS
                    },
                    moved: 0.0,
                    told: 0,
                    told_at: now,
                };
                self.running.insert(request, transfer);
                self.most = self.most.max(self.running.len());
                return;
            }
            Command::Cancel { request } => {
                self.cancelled += 1;
                self.running.remove(&request);
                return;
            }
            _ => return,
        };
        self.replies
            .push((now + RTT_MS, Input::Reply { request, reply }));
    }

    /// Moves what the link gives each connection, and tells the queue what a browser tells.
    fn step(&mut self, now: u64, each: f64) {
        let mut inputs = Vec::new();
        for (request, transfer) in &mut self.running {
            if now < transfer.starts {
                continue;
            }
            let before = transfer.moved;
            transfer.moved = (before + each).min(transfer.size as f64);
            self.moved += transfer.moved - before;
            let age = (now - transfer.starts).min(BUFFER_MS) as f64 / BUFFER_MS as f64;
            let sent = (transfer.moved + self.buffer * age) as u64;
            let sent = sent.min(transfer.size);
            if sent > transfer.told
                && (now >= transfer.told_at + PROGRESS_MS || sent == transfer.size)
            {
                (transfer.told, transfer.told_at) = (sent, now);
                inputs.push(Input::Progress {
                    request: *request,
                    sent,
                });
            }
            if transfer.moved as u64 == transfer.size {
                let crc = Crc64Nvme::new(7);
                let (grant, size) = (&transfer.grant, transfer.size);
                let reply = self.server.put(transfer.began, now, grant, size, crc);
                let request = *request;
                self.replies
                    .push((now + RTT_MS, Input::Reply { request, reply }));
            }
        }
        self.running
            .retain(|_, transfer| (transfer.moved as u64) < transfer.size);
        let (due, later) = std::mem::take(&mut self.replies)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.replies = later;
        inputs.extend(due.into_iter().map(|(_, input)| input));
        inputs.push(Input::Tick);
        for input in inputs {
            self.input(now, input);
        }
    }

    fn sending(&self, now: u64) -> usize {
        let sends = |transfer: &&Transfer| now >= transfer.starts;
        self.running.values().filter(sends).count()
    }
}

/// A link of so many bytes per millisecond in all, and for each connection.
#[derive(Clone, Copy)]
struct Link {
    all: f64,
    each: f64,
}

impl Link {
    fn run(self, pages: &mut [Page], from: u64, until: u64) {
        let mut now = from;
        while now < until {
            now += STEP_MS;
            let sending: usize = pages.iter().map(|page| page.sending(now)).sum();
            let share = (self.all / sending.max(1) as f64).min(self.each);
            for page in pages.iter_mut() {
                page.step(now, share * STEP_MS as f64);
            }
        }
    }

    /// As [`Link::run`], of clients in one browser: it opens six connections to each host, and others wait in order.
    fn run_in_one_browser(self, pages: &mut [Page], from: u64, until: u64) {
        for now in (from..until).step_by(STEP_MS as usize) {
            for host in ["storage.example", "other.example"] {
                let to_host = |transfer: &&mut Transfer| transfer.grant.url.contains(host);
                let all = pages.iter_mut().flat_map(|page| page.running.values_mut());
                let mut all: Vec<_> = all.filter(to_host).collect();
                all.sort_by_key(|transfer| (transfer.starts, transfer.began));
                let waiting = all.into_iter().take(6);
                for transfer in waiting.filter(|transfer| transfer.starts == u64::MAX) {
                    transfer.starts = now + 2 * RTT_MS;
                }
            }
            self.run(pages, now, now + STEP_MS);
        }
    }

    /// The share of the second of two pages in what the link carries meanwhile.
    fn share_of_second(self, pages: &mut [Page], from: u64, until: u64) -> f64 {
        let before = [pages[0].moved, pages[1].moved];
        self.run(pages, from, until);
        let got = [pages[0].moved - before[0], pages[1].moved - before[1]];
        got[1] / (got[0] + got[1])
    }
}

fn pages(count: u64) -> Vec<Page> {
    (0..count).map(Page::new).collect()
}

#[test]
fn a_link_that_is_full_is_left_to_the_first_six() {
    let link = Link {
        all: 2_500.0,
        each: f64::MAX,
    };
    let mut pages = pages(1);
    pages[0].add(0, 1, 4_000 * MIB);
    let mut more = 0;
    for second in 0..1_000 {
        link.run(&mut pages, second * 1_000, (second + 1) * 1_000);
        more += usize::from(pages[0].running.len() > 6);
    }
    // The attempts to add two, whose transfers are not cut short.
    assert_eq!(pages[0].most, 8);
    assert!(more < 350, "more than six in {more} of 1,000 seconds");
}

#[test]
fn a_path_that_limits_each_connection_gets_twelve() {
    let link = Link {
        all: f64::MAX,
        each: 1_500.0,
    };
    let mut pages = pages(1);
    pages[0].add(0, 1, 2_000 * MIB);
    link.run(&mut pages, 0, 10_000);
    assert_eq!(pages[0].running.len(), 12);
    let before = pages[0].moved;
    link.run(&mut pages, 10_000, 20_000);
    let rate = (pages[0].moved - before) / 10_000.0;
    assert!(rate > 0.85 * 12.0 * link.each, "{rate} bytes/ms");
}

#[test]
fn buffers_that_fill_first_do_not_hide_that_more_connections_bring_more() {
    let link = Link {
        all: f64::MAX,
        each: 1_500.0,
    };
    let mut pages = pages(1);
    pages[0].buffer = 400_000.0;
    pages[0].add(0, 1, 2_000 * MIB);
    link.run(&mut pages, 0, 1_500);
    assert_eq!(pages[0].running.len(), 12);
}

#[test]
fn a_link_that_eight_connections_fill_gets_about_eight() {
    let link = Link {
        all: 8.0 * 1_500.0,
        each: 1_500.0,
    };
    let mut pages = pages(1);
    pages[0].add(0, 1, 4_000 * MIB);
    link.run(&mut pages, 0, 20_000);
    let before = pages[0].moved;
    link.run(&mut pages, 20_000, 60_000);
    let rate = (pages[0].moved - before) / 40_000.0;
    assert!(rate > 0.85 * link.all, "{rate} of {} bytes/ms", link.all);
    assert!(pages[0].running.len() <= 10, "{}", pages[0].running.len());
}

#[test]
fn a_second_page_gets_its_share_of_a_full_link() {
    let link = Link {
        all: 2_500.0,
        each: f64::MAX,
    };
    let mut pages = pages(2);
    pages[0].add(0, 1, 4_000 * MIB);
    link.run(&mut pages, 0, 20_000);
    pages[1].add(20_000, 2, 4_000 * MIB);
    link.run(&mut pages, 20_000, 25_000);
    let share = link.share_of_second(&mut pages, 25_000, 85_000);
    assert!((0.4..=0.6).contains(&share), "{share} of the link");
}

#[test]
fn a_second_client_waits_for_connections_of_the_browser_without_giving_up_on_them() {
    let link = Link {
        all: 8_000.0,
        each: f64::MAX,
    };
    let mut pages = pages(2);
    for page in &mut pages {
        page.waits = true;
    }
    pages[0].add(0, 1, 2_000 * MIB);
    link.run_in_one_browser(&mut pages, 0, 60_000);
    pages[1].add(60_000, 2, 2_000 * MIB);
    link.run_in_one_browser(&mut pages, 60_000, 110_000);
    let before = [pages[0].moved, pages[1].moved];
    link.run_in_one_browser(&mut pages, 110_000, 170_000);
    let got = [pages[0].moved - before[0], pages[1].moved - before[1]];
    let share = got[1] / (got[0] + got[1]);
    assert_eq!([pages[0].cancelled, pages[1].cancelled], [0, 0]);
    assert!((0.3..=0.7).contains(&share), "{share} of the link");
}

#[test]
fn a_page_that_had_the_path_for_itself_gives_way_when_another_fills_it() {
    // Twelve connections fill it just so.
    let link = Link {
        all: 12.0 * 1_000.0,
        each: 1_000.0,
    };
    let mut pages = pages(2);
    pages[0].add(0, 1, 8_000 * MIB);
    link.run(&mut pages, 0, 15_000);
    assert_eq!(pages[0].running.len(), 12);
    pages[1].add(15_000, 2, 8_000 * MIB);
    link.run(&mut pages, 15_000, 60_000);
    let share = link.share_of_second(&mut pages, 60_000, 120_000);
    assert!((0.38..=0.62).contains(&share), "{share} of the link");
}

#[test]
fn a_second_upload_of_a_page_is_sent_while_the_first_has_all_connections() {
    let link = Link {
        all: f64::MAX,
        each: 1_500.0,
    };
    let mut pages = pages(1);
    pages[0].add(0, 1, 2_000 * MIB);
    link.run(&mut pages, 0, 10_000);
    let mut urgent = new_upload(2, MIB);
    (urgent.checksum, urgent.priority) = (ChecksumMode::None, 1);
    let queue = &mut pages[0].queue;
    queue.add(Millis(10_000), urgent).expect("a new upload");
    pages[0].drain(10_000);
    // A part takes 22 s, and the next one that ends leaves its connection to it.
    link.run(&mut pages, 10_000, 27_000);
    assert!(pages[0].server.objects.contains_key(&id(2)));
}
