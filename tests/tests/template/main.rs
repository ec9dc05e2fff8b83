//! Checks of `template.yaml` that linters do not make: permissions, sources, times and limits. And of the workflows of
//! GitHub, in like manner.
#![forbid(unsafe_code)]

mod acceleration;
mod api_domain;
mod costs;
mod distribution;
mod document;
mod encryption;
mod events;
mod existing;
mod functions;
mod http_api;
mod issuer;
mod lifetimes;
mod names;
mod notifications;
mod operations;
mod parameter_table;
mod parameters;
mod printed;
mod public;
mod resolve;
mod roles;
mod scanner;
mod upload_hosts;
mod watching;
mod workflows;
