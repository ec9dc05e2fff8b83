//! The whole system, as deployed from `template.yaml`; `devkit::env::Env` describes how it is found.
//!
//! Each test uses its own caller, so that tests may run in any order and concurrently.
#![forbid(unsafe_code)]

mod access;
mod api;
mod bundlers;
mod common;
mod complete;
mod content;
mod cors;
mod denied;
mod direct;
mod doctor;
mod errors;
mod errors_create;
mod events;
mod faulty;
mod first_user;
mod forward_faults;
mod given_out;
mod load;
mod logs;
mod machine;
mod names;
mod order;
mod owners;
mod package;
mod package_causes;
mod package_contents;
mod page;
mod page_a11y;
mod page_control;
mod page_folders;
mod page_withheld;
mod pages;
mod parts;
mod parts_refused;
mod parts_stolen;
mod pipeline;
mod pipeline_faults;
mod poison;
mod public;
mod quota;
mod records;
mod redrive;
mod scan;
mod sdk;
mod sign_in;
mod storage;
mod storage_policy;
mod sweep;
mod tokens;
mod transactions;
mod types;
mod vite_app;
mod window;
