//! One client with its own sink, in the page that is open.

use std::time::{Duration, Instant};

use devkit::wait;
use e2e::api::crc64nvme;
use e2e::files::page_content;
use e2e::proxy::{Entry, PartTotal};
use e2e::sink::{self, Sink, Stats};
use serde_json::{Value, json};

use crate::outcome::Outcome;
use crate::world::World;

/// Longer than any wait of the SDK in these cases.
const LONGEST: Duration = Duration::from_secs(60);

/// A client, its uploads, and the proxy and sink that they talk to.
pub(crate) struct Case<'world> {
    pub(crate) world: &'world World,
    pub(crate) key: String,
    pub(crate) sink: Sink,
    /// Host and port of the sink: storage and API alike.
    pub(crate) host: String,
    /// The file's content.
    pub(crate) seed: u32,
    /// Bytes of the file.
    pub(crate) size: u64,
    /// More arguments for `faults.begin`.
    given: Value,
}

impl<'world> Case<'world> {
    /// A case with one file of `size` bytes.
    pub(crate) fn new(world: &'world World, size: u64) -> Self {
        Self::with(world, size, sink::Config::default())
    }

    /// As [`Case::new`], at a server that signs parts by sign calls alone.
    pub(crate) fn signing(world: &'world World, size: u64) -> Self {
        let config = sink::Config {
            signs_along: false,
            ..sink::Config::default()
        };
        Self::with(world, size, config)
    }

    /// As [`Case::new`], with a sink of another configuration.
    pub(crate) fn with(world: &'world World, size: u64, config: sink::Config) -> Self {
        let number = world.number();
        let sink = Sink::start(config).expect("a sink");
        let host = sink.address().to_string();
        Self {
            world,
            key: format!("case {number}"),
            sink,
            host,
            seed: 7,
            size,
            given: json!({}),
        }
    }

    /// Sets options of the client.
    pub(crate) fn client(mut self, options: Value) -> Self {
        self.given["client"] = options;
        self
    }

    /// Sets how the application's `token` function behaves: `good`, `throws` or `hangs`.
    pub(crate) fn token(mut self, behaviour: &str) -> Self {
        self.given["token"] = json!(behaviour);
        self
    }

    /// Adds a fault for requests to this case's sink; `matcher` needs no host.
    pub(crate) fn rule(&self, mut matcher: Value, fault: Value) -> &Self {
        matcher["host"] = json!(self.host);
        self.world
            .proxy
            .rule(json!({"match": matcher, "fault": fault}));
        self
    }

    /// Gives each request a new connection: a browser repeats by itself, unseen by the page, a request that fails on
    /// a reused connection (<https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2>).
    pub(crate) fn fresh_connections(&self) -> &Self {
        self.rule(
            json!({"method": "*", "times": "forever"}),
            json!({"kind": "close"}),
        )
    }

    /// Limits the bandwidth of PUTs, so that a fault hits the middle of an upload.
    pub(crate) fn slow(&self, bytes_per_second: u64) -> &Self {
        self.rule(
            json!({"method": "PUT", "times": "forever"}),
            json!({"kind": "bandwidth", "bytesPerSecond": bytes_per_second}),
        )
    }

    /// The arguments of `faults.begin` and its like.
    pub(crate) fn given(&self, file: Value) -> Value {
        let mut given = self.given.clone();
        given["api"] = json!(format!("http://{}", self.host));
        given["file"] = file;
        given
    }

    /// The description of this case's file.
    pub(crate) fn file(&self) -> Value {
        json!({"name": "file.zip", "seed": self.seed, "size": self.size})
    }

    /// Opens the client without starting an upload.
    #[track_caller]
    pub(crate) fn open(&self) -> &Self {
        self.call("open", Value::Null);
        wait::until("a client", LONGEST, || {
            (self.run("return Boolean(one && one.client);") == true).then_some(())
        });
        self
    }

    /// Starts the upload of a generated file.
    #[track_caller]
    pub(crate) fn begin(&self) -> &Self {
        self.call("begin", self.file())
    }

    /// Starts the upload of another file than this case's.
    #[track_caller]
    pub(crate) fn begin_file(&self, file: Value) -> &Self {
        self.call("begin", file)
    }

    /// Starts the upload of the picked file.
    #[track_caller]
    pub(crate) fn begin_picked(&self) -> &Self {
        self.call("begin", json!("picked"))
    }

    /// Resumes the upload of an earlier page with this file.
    #[track_caller]
    pub(crate) fn go_on(&self, file: Value) -> &Self {
        self.call("goOn", file)
    }

    fn call(&self, function: &str, file: Value) -> &Self {
        self.world.browser.run(
            &format!("faults.{function}(arguments[0], arguments[1]);"),
            &[json!(self.key), self.given(file)],
        );
        self
    }

    /// Runs the body of a function of `one`, this case in the page, without waiting for it.
    pub(crate) fn run(&self, script: &str) -> Value {
        let script = format!("return ((one) => {{ {script} }})(faults.cases.get(arguments[0]));");
        self.world.browser.run(&script, &[json!(self.key)])
    }

    /// What the page has recorded so far.
    pub(crate) fn look(&self) -> Value {
        self.run("return one && one.look();")
    }

    /// Waits until the page's record satisfies `holds`; returns it.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let since = Instant::now();
        loop {
            let seen = self.look();
            assert!(seen["rejected"].is_null(), "{what}: {}", seen["rejected"]);
            if holds(&seen) {
                return seen;
            }
            assert!(since.elapsed() < LONGEST, "{what}: instead {seen}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for a state.
    #[track_caller]
    pub(crate) fn wait_state(&self, state: &str) -> Value {
        self.wait(&format!("state {state}"), |seen| seen["state"] == state)
    }

    /// Waits until bytes have been sent.
    #[track_caller]
    pub(crate) fn wait_sent(&self, bytes: u64) -> Value {
        self.wait(&format!("{bytes} bytes sent"), |seen| {
            seen["progress"]["sent"].as_u64().unwrap_or_default() >= bytes
        })
    }

    /// Waits until the proxy has logged a request of this method to a path that contains `piece`.
    #[track_caller]
    pub(crate) fn wait_request(&self, method: &str, piece: &str) {
        wait::until(&format!("{method} {piece}"), LONGEST, || {
            (self.count(method, piece) > 0).then_some(())
        });
    }

    /// Waits for the end and checks what holds for every outcome.
    #[track_caller]
    pub(crate) fn end(&self) -> Outcome {
        let seen = self.wait("an ending", |seen| !seen["ended"].is_null());
        Outcome::of(&seen)
    }

    /// Waits for the end, which must be success: storage has exactly the file's bytes, and got no part twice.
    #[track_caller]
    pub(crate) fn stored(&self) -> Outcome {
        let outcome = self.stored_one();
        let stats = self.sink.stats();
        assert_eq!(stats.completed, 1, "completed uploads");
        assert_eq!(stats.parts_sent_twice, 0, "parts that storage took twice");
        outcome
    }

    /// Waits for the end, which must be success, where other uploads follow.
    #[track_caller]
    pub(crate) fn stored_one(&self) -> Outcome {
        let outcome = self.end();
        outcome.assert_stored(&checksum(self.seed, self.size));
        outcome
    }

    /// Waits for the end, which must be this error without a completed upload.
    #[track_caller]
    pub(crate) fn failed(&self, code: &str) -> Outcome {
        let outcome = self.end();
        assert_eq!(outcome.code(), Some(code), "{:?}", outcome.ending);
        assert_eq!(self.stats().completed, 0, "completed uploads");
        outcome
    }

    pub(crate) fn stats(&self) -> Stats {
        self.sink.stats()
    }

    /// The requests to this case's sink.
    pub(crate) fn requests(&self) -> Vec<Entry> {
        let all = self.world.proxy.log().requests;
        all.into_iter()
            .filter(|entry| entry.host == self.host)
            .collect()
    }

    /// How many of them have this method and a path that contains `piece`.
    pub(crate) fn count(&self, method: &str, piece: &str) -> usize {
        let requests = self.requests();
        let matching = requests
            .iter()
            .filter(|entry| entry.method == method && entry.path.contains(piece));
        matching.count()
    }

    /// PUT requests for one part, or for the whole object with `None`.
    pub(crate) fn puts(&self, part: Option<u32>) -> u64 {
        let parts = self.world.proxy.log().parts;
        let own = |total: &&PartTotal| total.host == self.host && total.part == part;
        parts.iter().filter(own).map(|total| total.attempts).sum()
    }
}

/// The checksum of a generated file, in S3's form.
pub(crate) fn checksum(seed: u32, size: u64) -> String {
    let size = usize::try_from(size).expect("a size that memory holds");
    crc64nvme(&page_content(seed, size)).to_string()
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        // A page has limited memory for workers, so clients are closed. A page that is gone has closed its own.
        let close = "const one = window.faults && faults.cases.get(arguments[0]);
            if (one && one.client) one.client.close();";
        let close = || self.world.browser.run(close, &[json!(self.key)]);
        // A crashed browser has failed the case already.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(close));
    }
}
