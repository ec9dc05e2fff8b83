//! The store in memory passes the conformance tests, so that tests over it are valid.

use crowfly_testing::{Memory, conformance};

#[tokio::test]
async fn memory_conforms_to_the_ports_of_a_store() {
    let first = ('a'..='z').chain('2'..='7');
    let mut owners =
        first.flat_map(|letter| ["a", "b"].map(|rest| format!("{letter}{}", rest.repeat(25))));
    let owner = || owners.next().unwrap().parse().unwrap();
    conformance::all(&Memory::default(), owner).await;
}
