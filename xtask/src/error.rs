//! The error type of this tool: each variant reads as one clear sentence.

use std::path::PathBuf;

/// Why a command of `cargo xtask` failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("{0} (`cargo xtask help` lists the commands)")]
    Usage(String),

    /// This machine lacks something that could not be installed; the sentence says what to do.
    #[error("{0}")]
    Missing(String),

    #[error("{what} failed ({status}); its full output is in {}{}", log.display(), indented(tail))]
    Command {
        /// The program's name for people.
        what: String,
        status: String,
        log: PathBuf,
        /// The last lines of that file.
        tail: String,
    },

    /// A file or a process could not be reached.
    #[error("could not {what}: {source}")]
    Io {
        /// The attempted action, such as `read target/dev/env.json`.
        what: String,
        source: std::io::Error,
    },

    /// Any other failure, already one sentence.
    #[error("{0}")]
    Failed(String),

    /// A failure that has been printed already.
    #[error("failed")]
    Printed,

    /// Interrupted by Ctrl-C or SIGTERM.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    /// Wraps an IO error with the attempted action: `Error::io("read x")`.
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
