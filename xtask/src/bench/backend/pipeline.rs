//! Spikes of uploads through the whole pipeline on the local AWS, by the binary `load` of the crate `e2e`.

use serde_json::Value;

use crate::error::Error;
use crate::lambdas::Build;
use crate::native::NATIVE;
use crate::process::Cmd;
use crate::{local, paths, step};

/// One spike of each size, on one system.
pub(super) fn spikes(sizes: &[u64]) -> Result<Vec<Value>, Error> {
    let suite = local::start_for_tests(Build::Release)?;
    // With the flags of the tests, so that nothing is compiled twice.
    Cmd::new("cargo")
        .args(["build", "--quiet", "--bin", "load"])
        .args(NATIVE)
        .log("bench-load-build")
        .run()?;
    let load = paths::cargo_target().join("debug/load");
    sizes
        .iter()
        .map(|events| {
            let text = step::step(&format!("{events} events"), || {
                Cmd::new(&load)
                    .args(["--events", &events.to_string()])
                    .env("CROWFLY_TEST_ENV", suite.env())
                    .log("bench-load")
                    .output()
            })?;
            serde_json::from_str(&text)
                .map_err(|error| Error::failed(format!("load: {error}: {text}")))
        })
        .collect()
}
