//! All uploads of one client: who may do what when.
//!
//! Invariants: at most `window` requests to storage run at a time; every request that runs is in `live`
//! with a deadline, and belongs to a step that says `Running` (shared calls aside); work that is ready is
//! in its lane; an upload ends once, and then has no request, no place in a lane and no timer.

mod bytes;
mod calls;
mod dispatch;
mod ending;
mod poll;
mod requests;
mod window;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crowfly_contract::limits::{MAX_BATCH, MAX_SINGLE_PUT_BYTES};
use crowfly_contract::{ErrorCode, UploadId};

use crate::failure::Trace;
use crate::job::{Lanes, Place, Step, Work};
use crate::link::{Link, Service};
use crate::retry::{Bucket, Random};
use crate::token::TokenGate;
use crate::upload::Upload;
use crate::{
    Config, Event, Failure, Input, Millis, NewUpload, Output, Phase, RequestId, Snapshot, State,
};
use poll::Poll;
use requests::{Counts, Live, Timer};
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
    outputs: VecDeque<Output>,
    /// Nothing has happened since the last drain.
    drained: bool,
    closed: bool,

    uploads: BTreeMap<UploadId, Upload>,
    order: BTreeMap<u64, UploadId>,
    next_seq: u64,
    /// Not admitted yet.
    backlog: BTreeSet<Place>,
    lanes: Lanes,

    live: BTreeMap<RequestId, Live>,
    next_request: u64,
    counts: Counts,
    timers: BTreeSet<(Millis, Timer)>,
    /// When something that was held back may go; found by the last dispatch.
    wake: Option<Millis>,

    link: Link,
    api: Service,
    storage: Service,
    bucket: Bucket,
    window: Window,
    token: TokenGate,
    poll: Poll,
    /// The server wants no create call, or no call at all, before these moments.
    hold_create: Millis,
    hold_api: Millis,
    /// The server has too many open uploads; one of ours that ends lifts this.
    hold_quota: Millis,
    /// Most items of the next create call: few after such a refusal, doubling with each success.
    create_batch: usize,
    /// Times in a row that the server held us off.
    pressed: u32,
    /// Since when it has let nobody pass, on the budgets' clock.
    pressed_since: Option<Millis>,
    /// Since when the oldest upload waits for a create call.
    create_since: Option<Millis>,
    /// The longest wait between two steps of progress that went on.
    slowest_step_ms: u64,

    /// Whose state may have changed.
    touched: BTreeSet<UploadId>,
    /// Who has progress to tell, and when it was told last.
    moved: BTreeSet<UploadId>,
    told_at: Option<Millis>,
}

impl Queue {
    /// An empty queue. `seed` drives the jitter of back-off; any number will do.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            bucket: Bucket::new(&config),
            window: Window::new(config.window),
            poll: Poll::default(),
            config,
            now: Millis::default(),
            outputs: VecDeque::new(),
            drained: true,
            closed: false,
            uploads: BTreeMap::new(),
            order: BTreeMap::new(),
            next_seq: 0,
            backlog: BTreeSet::new(),
            lanes: Lanes::default(),
            live: BTreeMap::new(),
            next_request: 0,
            counts: Counts::default(),
            timers: BTreeSet::new(),
            wake: None,
            link: Link::default(),
            api: Service::default(),
            storage: Service::default(),
            token: TokenGate::new(),
            hold_create: Millis::default(),
            hold_api: Millis::default(),
            hold_quota: Millis::default(),
            create_batch: MAX_BATCH,
            pressed: 0,
            pressed_since: None,
            create_since: None,
            slowest_step_ms: 0,
            touched: BTreeSet::new(),
            moved: BTreeSet::new(),
            told_at: None,
        }
    }

    /// Takes in what happened at `now`. Never fails, never blocks; a clock that goes back counts as one
    /// that stands still.
    pub fn handle_input(&mut self, now: Millis, input: Input) {
        self.now = self.now.max(now);
        self.drained = false;
        self.fire_timers();
        match input {
            Input::Add(new) => self.add(new),
            Input::Pause(id) => self.pause(id),
            Input::Resume(id) => self.resume(id),
            Input::Abort(id) => self.abort(id),
            Input::Retry(id) => self.retry_failed(id),
            Input::AwaitProcessed(id) => self.await_processed(id),
            Input::Forget(id) => self.forget(id),
            Input::Online => self.go_online(),
            Input::Offline => {
                if self.link.go_offline(self.now, self.config.offline_probe_ms) {
                    self.touch_all();
                }
            }
            Input::Tick => {}
            Input::Progress { request, sent } => self.progress(request, sent),
            Input::Reply { request, reply } => self.reply(request, reply),
            Input::Close => self.close(),
        }
    }

    /// The next thing to do. Call until it answers [`Output::Idle`] after every input.
    pub fn poll_output(&mut self) -> Output {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return output;
            }
            if self.drained {
                return Output::Idle(self.deadline());
            }
            self.dispatch();
            self.tell_states();
            self.tell_progress();
            self.drained = self.outputs.is_empty();
        }
    }

    /// One upload as it stands.
    #[must_use]
    pub fn snapshot(&self, id: UploadId) -> Option<Snapshot> {
        self.uploads.get(&id).map(Upload::snapshot)
    }

    /// All uploads as they stand, in the order of adding.
    pub fn snapshots(&self) -> impl Iterator<Item = Snapshot> + '_ {
        let uploads = self.order.values().filter_map(|id| self.uploads.get(id));
        uploads.map(Upload::snapshot)
    }

    fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Emit(event));
    }

    fn add(&mut self, new: NewUpload) {
        let (id, size) = (new.id, new.size);
        if self.uploads.contains_key(&id) {
            return;
        }
        let seq = self.next_seq;
        self.next_seq = seq.saturating_add(1);
        let upload = Upload::new(new, seq);
        self.backlog.insert(upload.place(Work::Create));
        self.order.insert(seq, id);
        self.uploads.insert(id, upload);
        self.emit(Event::State {
            upload: id,
            state: State::Queued,
        });
        if self.closed {
            self.fail(id, ErrorCode::Closed, Phase::Create, Trace::default());
        } else if size > MAX_SINGLE_PUT_BYTES {
            self.fail(id, ErrorCode::TooLarge, Phase::Create, Trace::default());
        }
    }

    fn pause(&mut self, id: UploadId) {
        let Some(upload) = self.alive(id).filter(|upload| !upload.aborting) else {
            return;
        };
        upload.paused = true;
        let place = upload.place(Work::Create);
        self.backlog.remove(&place);
        self.stop_bytes(id);
        self.drop_waiting(id);
        self.touched.insert(id);
    }

    fn resume(&mut self, id: UploadId) {
        let Some(upload) = self.alive(id).filter(|upload| upload.paused) else {
            return;
        };
        upload.paused = false;
        for part in &mut upload.parts {
            part.sending = Default::default();
        }
        if upload.admitted {
            self.proceed(id);
        } else {
            let place = upload.place(Work::Create);
            self.backlog.insert(place);
        }
        self.touched.insert(id);
    }

    fn abort(&mut self, id: UploadId) {
        let now = self.now;
        let closed = self.closed;
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        if upload.shown == State::Failed && upload.maybe_created && !closed {
            // The server keeps a place for it, which this frees.
            upload.forgive();
            upload.shown = State::Queued;
            self.emit(Event::State {
                upload: id,
                state: State::Queued,
            });
        }
        let Some(upload) = self.alive(id).filter(|upload| !upload.aborting) else {
            return;
        };
        if upload.parts.iter().all(|part| part.done) {
            // Acknowledged bytes stay: only the confirmation is outstanding.
            upload.paused = false;
            return self.proceed(id);
        }
        upload.aborting = true;
        let known = upload.maybe_created;
        let place = upload.place(Work::Create);
        self.backlog.remove(&place);
        self.stop_bytes(id);
        self.drop_waiting(id);
        if known {
            self.timers
                .insert((now.after(self.config.abort_ms), Timer::Abort(id)));
            if let Some(upload) = self.uploads.get_mut(&id) {
                upload.abort_at = Some(now.after(self.config.abort_ms));
                upload.calling = Default::default();
            }
            self.proceed(id);
            self.touched.insert(id);
        } else {
            self.end_aborted(id);
        }
    }

    fn retry_failed(&mut self, id: UploadId) {
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        if upload.shown != State::Failed || self.closed {
            return;
        }
        upload.forgive();
        upload.shown = State::Queued;
        upload.admitted = false;
        let place = upload.place(Work::Create);
        self.backlog.insert(place);
        self.emit(Event::State {
            upload: id,
            state: State::Queued,
        });
    }

    fn forget(&mut self, id: UploadId) {
        if let Some(upload) = self.uploads.get(&id).filter(|upload| upload.ended()) {
            self.order.remove(&upload.seq);
            self.uploads.remove(&id);
            self.poll.leave(id);
            self.moved.remove(&id);
            self.touched.remove(&id);
        }
    }

    fn go_online(&mut self) {
        if self.link.go_online(self.now) {
            self.slowest_step_ms = 0;
            self.touch_all();
            // Whoever backed off because of the network need not wait any longer.
            self.hurry();
        }
    }

    fn close(&mut self) {
        self.closed = true;
        let ids: Vec<UploadId> = self.uploads.keys().copied().collect();
        for id in ids {
            if self.alive(id).is_some() {
                self.fail_now(
                    id,
                    Failure::new(ErrorCode::Closed, Phase::Send, Trace::default()),
                );
            }
        }
        self.stop_poll(ErrorCode::Closed);
        let left: Vec<RequestId> = self.live.keys().copied().collect();
        for request in left {
            self.cancel(request);
        }
    }

    fn alive(&mut self, id: UploadId) -> Option<&mut Upload> {
        self.uploads.get_mut(&id).filter(|upload| !upload.ended())
    }

    fn touch_all(&mut self) {
        let alive = self.uploads.iter().filter(|(_, upload)| !upload.ended());
        self.touched.extend(alive.map(|(id, _)| *id));
    }

    fn tell_states(&mut self) {
        let (offline, now) = (self.link.offline(), self.now);
        let held = self.hold_create.max(self.hold_api).max(self.hold_quota);
        let no_create = offline || now < held;
        let no_call = offline || now < self.hold_api;
        for id in std::mem::take(&mut self.touched) {
            let Some(upload) = self.uploads.get_mut(&id) else {
                continue;
            };
            let state = upload.state(|work| match work {
                Work::Hash(_) => false,
                Work::Send(_) => offline,
                Work::Create => no_create,
                Work::Complete | Work::Delete => no_call,
            });
            if state != upload.shown {
                upload.shown = state;
                if state != State::Uploading {
                    upload.ledger.rest();
                }
                self.outputs
                    .push_back(Output::Emit(Event::State { upload: id, state }));
            }
        }
    }

    fn tell_progress(&mut self) {
        if self.moved.is_empty() || self.now < self.frame_at() {
            return;
        }
        self.told_at = Some(self.now);
        for id in std::mem::take(&mut self.moved) {
            if let Some(upload) = self.uploads.get_mut(&id) {
                if upload.shown == State::Uploading {
                    upload.ledger.measure(self.now);
                }
                let progress = upload.ledger.shown();
                self.outputs.push_back(Output::Emit(Event::Progress {
                    upload: id,
                    progress,
                }));
            }
        }
    }

    fn frame_at(&self) -> Millis {
        self.told_at
            .map_or(self.now, |at| at.after(self.config.frame_ms))
    }

    fn deadline(&self) -> Option<Millis> {
        let timer = self.timers.first().map(|(at, _)| *at);
        let frame = (!self.moved.is_empty()).then(|| self.frame_at());
        [timer, frame, self.wake, self.poll_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Starts what follows from the upload's facts, now.
    fn proceed(&mut self, id: UploadId) {
        self.proceed_after(id, None);
    }

    /// The same after a delay; what comes then repeats something, and pays for it.
    fn proceed_after(&mut self, id: UploadId, delay_ms: Option<u64>) {
        self.touched.insert(id);
        let now = self.now;
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        let Some(work) = upload.next() else { return };
        let place = upload.place(work);
        if let Some(delay_ms) = delay_ms {
            upload.owes = true;
            let until = now.after(delay_ms);
            if let Some(step) = upload.step(work) {
                *step = Step::Delayed(until, work);
            }
            self.timers.insert((until, Timer::Job(place.job)));
        } else {
            if let Some(step) = upload.step(work) {
                *step = Step::Ready(work);
            }
            self.lanes.of(work).insert(place);
            if work == Work::Create {
                self.create_since.get_or_insert(now);
            }
        }
    }
}
