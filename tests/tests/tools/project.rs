//! A throw-away project: its files, the packages that `cargo xtask` installed for it, and ours from the tarball.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Variables of every command: no tool calls home or asks anything.
const ENV: [(&str, &str); 6] = [
    ("CI", "1"),
    ("NO_COLOR", "1"),
    ("NEXT_TELEMETRY_DISABLED", "1"),
    ("NUXT_TELEMETRY_DISABLED", "1"),
    ("NG_CLI_ANALYTICS", "false"),
    ("npm_config_update_notifier", "false"),
];

/// What earlier runs left.
const OLD: &str = "dist .parcel-cache .next .nuxt .output .svelte-kit .angular node_modules/.vite \
                   node_modules/.cache node_modules/crowfly";

/// A project in `target/tools`.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
}

impl Project {
    /// The project as a person has it who has run `npm install crowfly.tgz`.
    pub(crate) fn fresh(name: &str) -> Self {
        let source = devkit::paths::root().join("tests/tools");
        let project = Self::installed(name);
        let folder = &project.folder;
        for old in OLD.split_ascii_whitespace() {
            let _ = std::fs::remove_dir_all(folder.join(old));
        }
        copy(&source.join(name), folder);
        if !folder.join("src/upload.ts").exists() {
            std::fs::create_dir_all(folder.join("src")).expect("a folder");
            for name in ["upload.js", "live.js"] {
                let to = folder.join("src").join(name);
                std::fs::copy(source.join(name), to).expect("a copy");
            }
        }
        project.install();
        project
    }

    /// The folder of a project, with the packages that its lock file names.
    pub(crate) fn installed(name: &str) -> Self {
        Self {
            folder: installed().join(name),
        }
    }

    /// Installs the tarball and, from npm's cache, what the project's own lock file names.
    pub(crate) fn install(&self) {
        let tarball = devkit::paths::root().join("target/npm/crowfly.tgz");
        let options = [
            "--prefer-offline",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ];
        let mut npm = self.command("npm");
        run(npm.arg("install").args(options).arg(tarball));
    }

    /// Runs an npm script to its end.
    pub(crate) fn script(&self, name: &str) {
        run(self.command("npm").args(["run", name]));
    }

    /// A command in the project's folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .envs(ENV)
            .stdin(Stdio::null());
        command
    }

    /// The installed version of a package.
    pub(crate) fn version(&self, package: &str) -> String {
        if package == "node" {
            let output = self.command(package).arg("--version").output();
            let version = output.map(|output| output.stdout).unwrap_or_default();
            return String::from_utf8_lossy(&version).trim().to_owned();
        }
        let file = self
            .folder
            .join("node_modules")
            .join(package)
            .join("package.json");
        let manifest = std::fs::read(file).unwrap_or_default();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
        manifest["version"].as_str().unwrap_or_default().to_owned()
    }
}

/// Where the projects are: those of the checked-in lock files, or those of the newest packages.
fn installed() -> PathBuf {
    let folder = if newest() {
        "tools/newest"
    } else {
        "tools/projects"
    };
    devkit::paths::target().join(folder)
}

/// Whether the newest versions are tried, of which nothing but the upload is expected.
pub(crate) fn newest() -> bool {
    std::env::var_os("CROWFLY_TOOLS_NEWEST").is_some()
}

/// Runs a command to its end.
///
/// # Panics
/// When it fails; the message ends in its last lines.
#[track_caller]
pub(crate) fn run(command: &mut Command) {
    let program = format!("{:?}", command.get_program());
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let arguments: Vec<_> = command.get_args().collect();
    assert!(
        output.status.success(),
        "{program} {arguments:?} failed:\n{}",
        last_lines(&text)
    );
}

/// The end of a log.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Whether a file names the newest packages, which are not the checked-in ones.
fn of_the_newest(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    newest() && name.starts_with("package") && file.exists()
}

/// Copies a folder's files into another.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    let entries = std::fs::read_dir(from);
    let entries = entries.unwrap_or_else(|error| panic!("no {}: {error}", from.display()));
    for entry in entries.flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else if !of_the_newest(&to) {
            std::fs::copy(&from, &to).expect("a copy");
        }
    }
}
