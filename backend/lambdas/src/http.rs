//! API Gateway's HTTP events (payload format 2.0) and the answers to them.

mod answer;
mod event;
mod gate;

pub use answer::Answer;
pub(crate) use answer::{answer, no_method, no_route};
pub use event::Request;
pub use gate::Gate;
