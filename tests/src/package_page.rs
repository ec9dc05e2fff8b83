//! A test page: the packed npm package and a script of the test's own.

use std::path::PathBuf;

use devkit::http::{Files, Incoming, Reply, Server};

/// The folder of the unpacked package: `CROWFLY_PACKAGE_DIR`, or where `cargo xtask package` puts it.
pub fn package() -> PathBuf {
    folder("CROWFLY_PACKAGE_DIR", "target/npm/package")
}

/// The npm tools: `CROWFLY_NODE_MODULES`, or where `cargo xtask setup` puts them.
pub fn node_modules() -> PathBuf {
    folder("CROWFLY_NODE_MODULES", "target/tools/node/node_modules")
}

fn folder(variable: &str, otherwise: &str) -> PathBuf {
    let given = std::env::var_os(variable).map(PathBuf::from);
    given.unwrap_or_else(|| devkit::paths::root().join(otherwise))
}

/// What a test page is made of.
#[derive(Clone, Debug)]
pub struct PackagePage {
    /// Its title.
    pub title: &'static str,
    /// The script, served as `/page.js`; it imports the package from `/crowfly/`.
    pub script: &'static str,
    /// The folder of the unpacked package.
    pub package: PathBuf,
}

impl PackagePage {
    /// Serves it at this port (0 takes a free one) until the process ends; returns the port.
    ///
    /// # Panics
    /// When the port is taken.
    pub fn serve(self, port: u16) -> u16 {
        self.serve_beside(port, Files::default())
    }

    /// The same, with more files.
    ///
    /// # Panics
    /// When the port is taken.
    pub fn serve_beside(self, port: u16, more: Files) -> u16 {
        let bound = Server::bind(port)
            .unwrap_or_else(|error| panic!("cannot serve a page on port {port}: {error}"));
        let port = bound.address().port();
        let files = more.at("/crowfly/", self.package.clone());
        let serving = bound.serve(move |request| self.answer(&files, request));
        serving.expect("a server").detach();
        port
    }

    fn answer(&self, files: &Files, request: &Incoming) -> Reply {
        match request.path.as_str() {
            "/" => Reply::html(200, self.index()),
            "/page.js" => Reply::new(200).body("text/javascript; charset=utf-8", self.script),
            _ => files.answer(request),
        }
    }

    fn index(&self) -> String {
        format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{}</title>\
             <link rel=\"icon\" href=\"data:,\"><input type=\"file\" multiple>\
             <script type=\"module\" src=\"./page.js\"></script></html>\n",
            self.title
        )
    }
}
