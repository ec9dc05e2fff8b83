//! The local AWS, the stack in it, and the page that belongs to the stack.
//!
//! No process outlives this one: each is a [`Service`](crate::process::Service), which is stopped when it is
//! dropped and at Ctrl-C.

mod dev;
mod env_file;
mod package;
mod server;
mod site;
mod stack;
mod suite;
mod trouble;
mod trust;

pub(crate) use dev::{architecture, dev};
pub(crate) use server::{Aws, free_ports};
pub(crate) use suite::{Suite, start_for_tests};
