//! All uploads and reads of one client, and the scheduling of their requests.
//!
//! Invariants: at most `window` requests to one host of storage run at a time; every running request is in `live` with a
//! deadline and belongs to a step that is `Running` (except shared calls); ready work is in its lane; an upload ends
//! exactly once, and then has no request, no place in a lane and no timer.

mod batching;
mod bytes;
mod calls;
mod dispatch;
mod dispatch_calls;
mod emit;
mod ending;
mod hashing;
mod hidden;
mod hosts;
mod inputs;
mod journal;
mod live;
mod multipart;
mod outage;
mod part_size;
mod poll;
mod reads;
mod recording;
mod requests;
mod retry;
mod schedule;
mod sleep;
mod throttle;
mod timers;
mod token;
mod window;

use crowfly_contract::UploadId;

use crate::job::Slot;
use crate::link::{Link, Service};
use crate::ready_queue::{Lanes, ReadyQueue};
use crate::retry::{Random, RetryBucket};
use crate::token::TokenGate;
use crate::upload::Upload;
use crate::uploads::Uploads;
use crate::{Command, Config, Event, Input, LIVE, Millis, Output, Snapshot};
use batching::Batching;
use hosts::Hosts;
use live::Live;
use poll::Poll;
use reads::Reads;
use requests::Counts;
use throttle::Throttle;
use window::Window;

/// All uploads of one client.
///
/// ```
/// use crowfly_engine::{Config, Input, Millis, Output, Queue};
///
/// let mut queue = Queue::new(Config::default(), 1);
/// queue.handle_input(Millis(0), Input::Online);
/// assert_eq!(queue.poll_output(), Output::Idle(None));
/// ```
#[derive(Debug)]
pub struct Queue {
    config: Config,
    random: Random,
    now: Millis,
    outputs: Vec<Output>,
    /// Outputs being drained, in reverse order.
    handing: Vec<Output>,
    /// Nothing has happened since the last drain.
    drained: bool,
    /// The deadline last returned to the driver.
    timer: Option<Millis>,
    closed: bool,

    uploads: Uploads,
    /// Not admitted yet.
    backlog: ReadyQueue,
    /// Those in the backlog that hold a slot in the server's quota.
    holders: ReadyQueue,
    /// Multipart uploads with unopened parts.
    openers: ReadyQueue,
    lanes: Lanes,

    live: Vec<Live>,
    next_request: u64,
    counts: Counts,
    /// Delayed work.
    delayed: ReadyQueue,
    /// Uploads being aborted, with the deadline for the server's confirmation.
    aborts: ReadyQueue,
    /// When held-back work may go; computed by the last dispatch.
    wake: Millis,

    link: Link,
    api: Service,
    storage: Service,
    bucket: RetryBucket,
    window: Window,
    hosts: Hosts,
    token: TokenGate,
    poll: Poll,
    reads: Reads,
    throttle: Throttle,
    batching: Batching,
    /// The longest gap between two progress steps that continued afterwards.
    slowest_step_ms: u64,
    /// Requests report no upload progress.
    progress_hidden: bool,
    /// [`Event::ProgressHidden`] was emitted.
    hidden_emitted: bool,

    /// Uploads whose state may have changed.
    touched: Vec<Slot>,
    /// Uploads with progress to report, and the time of the last report.
    moved: Vec<Slot>,
    progress_at: Option<Millis>,
    /// [`Event::Unverified`] was emitted.
    unverified_emitted: bool,
}

impl Queue {
    /// An empty queue. `seed` drives the backoff jitter; any number will do.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            bucket: RetryBucket::new(&config),
            window: Window::new(config.window),
            hosts: Hosts::default(),
            poll: Poll::new(),
            reads: Reads::default(),
            config,
            now: Millis::default(),
            outputs: Vec::new(),
            handing: Vec::new(),
            drained: true,
            timer: None,
            closed: false,
            uploads: Uploads::default(),
            backlog: ReadyQueue::default(),
            holders: ReadyQueue::default(),
            openers: ReadyQueue::default(),
            lanes: Lanes::default(),
            live: Vec::new(),
            next_request: 0,
            counts: Counts::default(),
            delayed: ReadyQueue::default(),
            aborts: ReadyQueue::default(),
            wake: Millis::NEVER,
            link: Link::default(),
            api: Service::default(),
            storage: Service::default(),
            token: TokenGate::new(),
            throttle: Throttle::new(),
            batching: Batching::default(),
            slowest_step_ms: 0,
            progress_hidden: false,
            hidden_emitted: false,
            touched: Vec::new(),
            moved: Vec::new(),
            progress_at: None,
            unverified_emitted: false,
        }
    }

    /// Processes an input at `now`. Never fails, never blocks; a clock that goes backwards is treated as one
    /// that has stopped.
    pub fn handle_input(&mut self, now: Millis, input: Input) {
        self.begin(now);
        match input {
            Input::Pause(id) => self.with_upload(id, Self::pause),
            Input::Resume(id) => self.with_upload(id, Self::resume),
            Input::Abort(id) => self.with_upload(id, Self::abort),
            Input::Retry(id) => self.with_upload(id, Self::retry_failed),
            Input::AwaitProcessed(id) => self.with_upload(id, Self::await_processed),
            Input::Read(id) => self.read(id),
            Input::Online => self.go_online(),
            Input::Offline => {
                if self.link.go_offline(self.now, self.config.offline_probe_ms) {
                    self.touch_all();
                }
            }
            Input::Recorded { .. } | Input::HeadChanged(_) if !LIVE => {}
            Input::Recorded { upload, recording } => {
                if let Some(slot) = self.uploads.slot(upload) {
                    self.recorded(slot, recording);
                }
            }
            Input::HeadChanged(id) => self.with_upload(id, Self::head_changed),
            Input::Tick => {}
            Input::ProgressHidden => self.hide_progress(),
            Input::Progress { request, sent } => self.progress(request, sent),
            Input::Reply { request, reply } => self.reply(request, reply),
            Input::Close => self.close(),
        }
        // A reply at the very deadline still counts.
        self.fire_timers();
    }

    pub(super) fn begin(&mut self, now: Millis) {
        self.now = self.now.max(now);
        self.drained = false;
        self.check_sleep();
    }

    /// The next output. Call until it returns [`Output::Idle`] after every input.
    pub fn poll_output(&mut self) -> Output {
        loop {
            if let Some(output) = self.handing.pop() {
                return output;
            }
            if self.outputs.is_empty() {
                if self.drained {
                    self.timer = self.deadline();
                    return Output::Idle(self.timer);
                }
                self.dispatch();
                self.emit_states();
                self.emit_progress();
                self.drained = self.outputs.is_empty();
            }
            std::mem::swap(&mut self.handing, &mut self.outputs);
            self.handing.reverse();
        }
    }

    /// The current snapshot of one upload.
    #[must_use]
    pub fn snapshot(&self, id: UploadId) -> Option<Snapshot> {
        let slot = self.uploads.slot(id)?;
        self.uploads.get(slot).map(Upload::snapshot)
    }

    /// The current snapshots of all uploads, in the order of adding.
    pub fn snapshots(&self) -> impl Iterator<Item = Snapshot> + '_ {
        self.uploads.iter().map(Upload::snapshot)
    }

    fn with_upload(&mut self, id: UploadId, change: fn(&mut Self, Slot)) {
        if let Some(slot) = self.uploads.slot(id) {
            change(self, slot);
        }
    }

    fn emit(&mut self, event: Event) {
        self.outputs.push(Output::Emit(event));
    }

    fn order(&mut self, command: Command) {
        self.outputs.push(Output::Do(command));
    }

    fn alive(&mut self, id: Slot) -> Option<&mut Upload> {
        self.uploads.get_mut(id).filter(|upload| !upload.ended())
    }

    /// The upload's state may have changed.
    fn touch(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get_mut(id)
            && !std::mem::replace(&mut upload.touched, true)
        {
            self.touched.push(id);
        }
    }

    /// The upload has progress to report.
    fn has_moved(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get_mut(id)
            && !std::mem::replace(&mut upload.moved, true)
        {
            self.moved.push(id);
        }
    }

    fn touch_all(&mut self) {
        for id in self.uploads.all() {
            if self.alive(id).is_some() {
                self.touch(id);
            }
        }
    }

    fn deadline(&self) -> Option<Millis> {
        let mut first = self.wake.min(self.poll_at());
        if !self.moved.is_empty() {
            first = first.min(self.frame_at());
        }
        for live in &self.live {
            first = first.min(live.armed);
        }
        first = first.min(self.delayed.due()).min(self.aborts.due());
        first = first.min(self.reads.due()).min(self.silence_at());
        (first < Millis::NEVER).then_some(first)
    }
}
