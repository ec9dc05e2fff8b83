//! A browser driven as a person would, over the WebDriver protocol (W3C WebDriver, 2024).
//!
//! Only [`Kind`] and the file of each browser know which one it is; everything else is the standard. What
//! Chromium alone offers stands in `chromium.rs`.

mod chromium;
mod driver;
mod element;
mod firefox;
mod kind;
mod session;
mod webkit;
mod windows;

pub use element::Element;
pub use kind::Kind;
pub use session::{Browser, Key};
pub use windows::Window;
