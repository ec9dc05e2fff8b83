//! A browser driven as a person would use it, over WebDriver: <https://www.w3.org/TR/webdriver2/>.
//!
//! Only [`Kind`] and the file of each browser know which one it is; everything else is the standard. What
//! only Chromium offers is in `chromium.rs`.

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
