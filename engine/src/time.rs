/// A moment on a monotonic clock, in milliseconds since an arbitrary start.
///
/// In a browser this is `performance.now()`: it never goes backwards and is independent of the system time, so a
/// wrong or adjusted wall clock cannot disturb an upload. <https://www.w3.org/TR/hr-time-3/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

// Never inlined: a call is a third of the size of a saturating addition, and there are many.
impl Millis {
    /// Later than any other moment.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// The moment `millis` later.
    #[must_use]
    #[inline(never)]
    pub const fn after(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds since `earlier`; 0 if `earlier` is in the future.
    #[must_use]
    #[inline(never)]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
