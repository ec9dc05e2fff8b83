//! The cost of the backend: each function on Lambda's runtime API beside the usual sample in Node.js, and the
//! pipeline from storage to record under spikes of growing size.

mod measure;
mod pipeline;
mod report;
mod runtime;
mod sample;
mod services;
mod subject;

use serde_json::{Value, json};

use super::options::Options;
use crate::error::Error;
use crate::lambdas::{self, Build};
use crate::step;

/// Cold starts of each function in one run.
const STARTS: usize = 7;

/// All measurements.
pub(super) struct Measured {
    text: String,
    json: Value,
}

impl Measured {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn json(self) -> Value {
        self.json
    }
}

/// Measures functions, the pipeline, or both.
pub(super) fn measure(options: &Options) -> Result<Measured, Error> {
    let mut measured = Measured {
        text: String::new(),
        json: json!({}),
    };
    if options.wants("backend") || options.wants("functions") {
        let functions = lambdas::build(Build::Release, false)?;
        let sample = sample::ready()?;
        let subjects = subject::all(&sample, &functions)?;
        let services = services::start()?;
        let url = services.url();
        let counts = (options.runs * STARTS, options.runs, options.calls);
        let figures = measure::all(&subjects, url.trim_end_matches('/'), counts)?;
        step::clear();
        measured.text += &report::functions(&subjects, &figures);
        measured.json["functions"] = report::functions_json(&subjects, &figures);
    }
    if options.wants("backend") || options.wants("pipeline") {
        let spikes = pipeline::spikes(&options.events)?;
        step::clear();
        measured.text += &format!("\n{}", report::pipeline(&spikes));
        measured.json["pipeline"] = spikes.into();
    }
    Ok(measured)
}
