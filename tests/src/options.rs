//! The command-line arguments of the programs in `src/bin`.

use std::str::FromStr;

/// Arguments not yet read. Every reader returns `None` when an option is present without a valid value.
#[derive(Debug)]
pub struct Options(Vec<String>);

impl Options {
    /// From a program's arguments without its name.
    pub fn of(arguments: impl Iterator<Item = String>) -> Self {
        Self(arguments.collect())
    }

    /// The value of the option `name`, if present.
    pub fn text(&mut self, name: &str) -> Option<Option<String>> {
        let Some(at) = self.0.iter().position(|argument| argument == name) else {
            return Some(None);
        };
        (at + 1 < self.0.len()).then(|| {
            self.0.remove(at);
            Some(self.0.remove(at))
        })
    }

    /// Overwrites `value` with the number of the option `name`, if present.
    pub fn number<T: FromStr>(&mut self, name: &str, value: &mut T) -> Option<()> {
        if let Some(text) = self.text(name)? {
            *value = text.parse().ok()?;
        }
        Some(())
    }

    /// Whether the flag `name` is present.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// `None` when unknown arguments are left.
    pub fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
