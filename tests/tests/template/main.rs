//! `template.yaml` held to what linters do not look at: who may do what, from where, and for how long.
#![forbid(unsafe_code)]

mod document;
mod events;
mod functions;
mod http_api;
mod operations;
mod parameters;
mod public;
mod roles;
mod scanner;
mod watching;
