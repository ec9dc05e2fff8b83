//! Random worlds: how the network and the servers behave, and what the user does meanwhile.

use crowfly_contract::ErrorCode;
use crowfly_engine::{
    ApiFailure, ChecksumMode, Config, Input, ReadId, Reply, RequestId, SendFailure, State,
};

use super::server::First;
use super::wire::{Act, Op};
use super::world::{User, World};
use super::{MIB, Random, api, id, new_upload, s3, source};

/// How much goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Nothing but latency and a user who pauses and aborts.
    Calm,
    /// A few percent of all requests fail.
    Rough,
    /// Half of all requests fail, replies come twice and late, the link goes down.
    Hostile,
}

impl Weather {
    fn failures(self) -> u64 {
        match self {
            Self::Calm => 0,
            Self::Rough => 8,
            Self::Hostile => 50,
        }
    }
}

/// A world of its own for each seed. Returns it with the number of its uploads.
pub fn world(seed: u64, weather: Weather) -> (World, u64) {
    let mut random = Random::new(seed);
    let mut world = World::with(Config::default(), seed);
    world.keep_log = false;
    let slowest = random.pick(&[10, 50, 300, 3000]);
    world.latency_ms = (1, slowest);
    world.bytes_per_ms = random.pick(&[50, 1000, 10_000, 100_000]);
    world.server.url_life_ms = random.pick(&[10_000, 60_000, 300_000]);
    quota(&mut world, &mut random);
    world.server.processing_ms = random.pick(&[0, 500, 5_000, 100_000]);
    world.token_life_ms = random.pick(&[None, Some(1), Some(30_000), Some(3_600_000)]);
    let failures = weather.failures();
    // In a calm world no URL grows too old on the way.
    let slowest = if weather == Weather::Calm { 400 } else { 6_000 };
    world.connect_ms = (0, random.pick(&[0, 30, slowest]));
    world.bursts = random.pick(&[0, 30]);
    if weather == Weather::Hostile {
        world.echoes = 20;
        world.silent = random.pick(&[0, 20]);
    }
    world.chance = Some(Box::new(move |op, random| {
        // A token function that fails half the time would hide everything behind it.
        let failures = if op == Op::Token {
            failures / 4
        } else {
            failures
        };
        if random.percent(failures) {
            misfortune(op, random)
        } else {
            Act::Ok
        }
    }));
    // Drawn apart, so that the rest of a world is what it was without it.
    let mut apart = Random::new(seed.rotate_left(48));
    world.server.first =
        apart.pick(&[First::Signed, First::Signed, First::Ignored, First::Refused]);
    if apart.percent(15) {
        world.server.part_size = Some(apart.pick(&[5, 8, 24]) * MIB);
    }
    world.server.grants_sizes = Random::new(seed.rotate_left(24)).percent(70);
    let count = match random.below(10) {
        0 => random.between(30, 150),
        1..5 => 1,
        _ => random.between(2, 12),
    };
    for number in 0..count {
        let size = match random.below(7) {
            0 => 0,
            1 => 1,
            2 => random.below(2000),
            3 | 4 => random.below(MIB),
            // The last part is small.
            5 => 16 * MIB + random.between(1, 300_000),
            _ => random.pick(&[20, 60, 300]) * random.below(MIB),
        };
        let mut new = new_upload(number, size);
        new.priority = i32::try_from(random.below(3)).unwrap_or(0);
        if random.percent(10) {
            new.checksum = ChecksumMode::None;
        } else if random.percent(10) && weather != Weather::Calm {
            new.checksum = ChecksumMode::Crc64NvmeRequired;
        }
        world.add(new);
        if random.percent(40) {
            world.input(Input::AwaitProcessed(id(number)));
        }
    }
    world.server.exposes = random.percent(50);
    world.server.mute = random.percent(15);
    world.journal_refused = random.percent(5);
    people(&mut world, &mut random, count, weather);
    readers(&mut world, seed);
    // Drawn apart, as above.
    let count = count + recorders(&mut world, &mut Random::new(seed.rotate_left(8)), count);
    world.server.confirms = Random::new(seed.rotate_left(32)).percent(30);
    hosts(&mut world, &mut Random::new(seed.rotate_left(16)), weather);
    (world, count)
}

/// Live uploads, in a quarter of the worlds; their number.
fn recorders(world: &mut World, random: &mut Random, from: u64) -> u64 {
    if !random.percent(25) {
        return 0;
    }
    if random.percent(20) {
        world.server.max_bytes = random.between(1, 30 * MIB);
    }
    let count = random.between(1, 2);
    for number in from..from + count {
        let max_bytes = random.percent(20).then(|| random.between(1, 30 * MIB));
        let deeds = source::deeds(random);
        world.add_live(source::new_live(number, max_bytes), deeds);
    }
    count
}

/// Storage with two host names, in many worlds; sometimes one of them is out of reach.
fn hosts(world: &mut World, random: &mut Random, weather: Weather) {
    if random.percent(60) {
        return;
    }
    world.server.hosts = vec!["storage.example", "other.example"];
    if weather == Weather::Calm {
        return;
    }
    if random.percent(30) {
        let host = random.pick(&["storage.example", "other.example"]);
        let how = random.pick(&[0, 1]);
        let act = if how == 0 {
            Act::Reset(0)
        } else {
            Act::Hang(0)
        };
        world.lost_host = Some((host, act));
    }
    world.server.names_others = random.percent(80);
}

/// Room for few or many open uploads, some of it taken by other tabs for a while.
fn quota(world: &mut World, random: &mut Random) {
    let quota = &mut world.server.quota;
    quota.places = random.pick(&[1, 3, 50, usize::MAX]);
    // No upload waits for a paused or failed one for ever.
    quota.swept_after_ms = 900_000;
    quota.retry_after_ms = random.pick(&[None, Some(1_000), Some(20_000)]);
    for _ in 0..random.below(6) {
        let from = random.below(60_000);
        quota.others.push(from..from + random.below(300_000));
    }
}

/// What goes wrong with one request.
fn misfortune(op: Op, random: &mut Random) -> Act {
    let anywhere = random.below(101);
    match (op, random.below(10)) {
        (Op::Hash, 0) => Act::Hang(anywhere),
        (Op::Hash, _) => Act::Ok,
        (Op::Token, 0) => Act::HangAfter,
        (Op::Token, _) => Act::Reset(0),
        (Op::Save, 0) => Act::HangAfter,
        (Op::Save, _) => Act::Late(random.below(2_000), Box::new(Act::Ok)),
        (Op::Send, kind) => match kind {
            0 => Act::Reset(anywhere),
            1 => Act::Reset(0),
            2 => Act::LoseAnswer,
            3 => Act::Hang(anywhere),
            4 => Act::HangAfter,
            5 => Act::Pause(random.below(15_000)),
            6 => {
                let code = random.pick(&["AccessDenied", "ExpiredToken", "RequestTimeTooSkewed"]);
                s3(
                    403,
                    if random.percent(95) {
                        "AccessDenied"
                    } else {
                        code
                    },
                )
            }
            7 if random.percent(3) => s3(404, "NoSuchUpload"),
            7 => s3(
                400,
                random.pick(&["RequestTimeout", "BadDigest", "ExpiredToken"]),
            ),
            8 => Act::S3 {
                status: 503,
                code: "SlowDown",
                message: "",
                retry_after_ms: Some(random.below(5_000)),
            },
            _ => s3(random.pick(&[500, 502, 504, 409]), "OperationAborted"),
        },
        (_, 0) => Act::LoseAnswer,
        (_, 1) => Act::HangAfter,
        (_, 2) => Act::Hang(0),
        (_, 3) => api(401, ErrorCode::Unauthenticated),
        (_, 4) => api(429, ErrorCode::RateLimited),
        (_, 5) => Act::Api(ApiFailure::NotJson),
        (_, 6) => api(500, ErrorCode::Internal),
        (_, 7) => api(503, ErrorCode::ServiceUnavailable),
        (_, 8) if random.percent(10) => api(403, ErrorCode::Forbidden),
        (Op::Complete, 9) if random.percent(20) => api(409, ErrorCode::PartsMismatch),
        _ => Act::Reset(0),
    }
}

/// What users and browsers do, and inputs that make no sense.
fn people(world: &mut World, random: &mut Random, count: u64, weather: Weather) {
    let span = random.pick(&[50, 2_000, 60_000]);
    let deeds = random.below(count.min(20) + 2);
    for _ in 0..deeds {
        let at = random.below(span);
        let whose = id(random.below(count));
        match random.below(8) {
            0 | 1 => {
                world.later_input(at, Input::Pause(whose));
                world.later_input(at + random.below(span), Input::Resume(whose));
            }
            2 => world.later_input(at, Input::Abort(whose)),
            3 => world.later_input(at, Input::AwaitProcessed(whose)),
            4 => world.later_input(at, Input::Retry(whose)),
            5 => {
                let told = random.percent(70);
                let back = random.pick(&[10, 3_000, 100_000]);
                world.later(at, User::LinkDown { told });
                world.later(at + random.below(back), User::LinkUp { told });
            }
            6 => {
                // The browser is wrong: it says offline, but all is well.
                world.later_input(at, Input::Offline);
                if random.percent(50) {
                    world.later_input(at + random.below(30_000), Input::Online);
                }
            }
            _ if weather == Weather::Hostile => nonsense(world, random, at),
            _ => world.later_input(at, Input::Tick),
        }
    }
    if random.percent(3) {
        world.later_input(random.below(span), Input::Close);
    }
    if weather != Weather::Calm && random.percent(40) {
        for _ in 0..=random.below(3) {
            let back = random.pick(&[1, 500, 60_000]);
            world.later(random.below(span), User::Crash { back });
        }
    }
    if random.percent(10) {
        let night = random.pick(&[20_000, 60_000, 3_600_000, 40_000_000]);
        world.later(random.below(span), User::Sleep(night));
    }
    if weather == Weather::Hostile && random.percent(5) {
        world.later(random.below(span), User::Expire(id(random.below(count))));
    }
}

/// Records are read at any moment, in half of the worlds. Drawn apart, so that the rest of a world is what it is
/// without them.
fn readers(world: &mut World, seed: u64) {
    let mut random = Random::new(!seed);
    if random.percent(50) {
        return;
    }
    let span = random.pick(&[1, 2_000, 60_000, 600_000]);
    for number in 0..random.between(1, 12) {
        let (read, at) = (ReadId(number), random.below(span));
        world.later_input(at, Input::Read(read));
        if random.percent(20) {
            world.later(at + random.below(20_000), User::CancelRead(read));
        }
        // Again, be it under way or not.
        if random.percent(10) {
            world.later_input(at + random.below(20_000), Input::Read(read));
        }
    }
}

fn nonsense(world: &mut World, random: &mut Random, at: u64) {
    let request = RequestId(random.below(60));
    let input = match random.below(4) {
        0 => Input::Progress {
            request: RequestId(1_000_000 + request.0),
            sent: u64::MAX,
        },
        1 => Input::Resume(id(random.below(5))),
        // Replies to requests that never were.
        2 => Input::Reply {
            request: RequestId(1_000_000),
            reply: Reply::SendFailed(SendFailure::Network),
        },
        _ => Input::Abort(id(1_000 + random.below(5))),
    };
    world.later_input(at, input);
}

/// Lets the world run out; then paused uploads are resumed, and all must end.
pub fn live(world: &mut World, count: u64) {
    world.run();
    world.stop_sources();
    world.run();
    for number in 0..count {
        let paused = |world: &World| {
            world
                .queue
                .snapshot(id(number))
                .is_some_and(|at| at.state == State::Paused)
        };
        if paused(world) {
            world.input(Input::Resume(id(number)));
        }
    }
    world.run();
    world.check_end();
}
