//! The store in memory takes the exam that every store takes: only so may tests stand on it.

use crowfly_core::testing::{Memory, exam};

#[tokio::test]
async fn memory_passes_the_exam_of_the_store() {
    let mut letters = 'a'..='z';
    let owner = || {
        letters
            .next()
            .unwrap()
            .to_string()
            .repeat(26)
            .parse()
            .unwrap()
    };
    exam::all(&Memory::default(), owner).await;
}
