//! The cost of the backend: each function on Lambda's runtime API beside the usual sample in Node.js, and the
//! pipeline from storage to record under spikes of growing size.

mod events;
mod measure;
mod report;
mod runtime;
mod sample;
mod services;
mod subject;

use serde_json::{Value, json};

use super::options::Options;
use crate::error::Error;
use crate::lambdas::{self, Build, Functions};
use crate::process::Cmd;
use crate::{files, local, native, paths, step};

/// Cold starts of each function in one run.
const STARTS: usize = 7;

/// Measures functions, the pipeline, or both; returns the tables, and all samples.
pub(super) fn measure(options: &Options) -> Result<(String, Value), Error> {
    let (mut text, mut json) = (String::new(), json!({}));
    if options.wants("backend") || options.wants("functions") {
        let functions = match &options.zips {
            Some(folder) => Functions::built(folder),
            None => lambdas::build(Build::Release, false)?,
        };
        let sample = sample::ready()?;
        let subjects = subject::all(&sample, &functions)?;
        let services = services::start()?;
        let url = services.url();
        let counts = (options.runs * STARTS, options.runs, options.calls);
        let figures = measure::all(&subjects, url.trim_end_matches('/'), counts)?;
        let rate = services::rate(&services)?;
        step::clear();
        text += &report::functions(&subjects, &figures, rate);
        json["servicesPerSecond"] = rate.into();
        json["functions"] = report::functions_json(&subjects, &figures);
    }
    if options.wants("backend") || options.wants("pipeline") {
        let spikes = spikes(&options.events)?;
        step::clear();
        text += &format!("\n{}", report::pipeline(&spikes));
        json["pipeline"] = spikes.into();
    }
    Ok((text, json))
}

/// One spike of each size, through the whole pipeline on one local AWS, by the binary `load` of the crate `e2e`.
fn spikes(sizes: &[u64]) -> Result<Vec<Value>, Error> {
    let suite = local::start_for_tests(Build::Release)?;
    // With the flags of the tests, so that nothing is compiled twice.
    native::cargo("build --quiet --bin load")
        .log("bench-load-build")
        .run()?;
    let load = paths::cargo_target().join("debug/load");
    let spike = |events: &u64| {
        let text = step::step(&format!("{events} events"), || {
            Cmd::new(&load)
                .args(["--events", &events.to_string()])
                .env("CROWFLY_TEST_ENV", &suite.env)
                .log("bench-load")
                .output()
        })?;
        files::json("what `load` printed", text)
    };
    sizes.iter().map(spike).collect()
}
