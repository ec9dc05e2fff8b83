//! Servers on the origin that the stacks allow: a tool's own, or one that any host could be.

use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use devkit::env::Env;
use devkit::http::{Files, Reply, Request, Server, Serving, Url};
use rustix::process::{Pid, Signal, kill_process};

use crate::project::{Project, last_lines};

/// How long a tool may take until it answers with a page.
const START: Duration = Duration::from_secs(120);

/// The origin that the stacks allow besides their pages.
pub(crate) fn origin() -> &'static str {
    Env::get().tool_origin.trim_end_matches('/')
}

/// Its port.
pub(crate) fn port() -> u16 {
    let port = Url::parse(origin()).and_then(|url| url.port());
    port.expect("an origin with a port")
}

/// A server that stops when dropped.
pub(crate) enum Running {
    Tool(Child),
    /// The origin, and the other one where there is one.
    Ours(Vec<Serving>),
}

impl Running {
    /// A tool's own server: an npm script of the project.
    pub(crate) fn tool(project: &Project, script: &str) -> Self {
        let port = port().to_string();
        let script = script.replace("PORT", &port);
        let mut npm = project.command("npm");
        npm.arg("run").args(script.split(' '));
        // For tools that take no arguments.
        npm.env("HOST", "127.0.0.1").env("PORT", &port);
        let log = project.folder.join("server.log");
        let file = std::fs::File::create(&log).expect("a log");
        let second = file.try_clone().expect("the same file");
        let child = npm.stdout(file).stderr(second).spawn().expect("npm");
        let mut running = Self::Tool(child);
        let (since, address) = (Instant::now(), format!("{}/", origin()));
        while !Request::new("GET", address.as_str())
            .try_send()
            .is_ok_and(|answer| answer.status == 200)
        {
            let ended = running.ended();
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(
                !ended && since.elapsed() < START,
                "the server does not answer; it said:\n{}",
                last_lines(&said)
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        running
    }

    /// Whether a tool's server has exited by itself.
    fn ended(&mut self) -> bool {
        match self {
            Self::Tool(child) => matches!(child.try_wait(), Ok(Some(_))),
            Self::Ours(servers) => servers.is_empty(),
        }
    }

    /// The files of a folder.
    pub(crate) fn folder(folder: PathBuf) -> Self {
        Self::Ours(vec![serve(Files::default().at("/", folder), None)])
    }

    /// The project's page `name`, and the package on another origin, by whose address the page's is replaced.
    pub(crate) fn cdn(project: &Project, name: &str) -> Self {
        let package = Files::default().at("/crowfly/", project.folder.join("node_modules/crowfly"));
        let cdn = Server::bind(0).expect("a free port");
        let cdn = cdn.header("access-control-allow-origin", "*");
        let cdn = cdn.serve(move |request| package.answer(request));
        let cdn = cdn.expect("a server");
        let page = std::fs::read_to_string(project.folder.join(name)).expect("the page");
        assert!(page.contains("https://cdn.example/"), "{page}");
        let page = page.replace("https://cdn.example/", &cdn.url());
        let files = Files::default().at("/", project.folder.clone());
        Self::Ours(vec![serve(files, Some(page)), cdn])
    }
}

/// Serves these files, and `page` at `/` if it is given.
fn serve(files: Files, page: Option<String>) -> Serving {
    let server = Server::bind(port());
    let server = server.unwrap_or_else(|error| panic!("cannot serve on {}: {error}", origin()));
    let serving = server.serve(move |request| match &page {
        Some(page) if request.path == "/" => Reply::html(200, page.as_str()),
        _ => files.answer(request),
    });
    serving.expect("a server")
}

impl Drop for Running {
    fn drop(&mut self) {
        let Self::Tool(child) = self else { return };
        // npm, the tool and its workers. They are in this process's group, so that Ctrl-C ends them, too.
        for (id, _) in devkit::procs::tree(child.id()) {
            let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
            let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
        }
        let _ = child.wait();
    }
}
