//! `cargo xtask verify`: compares a deployed stack with what the local AWS answers.
//!
//! The program is Python, in `xtask/verify`: boto3 finds credentials wherever the AWS CLI does, sessions of SSO included
//! (<https://docs.aws.amazon.com/boto3/latest/guide/credentials.html>).

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use lexopt::Parser;

use crate::error::Error;
use crate::paths;
use crate::setup::python;

pub(crate) fn run(mut arguments: Parser) -> Result<(), Error> {
    let arguments: Vec<OsString> = arguments.raw_args()?.collect();
    let python = python::verify()?.join("python");
    // In place of this process, so that Ctrl-C ends the checks and not the removal of what they made.
    let failed = command(&python, arguments).exec();
    Err(Error::io("start the checks")(failed))
}

/// The program with the caller's arguments, which it parses itself, in the caller's folder.
fn command(python: &Path, arguments: Vec<OsString>) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "verify"])
        .args(arguments)
        .env("PYTHONPATH", paths::root().join("xtask"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::command;

    #[test]
    fn the_arguments_are_the_callers() {
        let given = ["--stack", "films", "--region", "eu-west-1"].map(OsString::from);
        let made = command(Path::new("python"), given.to_vec());
        let arguments: Vec<_> = made.get_args().collect();
        assert_eq!(arguments[..2], ["-m", "verify"]);
        assert_eq!(arguments[2..], given);
        assert_eq!(made.get_current_dir(), None, "paths are the caller's");
        let program = devkit::paths::root().join("xtask/verify/__main__.py");
        assert!(program.is_file(), "{}", program.display());
    }
}
