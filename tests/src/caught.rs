use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `work` returns, or the message that it panicked with: for runners that go on with other cases.
///
/// # Errors
/// When it panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|reason| {
        let text = reason.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| reason.downcast_ref::<&str>().copied());
        text.unwrap_or("a panic without a sentence").to_owned()
    })
}
