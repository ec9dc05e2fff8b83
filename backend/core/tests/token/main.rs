//! The backend's own check of tokens, on virtual time, with keys made for the run.

mod cache;
mod claims;
mod forged;
mod mint;
mod property;
mod shape;
