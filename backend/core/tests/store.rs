//! The store in memory passes the conformance tests, so that tests over it are valid.

use crowfly_testing::{Memory, conformance};

#[tokio::test]
async fn memory_conforms_to_the_ports_of_a_store() {
    let mut letters = ('a'..='z').chain('2'..='7');
    let owner = || {
        letters
            .next()
            .unwrap()
            .to_string()
            .repeat(26)
            .parse()
            .unwrap()
    };
    conformance::all(&Memory::default(), owner).await;
}
