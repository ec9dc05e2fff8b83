//! The tools, one row for each way in which a project starts the application.

/// How a row's application runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runs {
    /// By a server of the tool's own: an npm script with arguments, `PORT` among them.
    Server(&'static str),
    /// By any server, from this folder of the project.
    Folder(&'static str),
    /// By any server, from the project's folder, where one page replaces the package's address by another origin's.
    Cdn(&'static str),
    /// Without a browser: the npm script ends well or badly.
    Script,
    /// As a stranger begins who follows the README.
    Stranger,
}

/// Where module and worker must come from, and so what a developer is warned of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// The files beside the JavaScript: no warning.
    Beside,
    /// The inlined copy: one warning, with these words.
    Inlined(&'static str),
    /// The entry that is one file: no warning.
    OneFile,
    /// As in a service worker: these warnings.
    Warned(&'static [&'static str]),
}

/// One row of the matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The folder in `tests/tools`.
    pub(crate) project: &'static str,
    /// How the project is used.
    pub(crate) mode: &'static str,
    /// The package whose version is printed; none for what needs no package.
    pub(crate) tool: &'static str,
    /// The npm script to run before.
    pub(crate) before: Option<&'static str>,
    pub(crate) runs: Runs,
    pub(crate) way: Way,
    /// The rows of the project's lists that the test shows, as its name begins.
    pub(crate) shows: &'static str,
}

/// The server of Vite, and of what is built on it.
pub(crate) const VITE: &str = "dev -- --host 127.0.0.1 --strictPort --port PORT";
const PREVIEW: &str = "preview -- --host 127.0.0.1 --strictPort --port PORT";
const HOST_AND_PORT: &str = "dev -- --host 127.0.0.1 --port PORT";

/// A dev server that answers with a page, or with nothing, in place of a package's files.
const DEV_LACKS: Way = Way::Inlined("/crowfly_bg.wasm was answered with ");
/// A bundler that does not write the files beside its bundle.
const NOT_COPIED: Way = Way::Inlined("/crowfly_bg.wasm was answered with status 404");

/// A development server.
const fn dev(project: &'static str, tool: &'static str, server: &'static str) -> Row {
    Row {
        project,
        mode: "dev",
        tool,
        before: None,
        runs: Runs::Server(server),
        way: Way::Beside,
        shows: "p1",
    }
}

/// A build, in the folder `dist`.
const fn build(project: &'static str, tool: &'static str) -> Row {
    Row {
        mode: "build",
        before: Some("build"),
        runs: Runs::Folder("dist"),
        ..dev(project, tool, "")
    }
}

/// A page without any tool.
const fn page(project: &'static str, mode: &'static str, runs: Runs) -> Row {
    Row {
        mode,
        runs,
        ..dev(project, "", "")
    }
}

/// Code without a browser.
const fn script(project: &'static str, mode: &'static str, script: &'static str) -> Row {
    Row {
        mode,
        before: Some(script),
        runs: Runs::Script,
        shows: "p3",
        ..dev(project, project, "")
    }
}

const fn inlined(way: Way, row: Row) -> Row {
    Row { way, ..row }
}

/// Every row.
pub(crate) const ROWS: &[Row] = &[
    inlined(DEV_LACKS, dev("vite-5", "vite", VITE)),
    build("vite-5", "vite"),
    inlined(DEV_LACKS, dev("vite-6", "vite", VITE)),
    build("vite-6", "vite"),
    inlined(
        Way::Inlined("optimizeDeps: { exclude: [\"crowfly\"] }"),
        dev("vite-7", "vite", VITE),
    ),
    build("vite-7", "vite"),
    dev("vite-8", "vite", VITE),
    build("vite-8", "vite"),
    dev("webpack", "webpack", HOST_AND_PORT),
    build("webpack", "webpack"),
    inlined(NOT_COPIED, build("rollup", "rollup")),
    inlined(NOT_COPIED, build("esbuild", "esbuild")),
    // Such a script has no address of its own, from which the module could be located:
    // https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Operators/import.meta
    Row {
        mode: "build, classic script",
        before: Some("build:script"),
        way: Way::Inlined("format esm"),
        ..build("esbuild", "esbuild")
    },
    dev("parcel", "parcel", HOST_AND_PORT),
    build("parcel", "parcel"),
    inlined(NOT_COPIED, build("bun", "bun")),
    dev("next", "next", "dev -- --hostname 127.0.0.1 --port PORT"),
    Row {
        mode: "build, start",
        runs: Runs::Server("start -- --hostname 127.0.0.1 --port PORT"),
        ..build("next", "next")
    },
    inlined(DEV_LACKS, dev("nuxt", "nuxt", HOST_AND_PORT)),
    Row {
        runs: Runs::Server("preview"),
        ..build("nuxt", "nuxt")
    },
    inlined(DEV_LACKS, dev("sveltekit", "@sveltejs/kit", VITE)),
    Row {
        runs: Runs::Server(PREVIEW),
        ..build("sveltekit", "@sveltejs/kit")
    },
    Row {
        mode: "serve",
        way: DEV_LACKS,
        ..dev(
            "angular",
            "@angular/core",
            "start -- --host 127.0.0.1 --port PORT",
        )
    },
    Row {
        runs: Runs::Folder("dist/app/browser"),
        way: NOT_COPIED,
        ..build("angular", "@angular/core")
    },
    // The examples of crowfly/react, vue, svelte and solid come here.
    dev("web-worker-vite-8", "vite", VITE),
    build("web-worker-vite-8", "vite"),
    inlined(Way::OneFile, dev("web-worker-vite-7", "vite", VITE)),
    inlined(Way::OneFile, build("web-worker-vite-7", "vite")),
    page("plain", "import map", Runs::Folder(".")),
    Row {
        way: Way::Inlined("the worker did not start"),
        shows: "p4",
        ..page("cdn", "ES modules", Runs::Cdn("index.html"))
    },
    Row {
        way: Way::OneFile,
        shows: "p4",
        ..page("cdn", "crowfly.min.js", Runs::Cdn("one-file.html"))
    },
    Row {
        way: Way::Warned(&["progress_hidden", "worker_unavailable"]),
        shows: "p6",
        ..page("service-worker", "module", Runs::Folder("."))
    },
    script("node", "import", "import"),
    script("node", "require", "require"),
    script("vitest", "jsdom", "test"),
    script("jest", "jsdom, CommonJS", "test"),
    // Not the package but the stack: its template in an app of CDK.
    Row {
        tool: "aws-cdk-lib",
        shows: "deploy",
        ..script("cdk", "CfnInclude", "synth")
    },
    Row {
        mode: "create, dev, build, preview",
        runs: Runs::Stranger,
        ..dev("stranger", "create-vite", "")
    },
];

/// The rows of every test run; those of one more project are chosen by the commit.
const USUAL: [&str; 7] = [
    "vite-7 dev",
    "vite-8 build",
    "webpack build",
    "esbuild",
    "plain",
    "node",
    "stranger",
];

impl Row {
    /// As people choose it, such as `vite-8 build`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.project, self.mode)
    }

    /// The name of its test, such as `p1_vite_8_build`.
    pub(crate) fn test(&self) -> String {
        let name = self.name().to_lowercase();
        let words = name.split(|c: char| !c.is_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        format!("{}_{}", self.shows, words.join("_"))
    }

    /// Whether one of these words asks for it: the beginning of its name, or `usual`.
    pub(crate) fn wanted(&self, words: &[String]) -> bool {
        let name = self.name();
        let begins = |word: &str| {
            let rest = name.strip_prefix(word);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',']))
        };
        words.iter().any(|word| match word.as_str() {
            "usual" => USUAL.iter().any(|usual| begins(usual)),
            word => begins(word),
        })
    }
}
