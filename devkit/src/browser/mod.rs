//! A browser driven as a person would use it, over WebDriver: <https://www.w3.org/TR/webdriver2/>.
//!
//! Only `start.rs` and the file of each browser know which one it is; everything else is the standard. What only
//! Chromium offers is in `devtools.rs`.

mod chromium;
mod client;
mod devtools;
mod driver;
mod element;
mod firefox;
mod kind;
mod programs;
mod session;
mod start;
mod webkit;
mod windows;

pub use chromium::capabilities as chromium_capabilities;
pub use client::{Browser, Key};
pub use driver::Profile;
pub use element::Element;
pub use kind::Kind;
pub use programs::Programs;
pub use session::WebDriverError;
pub use windows::Window;
