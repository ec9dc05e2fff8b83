//! The cost of many uploads in one queue: `cargo run --release -p crowfly-engine --example cost -- 10000`.
//!
//! Every command is answered at once, so only the engine is measured. Prints the elapsed seconds and the growth of
//! the process's peak memory in bytes.

use std::collections::VecDeque;
use std::error::Error;
use std::time::Instant;

use crowfly_contract::{
    Crc64Nvme, CreateItem, CreateResult, Created, Grant, Metadata, ObjectKey, Outcome, OwnerId,
    Plan, StorageKey, Stored, Texts, UploadId, Visibility,
};
use crowfly_engine::{
    ChecksumMode, Command, Completion, Config, Event, Input, Millis, NewUpload, Output, Queue,
    Receipt, Reply, RequestId, TokenLife,
};

const SIZE: u64 = 1024;
const CRC: Crc64Nvme = Crc64Nvme::new(7);

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).unwrap_or_default().parse()?;
    let before = resident("VmRSS:")?;
    let started = Instant::now();
    let stored = run(count)?;
    let seconds = started.elapsed().as_secs_f64();
    if stored != count {
        return Err(format!("{stored} of {count} uploads were stored").into());
    }
    println!("{seconds} {}", resident("VmHWM:")?.saturating_sub(before));
    Ok(())
}

/// How many of `count` uploads were stored when no work was left.
fn run(count: u64) -> Result<u64, Box<dyn Error>> {
    let mut queue = Queue::new(Config::default(), 1);
    let mut now = 0;
    for number in 0..count {
        queue
            .add(Millis(now), new(number))
            .map_err(|_| "an id is used twice")?;
    }
    let mut stored = 0;
    let mut replies: VecDeque<(RequestId, Reply)> = VecDeque::new();
    loop {
        match queue.poll_output() {
            Output::Do(command) => replies.extend(answer(command)?),
            Output::Emit(Event::Stored { .. }) => stored += 1,
            Output::Emit(_) => {}
            Output::Idle(timer) => {
                if let Some((request, reply)) = replies.pop_front() {
                    queue.handle_input(Millis(now), Input::Reply { request, reply });
                } else if let Some(Millis(at)) = timer.filter(|_| stored < count) {
                    now = at;
                    queue.handle_input(Millis(now), Input::Tick);
                } else {
                    return Ok(stored);
                }
            }
        }
    }
}

fn new(number: u64) -> NewUpload {
    NewUpload {
        id: UploadId::from_parts(0, number.into()),
        name: format!("{number}.txt"),
        path: None,
        size: SIZE,
        live: None,
        max_bytes: None,
        media_type: "text/plain".to_owned(),
        visibility: Visibility::Private,
        metadata: Metadata::default(),
        priority: 0,
        checksum: ChecksumMode::Crc64Nvme,
        resumed: false,
    }
}

fn answer(command: Command) -> Result<Option<(RequestId, Reply)>, Box<dyn Error>> {
    Ok(Some(match command {
        Command::Hash { request, .. } => (request, Reply::Hashed(Ok(CRC))),
        Command::Token { request, .. } => (request, Reply::Token(Ok(TokenLife::default()))),
        Command::Save { request, .. } => (request, Reply::Saved),
        Command::Create { request, items } => {
            let results: Result<_, _> = items.iter().map(|one| created(&one.item)).collect();
            (request, Reply::Created(results?))
        }
        Command::Send { request, .. } => (request, Reply::Sent(Receipt::default())),
        Command::Complete {
            request, upload, ..
        } => {
            let stored = Stored {
                id: upload,
                key: key(upload)?,
                size: SIZE,
                crc64nvme: Some(CRC),
                etag: "e".to_owned(),
                version_id: None,
            };
            (request, Reply::Completed(Completion::Stored(stored)))
        }
        _ => return Ok(None),
    }))
}

fn created(item: &CreateItem) -> Result<CreateResult, Box<dyn Error>> {
    let put = Grant {
        url: format!("http://127.0.0.1/{}", item.id),
        other_url: None,
        headers: Texts::default(),
        expires_in_ms: 300_000,
    };
    let plan = Plan::Single { put };
    let key = key(item.id)?;
    Ok(CreateResult {
        id: item.id,
        outcome: Outcome::Created(Created::new(key, plan)),
    })
}

fn key(id: UploadId) -> Result<StorageKey, Box<dyn Error>> {
    let owner: OwnerId = "abcdefghijklmnopqrstuvwxyz".parse()?;
    Ok(ObjectKey::new(owner, id, "file.txt")?.into())
}

/// Bytes of one line of `/proc/self/status`. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
fn resident(line: &str) -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|text| text.strip_prefix(line));
    let kib: u64 = value
        .unwrap_or_default()
        .trim()
        .trim_end_matches(" kB")
        .parse()?;
    Ok(kib * 1024)
}
