//! HTTP/1.1 as a stream, shared by the fault proxy and the sink. Bodies are never held in memory, heads keep
//! every byte, and a connection can be ended by a reset.

mod head;
mod listener;
mod pace;
mod reply;

pub use head::{Head, MAX_HEAD_BYTES};
pub use listener::{Connection, Listener};
pub use pace::Pacer;
pub use reply::{Reply, Side, drain};
