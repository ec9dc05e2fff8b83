//! How many lines of code each app of `crowfly/server` takes.

use devkit::paths::root;

/// Each app with the files of its server, of its page, and of the login that stands for the application's own.
const APPS: [(&str, &str, &[&str], &[&str], &[&str]); 4] = [
    (
        "Next.js",
        "server-next",
        &["app/api/uploads/[[...path]]/route.ts"],
        &["app/page.tsx", "app/uploads.tsx"],
        &["lib/session.ts"],
    ),
    ("Express", "server-express", &["server.mjs"], PAGE, LOGIN),
    ("Hono", "server-hono", &["server.mjs"], PAGE, LOGIN),
    ("Fastify", "server-fastify", &["server.mjs"], PAGE, LOGIN),
];
const PAGE: &[&str] = &["public/index.html", "public/page.js"];
const LOGIN: &[&str] = &["login.mjs"];

/// The table as `docs/SERVER.md` shows it.
pub(crate) fn table() -> String {
    let rows = APPS.map(|(name, folder, server, page, login)| {
        let [server, page, login] = [server, page, login].map(|files| {
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
