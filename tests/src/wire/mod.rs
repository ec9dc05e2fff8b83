//! HTTP/1.1 as a stream: what the fault proxy and the sink share. Bodies are never held, heads keep every
//! byte, and a connection can be ended by a reset.

mod doorway;
mod head;
mod pace;
mod reply;

pub use doorway::{Doorway, Guest};
pub use head::{Head, MAX_HEAD_BYTES};
pub use pace::Pacer;
pub use reply::{Reply, Side, drain};
