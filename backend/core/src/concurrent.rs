use std::future::Future;

use futures_util::StreamExt;
use futures_util::stream;

/// Runs all `tasks`, at most `limit` of them at a time, and gives their outputs in the order of the tasks.
pub async fn bounded<F: Future>(tasks: Vec<F>, limit: usize) -> Vec<F::Output> {
    stream::iter(tasks).buffered(limit.max(1)).collect().await
}
