//! How a head with room is laid out.

/// Room of a SeekHead of three entries with positions of four bytes.
pub(crate) const SEEK_ROOM: usize = 56;
/// Length of a Duration of eight bytes with ID and size, and of the Void in its place.
pub(crate) const DURATION_ROOM: usize = 11;

/// Where the parts of such a head are, in bytes from the start of the recording.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places {
    /// The data of the Segment, and the Void for the SeekHead.
    pub(crate) start: usize,
    pub(crate) info: usize,
    /// The Duration in Info, or its Void; 0: there is none.
    pub(crate) duration: usize,
    pub(crate) tracks: usize,
    /// The first child of the Segment that is neither a Void nor what took its place.
    pub(crate) other: usize,
    /// The end of the last such one, where Cues begin.
    pub(crate) cues: usize,
    /// The first Cluster.
    pub(crate) end: usize,
}

#[inline(never)]
pub(crate) fn overwrite(out: &mut [u8], at: usize, bytes: &[u8]) {
    let places = out.iter_mut().skip(at);
    places.zip(bytes).for_each(|(place, byte)| *place = *byte);
}
