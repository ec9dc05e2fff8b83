//! The test binaries of the native crates: compiled once, then run in groups.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::counts::{Counts, Kind};
use crate::error::Error;
use crate::process::{self, Cmd};
use crate::{native, paths, soak, step};

#[derive(Debug)]
pub(super) struct Binary {
    package: String,
    target: String,
    integration: bool,
    folder: PathBuf,
    file: PathBuf,
}

pub(super) fn compile() -> Result<Vec<Binary>, Error> {
    let compile = native::cargo("test --no-run --message-format=json-render-diagnostics");
    let messages = compile.log("compile-tests").output()?;
    Ok(messages.lines().filter_map(binary).collect())
}

fn binary(message: &str) -> Option<Binary> {
    let message: Value = serde_json::from_str(message).ok()?;
    if !message.get("profile")?.get("test")?.as_bool()? {
        return None;
    }
    let target = message.get("target")?;
    let folder = Path::new(message.get("manifest_path")?.as_str()?)
        .parent()?
        .to_path_buf();
    let kinds = target.get("kind")?.as_array()?;
    Some(Binary {
        package: paths::short(&folder),
        target: target.get("name")?.as_str()?.to_owned(),
        integration: kinds.iter().any(|kind| kind == "test"),
        file: message.get("executable")?.as_str()?.into(),
        folder,
    })
}

impl Binary {
    /// Whether its tests need nothing else.
    pub(super) fn needs_nothing(&self) -> bool {
        matches!(
            self.kind(),
            Kind::Native | Kind::Contract | Kind::Worlds | Kind::Template
        )
    }

    /// Whether its tests need the running system.
    pub(super) fn needs_system(&self) -> bool {
        self.kind() == Kind::System && !self.searches_traces()
    }

    /// Whether it searches what the other tests left behind.
    pub(super) fn searches_traces(&self) -> bool {
        self.target == "traces"
    }

    /// Whether it contains the whole-system tests.
    pub(super) fn is_system(&self) -> bool {
        self.target == "system"
    }

    /// Whether it tries the package in the tools that people load it with.
    pub(super) fn is_tools(&self) -> bool {
        self.target == "tools"
    }

    /// Runs the tests whose names begin with `filter`, and shows their output.
    pub(super) fn long_form(&self, filter: &str, env: &[(&str, String)]) -> Result<(), Error> {
        let log = format!("soak-{}", filter.trim_end_matches(':'));
        let one_by_one = [filter, "--nocapture", "--test-threads", "1"];
        let result = self.cmd(&log, env).args(one_by_one).run();
        let text = process::logged(&log);
        step::quote(text.lines().filter(|line| !line.trim().is_empty()));
        if text.contains("running 0 tests") {
            return Err(Error::failed(format!("there is no test {filter}...")));
        }
        result
    }

    /// Runs one test; the error of one that fails shows what it said.
    pub(super) fn one(&self, test: &str, env: &[(&str, String)]) -> Result<(), Error> {
        let log = format!("one-{}", test.replace("::", "-"));
        let result = self.cmd(&log, env).args(["--exact", test]).run();
        match process::logged(&log).contains("running 1 test") {
            true => result,
            false => Err(Error::failed(format!("there is no test {test}"))),
        }
    }

    pub(super) fn cmd(&self, log: &str, env: &[(&str, String)]) -> Cmd {
        Cmd::new(&self.file)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .envs(env.iter().map(|(name, value)| (name, value)))
            .dir(&self.folder)
            .log(log)
    }

    fn group(&self) -> String {
        format!("{} {}", self.package, self.target)
    }

    pub(super) fn kind(&self) -> Kind {
        match (self.package.as_str(), self.integration) {
            ("contract", _) => Kind::Contract,
            ("engine", true) if self.target.contains("world") => Kind::Worlds,
            ("tests", true) => match self.target.as_str() {
                "template" | "layers" | "docs" => Kind::Template,
                "proxy" => Kind::Native,
                "browsers" => Kind::Browsers,
                "faults" => Kind::Faults,
                "surroundings" => Kind::Surroundings,
                "webm" => Kind::Webm,
                "frameworks" => Kind::Frameworks,
                "element" => Kind::Element,
                "stores" => Kind::Stores,
                "servers" => Kind::Servers,
                _ => Kind::System,
            },
            // Without a stack its tests of DynamoDB are skipped.
            ("backend/aws", true) if self.target == "conformance" => Kind::System,
            _ => Kind::Native,
        }
    }

    /// Runs all of its tests and counts them.
    fn run(&self, counts: &mut Counts, env: &[(&str, String)]) -> Result<(), Error> {
        let name = format!("test-{}-{}", self.package.replace('/', "-"), self.target);
        let result = step::step(&self.group(), || {
            let command = self.cmd(&name, env);
            match self.kind() {
                Kind::Worlds => command.arg("--nocapture").run(),
                // Sequentially: it prints how much it read, and only its own test may find a planted secret.
                _ if self.searches_traces() => {
                    command.args(["--nocapture", "--test-threads", "1"]).run()
                }
                _ => command.run(),
            }
        });
        let log = process::logged(&name);
        counts.read(self.kind(), &self.group(), &log);
        if self.searches_traces() {
            let shown =
                |line: &&str| line.starts_with("searched ") || line.starts_with("not searched");
            let lines = log.lines().filter_map(|line| line.rsplit(" ... ").next());
            step::quote(lines.filter(shown));
        }
        if self.kind() == Kind::Worlds {
            soak::simulated(&name);
        }
        result
    }
}

/// Runs all selected binaries, so that one run shows every failure.
pub(super) fn run_all(
    counts: &mut Counts,
    all: &[Binary],
    wanted: impl Fn(&Binary) -> bool,
    env: &[(&str, String)],
) -> Result<(), Error> {
    let mut broken = Vec::new();
    for binary in all.iter().filter(|binary| wanted(binary)) {
        match binary.run(counts, env) {
            Ok(()) => {}
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => {
                step::say(&format!("{error}\n"));
                broken.push(binary.group());
            }
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    let broken = broken.join(", ");
    Err(Error::failed(format!("tests failed in {broken}")))
}

#[cfg(test)]
mod tests {
    use super::{Kind, binary, paths};

    fn artifact(package: &str, target: &str, kind: &str, test: bool) -> String {
        let manifest = paths::root().join(package).join("Cargo.toml");
        format!(
            r#"{{"reason":"compiler-artifact","manifest_path":"{}","target":{{"name":"{target}","kind":["{kind}"]}},
               "profile":{{"test":{test}}},"executable":"/t/{target}-1"}}"#,
            manifest.display()
        )
        .replace('\n', "")
    }

    #[test]
    fn each_binary_is_of_one_kind() {
        let kind = |package, target, kind| {
            binary(&artifact(package, target, kind, true))
                .expect("a test binary")
                .kind()
        };
        assert_eq!(kind("engine", "worlds", "test"), Kind::Worlds);
        assert_eq!(kind("engine", "crowfly_engine", "lib"), Kind::Native);
        assert_eq!(kind("contract", "golden", "test"), Kind::Contract);
        assert_eq!(kind("tests", "template", "test"), Kind::Template);
        assert_eq!(kind("tests", "proxy", "test"), Kind::Native);
        assert_eq!(kind("tests", "system", "test"), Kind::System);
        assert_eq!(kind("tests", "browsers", "test"), Kind::Browsers);
        assert_eq!(kind("tests", "faults", "test"), Kind::Faults);
        assert_eq!(kind("tests", "webm", "test"), Kind::Webm);
        assert_eq!(kind("webm", "finish", "test"), Kind::Native);
        assert_eq!(kind("tests", "e2e", "lib"), Kind::Native);
        assert_eq!(kind("backend/aws", "conformance", "test"), Kind::System);
        assert_eq!(kind("backend/aws", "crowfly_aws", "lib"), Kind::Native);
    }

    #[test]
    fn only_tests_are_run() {
        assert!(binary(&artifact("engine", "x", "lib", false)).is_none());
        assert!(binary("{\"reason\":\"build-finished\"}").is_none());
    }
}
