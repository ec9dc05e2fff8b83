//! How many lines of code each app of `crowfly/server` takes.

use devkit::paths::root;

/// An app, and the files of its server, of its page, and of the login that stands for the application's own.
struct App {
    name: &'static str,
    folder: &'static str,
    server: &'static [&'static str],
    page: &'static [&'static str],
    login: &'static [&'static str],
}

const APPS: [App; 4] = [
    App {
        name: "Next.js",
        folder: "server-next",
        server: &["app/api/uploads/[[...path]]/route.ts"],
        page: &["app/page.tsx", "app/uploads.tsx"],
        login: &["lib/session.ts"],
    },
    node("Express", "server-express"),
    node("Hono", "server-hono"),
    node("Fastify", "server-fastify"),
];

const fn node(name: &'static str, folder: &'static str) -> App {
    App {
        name,
        folder,
        server: &["server.mjs"],
        page: &["public/index.html", "public/page.js"],
        login: &["login.mjs"],
    }
}

/// The table as `docs/SERVER.md` shows it.
pub(crate) fn table() -> String {
    let rows = APPS.map(|app| {
        let App { name, folder, .. } = app;
        let [server, page, login] = [app.server, app.page, app.login].map(|files| {
            let paths = files.iter().map(|file| format!("examples/{folder}/{file}"));
            paths.map(|path| lines(&path)).sum::<usize>()
        });
        format!("| [{name}](../examples/{folder}) | {server} | {page} | {login} |\n")
    });
    let head = "| app | server | page | login |\n| --- | ---: | ---: | ---: |\n";
    head.to_owned() + &rows.concat()
}

/// Lines of a file that are neither blank nor a comment.
fn lines(path: &str) -> usize {
    let text = std::fs::read_to_string(root().join(path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    let lines = text.lines().map(str::trim);
    let code = lines.filter(|line| {
        !line.is_empty()
            && !["//", "/*", "<!--"]
                .iter()
                .any(|start| line.starts_with(start))
    });
    code.count()
}
