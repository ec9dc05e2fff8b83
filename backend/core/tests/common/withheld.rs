//! The record and content that the owner of upload 1 gets.

use crowfly_contract::{Content, ErrorCode, Record};
use crowfly_core::{Error, Refusal, read};
use crowfly_testing::Memory;

use super::{NOW, id, owner};

pub(crate) async fn shown(memory: &Memory) -> Record {
    read::get(memory, &owner('a'), id(1), NOW).await.unwrap()
}

pub(crate) async fn content(memory: &Memory) -> Result<Content, Refusal> {
    match read::content(memory, memory, &owner('a'), id(1), NOW).await {
        Ok(content) => Ok(content),
        Err(Error::Refused(refusal)) => Err(refusal),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) async fn refused(memory: &Memory) -> ErrorCode {
    content(memory)
        .await
        .expect_err("the content was given")
        .code
}
