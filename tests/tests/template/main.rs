//! Checks of `template.yaml` that linters do not make: permissions, sources, times and limits. And of the workflows of
//! GitHub, in like manner.
#![forbid(unsafe_code)]

mod document;
mod events;
mod functions;
mod http_api;
mod notifications;
mod operations;
mod parameters;
mod public;
mod roles;
mod scanner;
mod watching;
mod workflows;
