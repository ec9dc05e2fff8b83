//! `docs/SERVER.md`, the READMEs and the apps of `crowfly/server` agree with each other.

use std::collections::BTreeMap;
use std::path::Path;

use devkit::paths::root;
use serde_json::Value;

use crate::read;
use crate::servers::{document, lines};

const NODE: [&str; 3] = ["server-express", "server-hono", "server-fastify"];

/// The files below a folder, with their paths in it.
fn below(folder: &Path, at: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{at}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => below(&entry.path(), &format!("{name}/"), found),
            false => {
                let text = std::fs::read_to_string(entry.path()).expect("text");
                found.insert(name, text);
            }
        }
    }
}

#[test]
fn the_quick_start_for_next_is_its_example() {
    let mut shown: BTreeMap<String, String> = document::files().into_iter().collect();
    assert!(shown.remove(".env.local").is_some(), "no variables");
    let mut example = BTreeMap::new();
    below(&root().join("examples/server-next"), "", &mut example);
    assert!(example.remove("README.md").is_some(), "no README");
    assert_eq!(shown, example);
}

#[test]
fn both_readmes_show_the_handler_of_the_quick_start() {
    let files = document::files();
    let route = files.iter().find(|(path, _)| path.ends_with("route.ts"));
    let (_, route) = route.expect("the handler");
    for page in ["README.md", "client-wasm/npm/README.md"] {
        let text = read(page);
        assert!(text.contains(&format!("```ts\n{route}```\n")), "{page}");
        let install = document::commands().pop().expect("a command");
        assert!(text.contains(&format!("\n{install}\n")), "{page}");
        assert!(text.contains("docs/SERVER.md"), "{page}");
    }
}

#[test]
fn the_lines_that_each_app_took_are_in_the_table() {
    let table = lines::table();
    assert!(
        read("docs/SERVER.md").contains(&table),
        "docs/SERVER.md should say\n{table}"
    );
}

#[test]
fn the_lines_of_each_server_are_those_of_its_app() {
    let page = read("docs/SERVER.md");
    let handler = document::blocks("Express, Hono, Fastify").remove(0);
    let npm = read("client-wasm/npm/README.md");
    for name in NODE {
        let server = read(&format!("examples/{name}/server.mjs"));
        assert!(server.contains(handler.trim_end()), "{name}");
        let mounted = server
            .lines()
            .find(|line| line.contains("\"/api/uploads"))
            .unwrap_or_else(|| panic!("{name} has no route"));
        assert!(page.contains(&format!("`{mounted}`")), "{name}: {mounted}");
        let short = mounted
            .replace("uploads)", "handler)")
            .replace("=> uploads(", "=> handler(");
        let short = short.trim_end_matches(';');
        assert!(npm.contains(&format!("`{short}`")), "{name}: {short}");
    }
}

/// One page, one login: what differs is the server.
#[test]
fn the_apps_in_node_differ_in_their_servers_alone() {
    for file in ["login.mjs", "public/index.html", "public/page.js"] {
        let [first, others @ ..] = NODE.map(|name| read(&format!("examples/{name}/{file}")));
        assert!(others.iter().all(|other| *other == first), "{file}");
    }
}

#[test]
fn the_bucket_s_rules_are_those_of_the_other_page() {
    let rules = |page: &str| {
        let text = read(page);
        let block = text.split("```json\n").nth(1).expect("the rules");
        block.split("```").next().unwrap_or_default().to_owned()
    };
    assert_eq!(rules("docs/SERVER.md"), rules("docs/SIGNER.md"));
}

/// The rights of the page are those that the types name, and each is of a call that the handler makes.
#[test]
fn the_rights_of_the_page_are_those_of_the_types() {
    let actions = |text: &str, end: &str| {
        let from = text
            .split("\"s3:")
            .skip(1)
            .map(|rest| rest.split('"').next());
        let other = text
            .split("`s3:")
            .skip(1)
            .map(|rest| rest.split('`').next());
        let mut names: Vec<String> = from.chain(other).flatten().map(str::to_owned).collect();
        names.sort();
        names.dedup();
        assert!(names.len() >= 6, "{end}: {names:?}");
        names
    };
    let page = read("docs/SERVER.md");
    let types = read("server/src/server.ts");
    assert_eq!(actions(&page, "the page"), actions(&types, "the types"));
}

#[test]
fn the_apps_pin_what_they_are_tested_with_and_name_no_registry() {
    let lock = |path: &str| -> Value { serde_json::from_str(&read(path)).expect("a lock file") };
    let tools = lock("xtask/node/package-lock.json");
    let next = "tests/tests/servers/next/app-lock.json".to_owned();
    let locks = NODE.map(|name| format!("examples/{name}/package-lock.json"));
    for path in locks.into_iter().chain([next]) {
        let text = read(&path);
        assert!(!text.contains("\"resolved\""), "{path} names a registry");
        let lock = lock(&path);
        for name in ["@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"] {
            let place = format!("node_modules/{name}");
            let [ours, tested] = [&lock, &tools].map(|lock| &lock["packages"][&place]["version"]);
            assert!(ours.is_string() && ours == tested, "{path}: {name} {ours}");
        }
    }
}
