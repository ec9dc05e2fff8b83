//! A world on virtual time: a driver, a server that knows the truth, and a monitor that checks the
//! engine's promises after every step.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each test file uses its own part of the common world"
)]

pub mod chance;
mod driver;
mod fault;
pub mod file;
pub mod journal;
pub mod monitor;
mod multipart;
mod news;
mod quota;
pub mod random;
mod reads;
pub mod server;
pub mod source;
mod storage;
mod verdict;
mod waits;
pub mod wire;
pub mod world;

use crowfly_contract::{ErrorCode, UploadId};
use crowfly_engine::{ApiFailure, ChecksumMode, NewUpload};

pub use fault::Fault;
pub use file::File;
pub use monitor::{Ending, Monitor};
pub use multipart::Multipart;
pub use random::Random;
pub use reads::Reads;
pub use server::Server;
pub use waits::Waits;
pub use wire::{Act, Op};
pub use world::{User, World};

pub const MIB: u64 = 1 << 20;

pub fn id(number: u64) -> UploadId {
    UploadId::from_parts(1_700_000_000_000, u128::from(number))
}

pub fn new_upload(number: u64, size: u64) -> NewUpload {
    NewUpload {
        id: id(number),
        name: format!("file {number}.bin"),
        path: Some(format!("folder/{number}")),
        size,
        live: None,
        max_bytes: None,
        media_type: "application/octet-stream".into(),
        visibility: Default::default(),
        metadata: Default::default(),
        priority: 0,
        checksum: ChecksumMode::Crc64Nvme,
        resumed: false,
    }
}

pub fn api(status: u16, code: ErrorCode) -> Act {
    Act::Api(ApiFailure::Http {
        status,
        code,
        message: "the server's sentence".into(),
        request_id: "req-1".into(),
        retry_after_ms: None,
    })
}

pub fn s3(status: u16, code: &'static str) -> Act {
    Act::S3 {
        status,
        code,
        message: "",
        retry_after_ms: None,
    }
}
