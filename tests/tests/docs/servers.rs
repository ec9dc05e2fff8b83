//! What the runner of the apps knows of their document.

#[path = "../servers/document.rs"]
pub(crate) mod document;
#[path = "../servers/lines.rs"]
pub(crate) mod lines;
