//! Checks of `template.yaml` that linters do not make: permissions, sources, times and limits. And of the workflows of
//! GitHub, in like manner.
#![forbid(unsafe_code)]

mod costs;
mod document;
mod events;
mod functions;
mod http_api;
mod names;
mod operations;
mod parameters;
mod public;
mod roles;
mod scanner;
mod watching;
mod workflows;
