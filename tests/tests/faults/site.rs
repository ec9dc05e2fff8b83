//! The page of these tests, on an origin of its own.

use e2e::package_page::{PackagePage, package};

/// The page's address; it is served until the process ends.
pub(crate) struct Site {
    url: String,
}

impl Site {
    pub(crate) fn start() -> Self {
        let package = package();
        assert!(
            package.join("crowfly_bg.wasm").is_file(),
            "no npm package in {}: run `cargo xtask package`",
            package.display()
        );
        let page = PackagePage {
            title: "Faults",
            script: include_str!("page.js"),
            package,
        };
        let port = page.serve(0);
        // A host name of its own, so that no case's storage has the page's origin. Names under localhost are secure
        // contexts: https://developer.mozilla.org/en-US/docs/Web/Security/Secure_Contexts
        let url = format!("http://page.localhost:{port}/");
        Self { url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
