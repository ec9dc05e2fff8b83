//! Runs the targets of `fuzz/`, each for a limited time: <https://llvm.org/docs/LibFuzzer.html>.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::error::Error;
use crate::files;
use crate::process::{self, Cmd};
use crate::setup::cargo_tools;
use crate::{paths, step};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seconds: u64,
    /// The seed of libFuzzer; 0 lets it choose.
    pub(crate) seed: u32,
    /// Whether to start from the inputs that earlier runs found, too, and not from the committed ones only.
    pub(crate) goes_on: bool,
}

/// Fuzzes every target; returns their number.
pub(crate) fn run(plan: Plan) -> Result<u64, Error> {
    let programs = build()?;
    let targets = targets()?;
    for target in &targets {
        let program = programs.join(target);
        let runs = step::step(&format!("fuzz {target}, {} s", plan.seconds), || {
            one(target, &program, plan)
        })?;
        step::say(&format!("     {runs} inputs"));
    }
    Ok(targets.len() as u64)
}

fn targets() -> Result<Vec<String>, Error> {
    let folder = paths::root().join("fuzz/fuzz_targets");
    let names = files::list(&folder)?.into_iter();
    let names = names.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    Ok(names.collect())
}

/// Compiles the targets with coverage; returns the folder of their programs.
fn build() -> Result<PathBuf, Error> {
    let cargo_fuzz = cargo_tools::cargo_fuzz()?;
    let host = host()?;
    let folder = paths::target().join("fuzz");
    step::step("fuzz targets, compiling", || {
        Cmd::new(cargo_fuzz)
            .args(["build", "--fuzz-dir", "fuzz", "--sanitizer", "none"])
            .args(["--target", &host])
            // Coverage needs compiler options that a stable compiler accepts only with this variable; no nightly is needed.
            // Our code has no `unsafe`, so a sanitizer would find nothing.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &folder)
            .log("fuzz-build")
            .run()
    })?;
    Ok(folder.join(host).join("release"))
}

/// The triple of this machine, such as `x86_64-unknown-linux-gnu`.
fn host() -> Result<String, Error> {
    let about = Cmd::new("rustc").arg("-vV").log("rustc-version").output()?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Error::failed("`rustc -vV` names no host"))
}

/// Fuzzes one target; returns how many inputs it ran.
fn one(target: &str, program: &Path, plan: Plan) -> Result<u64, Error> {
    let folder = paths::target().join("fuzz");
    let (corpus, broken) = (folder.join("corpus").join(target), folder.join("broken"));
    let broken = broken.join(target);
    match plan.goes_on {
        true => files::create(&corpus)?,
        false => files::empty(&corpus)?,
    }
    files::empty(&broken)?;
    let name = format!("fuzz-{target}");
    let result = Cmd::new(program)
        .arg(&corpus)
        .arg(paths::root().join("fuzz/seeds").join(target))
        .arg(format!("-max_total_time={}", plan.seconds))
        .arg(format!("-seed={}", plan.seed))
        // A slow input, or memory growth beyond this limit, is a failure too.
        .args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", broken.display()))
        .log(&name)
        .run();
    let log = process::logged(&name);
    // The failing input that libFuzzer wrote.
    let Some(input) = files::list(&broken)?.pop() else {
        return result.map(|()| inputs(&log));
    };
    Err(Error::failed(format!(
        "the fuzz target {target} failed: {}\n    input in hexadecimal: {}\n    reproduce: {} {}",
        reason(&log),
        HEXLOWER.encode(&std::fs::read(&input).unwrap_or_default()),
        paths::short(program),
        paths::short(&input)
    )))
}

/// The panic's location and message, or libFuzzer's report of a timeout or of memory.
fn reason(log: &str) -> String {
    let mut lines = log.lines();
    let Some(place) = lines.find(|line| line.contains("panicked at ")) else {
        let summary = log.lines().find(|line| line.starts_with("SUMMARY: "));
        return summary.unwrap_or("libFuzzer does not say why").to_owned();
    };
    let is_end = |line: &&str| line.starts_with("stack backtrace") || line.starts_with("note:");
    let message = lines.take_while(|line| !is_end(line));
    let message = message.filter(|line| !line.trim().is_empty()).take(4);
    let message: Vec<&str> = message.collect();
    format!("{} {}", place.trim(), message.join(" "))
}

fn inputs(log: &str) -> u64 {
    let mut counts = log.lines();
    let count = counts.find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let count = count.and_then(|count| count.trim().parse().ok());
    count.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{inputs, reason, targets};
    use devkit::paths;

    #[test]
    fn a_broken_target_says_where_and_why() {
        let log = "INFO: Seed: 1\n\nthread '<unnamed>' (7) panicked at fuzz_targets/keys.rs:20:5:\n\
                   assertion `left == right` failed\n  left: 1\n right: 2\nstack backtrace:\n   0: x\n";
        assert_eq!(
            reason(log),
            "thread '<unnamed>' (7) panicked at fuzz_targets/keys.rs:20:5: \
             assertion `left == right` failed   left: 1  right: 2"
        );
        let log = "x\nSUMMARY: libFuzzer: timeout\n";
        assert_eq!(reason(log), "SUMMARY: libFuzzer: timeout");
        let log = "stat::number_of_executed_units: 2421509\n";
        assert_eq!(inputs(log), 2_421_509);
    }

    #[test]
    fn every_target_is_listed_and_has_seeds() {
        let manifest = std::fs::read_to_string(paths::root().join("fuzz/Cargo.toml"));
        let manifest = manifest.expect("the manifest");
        for target in targets().expect("the targets") {
            let named = manifest.contains(&format!("name = \"{target}\""));
            assert!(named, "{target}");
            let seeds = paths::root().join("fuzz/seeds").join(&target);
            let first = std::fs::read_dir(&seeds).map(|mut entries| entries.next().is_some());
            assert!(first.unwrap_or_default(), "{target} has no seed");
        }
    }
}
