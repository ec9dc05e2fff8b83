//! What the engine does, one file for each behaviour, on virtual time. Names with `fNN` are rows of the
//! project's list of faults.

#[path = "../common/mod.rs"]
mod common;

mod abort;
mod answer;
mod api;
mod batching;
mod calls;
mod digest;
mod doubt;
mod file;
mod first_parts;
mod grant;
mod hidden;
mod hosts;
mod keys;
mod live;
mod multipart;
mod multipart_trouble;
mod offline;
mod part_size;
mod pause;
mod processed;
mod progress;
mod quota;
mod reads;
mod resume;
mod retry;
mod scale;
mod servers;
mod stall;
mod straight;
mod token;
mod verified;
