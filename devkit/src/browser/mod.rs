//! A browser driven as a person would use it, over WebDriver: <https://www.w3.org/TR/webdriver2/>.
//!
//! Only `drivers.rs` and `programs.rs` know which one it is; everything else is the standard, but for what only
//! Chromium offers, in `devtools.rs`.

mod client;
mod devtools;
mod drivers;
mod programs;
mod restart;
mod session;

pub use client::{Browser, Key, Window};
pub use drivers::{Leave, add_camera, chromium_capabilities};
pub use programs::{Kind, Programs};
pub use session::{Element, WebDriverError};
