//! The pages of recordings, on the origin that the stacks allow to tools: one server, as the origin has one port.

use std::path::PathBuf;
use std::sync::OnceLock;

use devkit::env::Env;
use devkit::http::{Files, Url};
use devkit::paths;
use e2e::package_page::{PackagePage, package};

pub(crate) struct ToolSite {
    /// Its address, with a slash at its end: the page of `live_page.js`.
    pub(crate) url: String,
    /// The folder that it has as `recorder/`, with the package in its folder `crowfly`.
    pub(crate) recorder: PathBuf,
}

/// The site, which is served until the process ends.
pub(crate) fn tool_site() -> &'static ToolSite {
    static SITE: OnceLock<ToolSite> = OnceLock::new();
    SITE.get_or_init(|| {
        let origin = Env::get().tool_origin.trim_end_matches('/');
        let port = Url::parse(origin).and_then(|url| url.port());
        let recorder = paths::scratch("recorder");
        let more = Files::default()
            .at("/recorder/crowfly/", package())
            .at("/recorder/", recorder.clone());
        let page = PackagePage {
            title: "Recordings",
            script: include_str!("live_page.js"),
            package: package(),
        };
        page.serve_beside(port.expect("an origin with a port"), more);
        ToolSite {
            url: format!("{origin}/"),
            recorder,
        }
    })
}
