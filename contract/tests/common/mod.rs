#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod looks;

use std::fmt::Debug;
use std::path::Path;

use crowfly_contract::{Crc64Nvme, Texts, UploadId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) const CRC: Crc64Nvme = Crc64Nvme::new(0xae8b_1486_0a79_9888);
pub(crate) const ADDRESS: &str = "https://films.s3.eu-west-1.amazonaws.com/uploads/a";
pub(crate) const OTHER_ADDRESS: &str =
    "https://films.s3.dualstack.eu-west-1.amazonaws.com/uploads/a";
pub(crate) const KEY: &str =
    "uploads/zjn67vy4s4onaae2deltmf3fv5/01JD7ZK3V8Q2X5N6R9T0W1Y4AB/여름_1.webm";

pub(crate) fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

/// Checks both directions.
pub(crate) fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let text = file(name);
    assert_eq!(
        &serde_json::from_str::<T>(&text).unwrap(),
        value,
        "reading {name}.json"
    );
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        serde_json::to_value(value).unwrap(),
        json,
        "writing {name}.json"
    );
}

pub(crate) fn id() -> UploadId {
    "01JD7ZK3V8Q2X5N6R9T0W1Y4AB".parse().unwrap()
}

pub(crate) fn other_id() -> UploadId {
    "01JD7ZK3V8Q2X5N6R9T0W1Y4AC".parse().unwrap()
}

pub(crate) fn map<const N: usize>(pairs: [(&str, &str); N]) -> Texts {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}
