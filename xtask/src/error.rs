//! The one error of this tool: each variant reads as one clear sentence.

use std::path::PathBuf;

/// Why a command of `cargo xtask` could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The command line was not understood.
    #[error("{0} (`cargo xtask help` lists the commands)")]
    Usage(String),

    /// Something this machine lacks and that could not be made ready; the sentence says what to do.
    #[error("{0}")]
    Missing(String),

    /// A child process ended with a failure.
    #[error("{what} failed ({status}); its full output is in {}{}", log.display(), indented(tail))]
    Command {
        /// The program as a person would name it.
        what: String,
        /// How it ended, such as `exit status: 101`.
        status: String,
        /// The file that holds all of its output.
        log: PathBuf,
        /// The last lines of that file.
        tail: String,
    },

    /// A file or a process could not be reached.
    #[error("could not {what}: {source}")]
    Io {
        /// What was being done, such as `read target/dev/env.json`.
        what: String,
        /// The reason the system gave.
        source: std::io::Error,
    },

    /// Any other failure that is already one sentence.
    #[error("{0}")]
    Failed(String),

    /// A failure whose reasons have been printed already.
    #[error("failed")]
    Told,

    /// Ctrl-C or SIGTERM came while work was going on.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// A failure described by one sentence.
    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    /// Wraps an IO error with what was being done: `Error::io("read x")`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

impl From<lexopt::Error> for Error {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

fn indented(tail: &str) -> String {
    if tail.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = tail.lines().map(|line| format!("    {line}")).collect();
    format!("\n{}", lines.join("\n"))
}
