use std::rc::Rc;

use crowfly_contract::{Stored, UploadId};

use crate::{Failure, State};

/// How far an upload is, in bytes of the file.
///
/// `confirmed <= sent <= total`; `confirmed` never falls; `sent` reaches `total` only when the upload is
/// stored (an empty file has `total` 0 all along).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Handed to the network, less what is to be sent again.
    pub sent: u64,
    /// Acknowledged by storage.
    pub confirmed: u64,
    /// The file's size.
    pub total: u64,
    /// Read and hashed.
    pub hashed: u64,
    /// The smoothed rate; 0 while nothing is sent.
    pub bytes_per_second: u64,
    /// The rest at that rate, in milliseconds, if there is a rate.
    pub eta_ms: Option<u64>,
}

/// An upload as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The upload.
    pub id: UploadId,
    /// The file's name.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// How far it is.
    pub progress: Progress,
    /// Why it failed, if it did.
    pub failure: Option<Rc<Failure>>,
    /// The object, once it is stored.
    pub stored: Option<Rc<Stored>>,
    /// Whether storage has proved its bytes; see [`Event::Stored`](crate::Event::Stored).
    pub verified: bool,
}
