/// A moment on a monotonic clock, in milliseconds since an arbitrary start.
///
/// In a browser this is `performance.now()`; it never goes back and has nothing to do with the time of
/// day, so a wrong or jumping wall clock cannot disturb an upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

// Never inlined: in the published module a call is a third of a saturating sum, and there are many.
impl Millis {
    /// Later than every moment there is.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// The moment `millis` later.
    #[must_use]
    #[inline(never)]
    pub const fn after(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds since `earlier`; 0 if that lies in the future.
    #[must_use]
    #[inline(never)]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
