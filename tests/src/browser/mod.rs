//! A browser driven as a person would, over the WebDriver protocol (W3C WebDriver, 2024).
//!
//! Only `chromium.rs` knows which browser it is; everything else is the standard.

mod chromium;
mod element;
mod session;

pub use element::Element;
pub use session::{Browser, Key};
