//! The package's files: minified JavaScript, everything else as it is; `client-wasm/build/entries.mjs` adds what the
//! manifest promises besides.

use std::path::Path;

use data_encoding::BASE64;

use super::{module, source, tarball};
use crate::error::Error;
use crate::files;
use crate::process::Cmd;
use crate::setup::node;

/// What is one download: with its glue, and all that it imports.
const BUNDLED: [&str; 2] = ["start.js", "doctor.js"];
/// Of the scripts of the browser crate the one that most pages never load.
const STAMPS: &str = "stamps.js";
/// Scripts without a source map: they have a few lines, or are copied into other scripts as text.
const UNMAPPED: [&str; 5] = ["index.js", "shared.js", "slim.js", "inline.js", "worker.js"];

pub(super) fn assemble(package: &Path) -> Result<(), Error> {
    let listed = tarball::listed_in(&source())?;
    for from in files::list(&source())? {
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        let to = package.join(&*name);
        if !listed.contains(&*name) {
            // Needed by developers of the package, not by its users.
            continue;
        }
        if BUNDLED.contains(&&*name) {
            bundle(&name, &to)?;
        } else if name.ends_with(".js") {
            minify(&from, &to, &[])?;
        } else {
            files::copy(&from, &to)?;
        }
    }
    // Beside `start.js`, which loads it where there are no Web Locks.
    let stamps = source().with_file_name("js").join(STAMPS);
    minify(&stamps, &package.join(STAMPS), &[])?;
    let wasm = "crowfly_bg.wasm";
    files::copy(&module::glue().join(wasm), &package.join(wasm))?;
    for text in tarball::texts() {
        if let Some(name) = text.file_name() {
            files::copy(&text, &package.join(name))?;
        }
    }
    inline(package)?;
    one_file(package, "inline.js", "crowfly.min.js", &["--format=esm"])?;
    let shim = format!("--inject:{}", module::recipes().join("text.js").display());
    let common = ["--format=cjs", "--platform=node", &shim];
    one_file(package, "inline.js", "index.cjs", &common)?;
    // Who brings the module wants a small file: the doctor is loaded when it is called.
    let slim = [&common[..], &["--external:./doctor.js"]].concat();
    one_file(package, "slim.js", "slim.cjs", &slim)?;
    Cmd::new("node")
        .arg(module::recipes().join("entries.mjs"))
        .arg(source())
        .arg(package)
        .arg(node::modules())
        .log("entries")
        .run()
}

/// An entry and all that it loads as one file: for pages and service workers without a bundler, and for CommonJS.
fn one_file(package: &Path, from: &str, name: &str, more: &[&str]) -> Result<(), Error> {
    Cmd::new(node::tool("esbuild"))
        .arg(package.join(from))
        .args(["--bundle", "--minify", "--target=es2022", "--charset=utf8"])
        .args(["--legal-comments=none", "--log-level=warning"])
        .args(more)
        .arg(format!("--outfile={}", package.join(name).display()))
        .log("esbuild")
        .run()
}

/// `start.js` or `doctor.js`, its glue and all that they import as one file, as it is one download. What of the glue
/// nobody calls is left out, and so are the scripts that most pages never load.
fn bundle(name: &str, to: &Path) -> Result<(), Error> {
    let folder = module::glue();
    for script in files::list(&source())? {
        if script.extension().is_some_and(|ending| ending == "js") {
            let to = folder.join(script.file_name().unwrap_or_default());
            files::copy(&script, &to)?;
        }
    }
    let mut more = vec![
        "--bundle",
        "--external:./fallback.js",
        "--external:./doctor.js",
        "--external:./stamps.js",
    ];
    if name == "start.js" {
        // Names of the glue that only the glue uses; `shorten.mjs` has shortened those that the module uses too.
        more.push("--mangle-props=^_+(wbg|wrap|destroy)");
    }
    minify(&folder.join(name), to, &more)
}

/// One file, minified; its imports stay as they are, unless `more` says otherwise.
fn minify(from: &Path, to: &Path, more: &[&str]) -> Result<(), Error> {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let mapped = !UNMAPPED.contains(&&*name);
    let map = format!(
        "content='{}.map',url='{name}.map',includeSources",
        to.display()
    );
    Cmd::new(node::tool("esbuild"))
        .arg(from)
        .args(mapped.then_some("--sourcemap"))
        .words("--minify --format=esm --target=es2022 --charset=utf8")
        .words("--legal-comments=none --log-level=warning")
        .args(more)
        .arg(format!("--outfile={}", to.display()))
        .log("esbuild")
        .run()?;
    // What esbuild leaves: a variable that is used once, and functions that can be arrows. Of the glue that is 4 %.
    Cmd::new(node::tool("terser"))
        .arg(to)
        .args(["--module", "--mangle", "toplevel", "--ecma", "2022"])
        .args([
            "--compress",
            "passes=3,inline=1,unsafe_arrows,unsafe_methods",
        ])
        .args(mapped.then_some(["--source-map", &*map]).iter().flatten())
        .arg("--output")
        .arg(to)
        .log("terser")
        .run()
}

/// The module and the worker as text, for the entry `crowfly/inline`.
fn inline(package: &Path) -> Result<(), Error> {
    let wasm = BASE64.encode(&files::read(&package.join("crowfly_bg.wasm"))?);
    let worker = files::text(&package.join("worker.js"))?;
    let worker = serde_json::Value::from(worker);
    let text = format!("export const wasm=\"{wasm}\";export const worker={worker};\n");
    files::write(&package.join("inline-data.js"), text)
}
