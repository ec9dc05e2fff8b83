//! The page of these tests, on the origin that the stacks allow besides their own page.

use devkit::env::Env;
use devkit::http::Url;
use e2e::package_page::PackagePage;

/// The page's address; it is served until the process ends.
pub(crate) struct Site {
    origin: String,
}

impl Site {
    pub(crate) fn start() -> Self {
        let origin = Env::get().extra_origin.trim_end_matches('/').to_owned();
        let port = Url::parse(&origin).and_then(|url| url.port());
        let page = PackagePage {
            title: "Flows",
            script: include_str!("page.js"),
            package: devkit::paths::root().join("target/npm/package"),
        };
        page.serve(port.expect("an origin with a port"));
        Self { origin }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/", self.origin)
    }
}
