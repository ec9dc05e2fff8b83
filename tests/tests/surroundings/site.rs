//! The pages: one folder for each case, and the package on the same or on another origin.

use devkit::http::{Files, Incoming, Reply, Server};
use e2e::package_page::{node_modules, package};

use crate::cases::{CASES, Case};

const COMMON: &str = include_str!("page.js");

/// Serves pages and package at one port, and the package with `page.js` at another, until the process ends.
pub(crate) struct Site {
    pub(crate) page: u16,
    pub(crate) cdn: u16,
}

impl Site {
    pub(crate) fn start(api: &str) -> Self {
        let files = || {
            Files::default()
                .at("/crowfly/", package())
                .at("/zone.js/", node_modules().join("zone.js"))
        };
        let cdn = Server::bind(0).expect("a free port");
        let cdn = cdn.header("access-control-allow-origin", "*");
        let cdn = cdn.header("cross-origin-resource-policy", "cross-origin");
        let port = cdn.address().port();
        let shelf = files();
        let shelves = move |request: &Incoming| match request.path.as_str() {
            "/page.js" => script(COMMON),
            _ => shelf.answer(request),
        };
        cdn.serve(shelves).expect("a server").detach();
        let site = Server::bind(0).expect("a free port");
        // A sandboxed page is of no origin, so that even its own scripts come from another one.
        let site = site.header("access-control-allow-origin", "*");
        let page = site.address().port();
        let (files, api) = (files(), api.to_owned());
        let pages = move |request: &Incoming| answer(&files, &api, port, request);
        site.serve(pages).expect("a server").detach();
        Self { page, cdn: port }
    }

    pub(crate) fn url(&self, case: &Case) -> String {
        let port = self.page;
        format!("http://localhost:{port}/{}/", case.folder)
    }
}

fn answer(files: &Files, api: &str, cdn: u16, request: &Incoming) -> Reply {
    let mut steps = request.path.trim_start_matches('/').splitn(2, '/');
    let (folder, name) = (
        steps.next().unwrap_or_default(),
        steps.next().unwrap_or_default(),
    );
    let case = CASES.iter().find(|case| case.folder == folder);
    let filled = |text: &str| {
        text.replace("SIZE", &crate::worker_bytes().to_string())
            .replace("API", api)
            .replace("CDN", &format!("http://127.0.0.1:{cdn}"))
    };
    let reply = match (case, name) {
        (_, "page.js") => script(COMMON),
        (Some(case), "") => Reply::html(200, page(case.before)),
        (Some(case), "run.js") => script(&filled(case.script)),
        (Some(case), "worker.js") => script(&filled(case.worker)),
        (Some(_), "inner") => Reply::html(200, page("")),
        // The package below each case's own headers.
        (Some(_), _) => {
            let mut own = request.clone();
            own.path = format!("/{name}");
            files.answer(&own)
        }
        (None, _) => files.answer(request),
    };
    let Some(case) = case else { return reply };
    let here = |name: &str| case.on_files || ["", "inner"].contains(&name);
    let headers = case.headers.iter().filter(|_| here(name));
    headers.fold(reply, |reply, (name, value)| {
        reply.header(name, filled(value))
    })
}

fn script(text: &str) -> Reply {
    Reply::new(200).body("text/javascript; charset=utf-8", text)
}

/// A page that runs the case's script after `before`.
fn page(before: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Surroundings</title>\
         <link rel=\"icon\" href=\"data:,\">{before}\
         <script type=\"module\" src=\"./run.js\"></script></html>\n"
    )
}
