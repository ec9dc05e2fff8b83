//! Mutually exclusive facts of an upload, as enums.

use crate::Millis;

/// What the user wants of an upload that has not ended.
///
/// Invariant: an abort is final. It replaces a pause, and is cleared only when the upload ends or when storage turns
/// out to have the object already. An upload that has ended is [`Control::Run`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Control {
    #[default]
    Run,
    Pause,
    /// It is cancelled on the server, or ended locally at this moment.
    Abort(Millis),
}

/// Whether storage has proved the bytes, by reporting the checksum that this page computed.
///
/// Invariants: [`Proof::Verified`] only in a stored upload; only during [`Proof::Comparing`] does a multipart
/// file have a single part that covers the whole file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proof {
    /// No checksum reported so far.
    #[default]
    None,
    /// The answer to the PUT reported it.
    Stated,
    /// The answer to the PUT reported a different one.
    Contradicted,
    /// Storage has the object and reports a checksum: ours is being computed for comparison.
    Comparing,
    /// The file is not hashed for comparison: the abort came too late, or it cannot be read.
    Waived,
    /// Storage reported our checksum.
    Verified,
}

/// Whether the record is awaited.
///
/// Invariant: [`Awaited::Until`] only in a stored upload, [`Awaited::OnceStored`] only in one that has not ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Awaited {
    #[default]
    No,
    /// It will be, once stored.
    OnceStored,
    /// It is polled until this moment on the budget clock.
    Until(Millis),
}
