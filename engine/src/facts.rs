//! Facts of an upload of which one at a time is true.

use crate::Millis;

/// What is wanted of an upload that has not ended.
///
/// Invariant: an abort is final, so it replaces a pause and is replaced by none; it leaves only with the ending of the
/// upload, or when storage turns out to have the object already. One that has ended is [`Control::Run`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Control {
    #[default]
    Run,
    Pause,
    /// It is cancelled on the server, or given up at this moment.
    Abort(Millis),
}

/// Whether storage has proved the bytes, by stating the checksum that this page has computed.
///
/// Invariants: [`Proof::Verified`] only in an upload that is stored; only while [`Proof::Comparing`] is there one part
/// for the whole of a file whose object was made of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It has stated none so far.
    #[default]
    None,
    /// Its answer to the PUT stated another one.
    Contradicted,
    /// It has the object and states one: ours is computed now, to be compared.
    Comparing,
    /// The file is not read for that: its abort came too late, or it cannot be read.
    Waived,
    /// It has stated ours.
    Verified,
}

/// Whether the record is waited for.
///
/// Invariant: [`Awaited::Until`] only in an upload that is stored, [`Awaited::OnceStored`] only in one that has not
/// ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Awaited {
    #[default]
    No,
    /// It will be.
    OnceStored,
    /// It is asked for until this moment on the budgets' clock.
    Until(Millis),
}
