//! A browser driven as a person would use it, over WebDriver: <https://www.w3.org/TR/webdriver2/>.
//!
//! Only `drivers.rs` and `programs.rs` know which one it is; everything else is the standard, but for what only
//! Chromium offers, at the end of `page.rs`.

mod client;
mod drivers;
mod page;
mod programs;

pub use client::{Browser, Key, WebDriverError};
pub use drivers::chromium_capabilities;
pub use page::{Element, Window};
pub use programs::{Kind, Profile, Programs};
