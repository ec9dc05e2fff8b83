use std::rc::Rc;

use crowfly_contract::{Stored, UploadId};

use crate::{Failure, Progress, State};

/// The current state of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The upload.
    pub id: UploadId,
    /// The file's name.
    pub name: String,
    /// Its state.
    pub state: State,
    /// Its progress.
    pub progress: Progress,
    /// Why it failed, if it did.
    pub failure: Option<Rc<Failure>>,
    /// The object, once it is stored.
    pub stored: Option<Rc<Stored>>,
    /// Whether storage has proved its bytes; see [`Event::Stored`](crate::Event::Stored).
    pub verified: bool,
}
