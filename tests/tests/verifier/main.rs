//! The functions without a gateway: they check tokens themselves, with the keys of an issuer that they ask
//! over HTTP.
#![forbid(unsafe_code)]

mod function;
mod keys;
mod tokens;
