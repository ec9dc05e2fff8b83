//! The store in memory passes the conformance tests of a store; otherwise tests over it would prove nothing.

use crowfly_testing::{Memory, conformance};

#[tokio::test]
async fn memory_conforms_to_the_ports_of_a_store() {
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
    conformance::all(&Memory::default(), owner).await;
}
