//! Installs what is missing; on a machine that has everything this takes milliseconds.

mod apt;
pub(crate) mod browsers;
pub(crate) mod cargo_tools;
pub(crate) mod cross_target;
pub(crate) mod media;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod stamp;
pub(crate) mod wasm_target;

use std::thread;

use crate::error::Error;
use crate::tools;

/// Makes one tool ready: finds or installs it.
pub(crate) type Install = fn() -> Result<(), Error>;

/// What builds the browser module, and its tests.
pub(crate) const WASM: &[Install] = &[wasm_target::ready, cargo_tools::wasm_bindgen];
pub(crate) const WASM_AND_TESTS: &[Install] = &[WASM[0], WASM[1], cargo_tools::wasm_pack];

pub(crate) fn all() -> Result<(), Error> {
    ready(
        WASM_AND_TESTS,
        &[
            node::ready,
            || tools::install(&tools::of_a_test_run()?),
            node::provider,
            node::examples,
            || python::cargo_lambda().map(drop),
            || python::zig().map(drop),
            || python::local_aws().map(drop),
            || python::sam().map(drop),
            || python::checkov().map(drop),
            || python::aws_cli().map(drop),
            || python::verify().map(drop),
            || python::openapi().map(drop),
            || cargo_tools::mdbook().map(drop),
            node::site,
            || browsers::chromium().map(drop),
            media::ready,
            || cargo_tools::cargo_deny().map(drop),
            || cargo_tools::cargo_fuzz().map(drop),
        ],
    )
}

/// Makes tools ready: what is compiled one by one, and what is downloaded meanwhile.
pub(crate) fn ready(compiled: &[Install], downloaded: &[Install]) -> Result<(), Error> {
    let one_by_one = |tools: &[Install]| tools.iter().try_for_each(|install| install());
    thread::scope(|scope| {
        let downloads = scope.spawn(|| one_by_one(downloaded));
        let compiled = one_by_one(compiled);
        let downloads = downloads
            .join()
            .unwrap_or_else(|_| Err(Error::failed("the set-up thread panicked")));
        compiled.and(downloads)
    })
}
