//! A test page: the packed npm package and a script of the test's own.

use std::path::PathBuf;

use crate::http::{Answer, Incoming, Server};

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
    /// Serves it until the process ends.
    pub fn serve(self, server: Server) {
        std::thread::spawn(move || server.run(|request| self.answer(request)));
    }

    fn answer(&self, request: &Incoming) -> Answer {
        let script = "text/javascript; charset=utf-8";
        match request.path.as_str() {
            "/" => return Answer::new(200, "text/html; charset=utf-8", self.index()),
            "/page.js" => return Answer::new(200, script, self.script),
            _ => {}
        }
        let file = request
            .path
            .strip_prefix("/crowfly/")
            .filter(|name| !name.contains(['/', '\\']));
        let kind = match file.and_then(|name| name.rsplit_once('.')) {
            Some((_, "wasm")) => "application/wasm",
            _ => script,
        };
        match file.map(|name| std::fs::read(self.package.join(name))) {
            Some(Ok(bytes)) => Answer::new(200, kind, bytes),
            _ => Answer::new(404, "text/plain", "not found"),
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
