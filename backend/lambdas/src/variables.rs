//! The environment of a function, read once at a cold start. An error names the variable.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use crowfly_aws::{LifetimeError, Session, SessionError};
use crowfly_core::Outbox;
use crowfly_core::denied::DeniedOwners;
use crowfly_core::path::KeyLayout;
use crowfly_core::policy::Policy;
use crowfly_core::quota::Limits;
use crowfly_core::rate::{Limited, Rate};

use crate::number::whole;

/// The function cannot start in its environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A variable is not set.
    #[error("the environment variable {0} is missing")]
    Missing(&'static str),
    /// A variable has an invalid value, which is not shown.
    #[error("the environment variable {name} is invalid: {reason}")]
    Wrong {
        /// Its name.
        name: &'static str,
        /// The rule for its value.
        reason: String,
    },
    /// The variables of the AWS SDKs.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl StartError {
    fn wrong(name: &'static str, reason: impl Display) -> Self {
        Self::Wrong {
            name,
            reason: reason.to_string(),
        }
    }
}

/// Looks variables up; tests provide their own.
pub struct Variables<'a>(&'a dyn Fn(&'static str) -> Option<String>);

impl<'a> Variables<'a> {
    /// Variables returned by a function.
    pub fn new(lookup: &'a dyn Fn(&'static str) -> Option<String>) -> Self {
        Self(lookup)
    }

    /// The variables of the AWS SDKs.
    ///
    /// # Errors
    /// [`StartError::Session`].
    pub(crate) fn session(&self) -> Result<Session, StartError> {
        Ok(Session::from_variables(self.0)?)
    }

    /// A variable that must be set and not be empty.
    ///
    /// # Errors
    /// [`StartError::Missing`].
    pub fn needed(&self, name: &'static str) -> Result<String, StartError> {
        self.set(name).and_then(|value| {
            if value.is_empty() {
                Err(StartError::Missing(name))
            } else {
                Ok(value)
            }
        })
    }

    /// A variable that must be set and may be empty.
    ///
    /// # Errors
    /// [`StartError::Missing`].
    pub fn set(&self, name: &'static str) -> Result<String, StartError> {
        (self.0)(name).ok_or(StartError::Missing(name))
    }

    /// An optional variable; empty counts as missing.
    pub fn given(&self, name: &'static str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    fn parsed<T>(&self, name: &'static str) -> Result<T, StartError>
    where
        T: FromStr<Err: Display>,
    {
        self.needed(name)?
            .parse()
            .map_err(|error| StartError::wrong(name, error))
    }

    fn number<T: TryFrom<u64>>(&self, name: &'static str) -> Result<T, StartError> {
        whole(self.needed(name)?.as_str())
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| StartError::wrong(name, "it must be a whole number in range"))
    }

    fn one_of<T: Copy>(&self, name: &'static str, choices: &[(&str, T)]) -> Result<T, StartError> {
        let value = self.needed(name)?;
        choices
            .iter()
            .find(|(text, _)| *text == value)
            .map(|(_, choice)| *choice)
            .ok_or_else(|| {
                let known: Vec<&str> = choices.iter().map(|(text, _)| *text).collect();
                StartError::wrong(name, format!("it must be one of {}", known.join(", ")))
            })
    }

    /// The policy: `MAX_FILE_BYTES`, `ALLOWED_TYPES`, `KEY_SUFFIX`, `EVENT_ROUTE` and
    /// `PUBLIC_READ`. The suffix applies on the route `lambda` only.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn policy(&self) -> Result<Policy, StartError> {
        let by_lambda = self.one_of(
            "EVENT_ROUTE",
            &[("direct", false), ("eventbridge", false), ("lambda", true)],
        )?;
        let key_suffix = self.key_suffix()?;
        Ok(Policy {
            max_file_bytes: self.number("MAX_FILE_BYTES")?,
            allowed_types: self.parsed("ALLOWED_TYPES")?,
            key_suffix: if by_lambda { key_suffix } else { String::new() },
            public_allowed: self.one_of("PUBLIC_READ", &[("off", false), ("acl", true)])?,
        })
    }

    /// `KEY_LAYOUT`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn key_layout(&self) -> Result<KeyLayout, StartError> {
        let layouts = [("flat", KeyLayout::Flat), ("path", KeyLayout::Path)];
        self.one_of("KEY_LAYOUT", &layouts)
    }

    /// The limits of each owner: `MAX_OPEN_UPLOADS` and `MAX_OPEN_BYTES`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn limits(&self) -> Result<Limits, StartError> {
        Ok(Limits {
            uploads: self.number("MAX_OPEN_UPLOADS")?,
            bytes: self.number("MAX_OPEN_BYTES")?,
        })
    }

    /// `MAX_REQUESTS_PER_SECOND`, of the upload routes.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn upload_rate(&self) -> Result<Rate, StartError> {
        Ok(Rate {
            of: Limited::Uploads,
            per_second: self.number("MAX_REQUESTS_PER_SECOND")?,
        })
    }

    /// `MAX_READS_PER_SECOND`, of the record routes.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn read_rate(&self) -> Result<Rate, StartError> {
        Ok(Rate {
            of: Limited::Reads,
            per_second: self.number("MAX_READS_PER_SECOND")?,
        })
    }

    /// `REPAIR_AFTER_SECONDS`, in milliseconds.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn repair_after_ms(&self) -> Result<u64, StartError> {
        let seconds: u32 = self.number("REPAIR_AFTER_SECONDS")?;
        Ok(u64::from(seconds) * 1_000)
    }

    /// `UNFINISHED_DAYS`, in milliseconds.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn unfinished_ms(&self) -> Result<u64, StartError> {
        let days: u32 = self.number("UNFINISHED_DAYS")?;
        Ok(u64::from(days) * 24 * 3_600 * 1_000)
    }

    /// `LIVE_GRACE_MINUTES`, in milliseconds.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn live_grace_ms(&self) -> Result<u64, StartError> {
        let minutes: u32 = self.number("LIVE_GRACE_MINUTES")?;
        Ok(u64::from(minutes) * 60_000)
    }

    /// `LIVE_KEEP`: whether what was sent of a live upload is kept when its client has gone away.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn live_keep(&self) -> Result<bool, StartError> {
        self.one_of("LIVE_KEEP", &[("off", false), ("on", true)])
    }

    /// `KEY_SUFFIX`, which may be empty.
    ///
    /// # Errors
    /// [`StartError`] for a suffix that no key can have: extensions of keys are in lower case.
    pub fn key_suffix(&self) -> Result<String, StartError> {
        let suffix = self.set("KEY_SUFFIX")?;
        let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if suffix.chars().all(usable) {
            Ok(suffix)
        } else {
            let reason = "only lower-case letters, digits and -_. are allowed, such as .webm";
            Err(StartError::wrong("KEY_SUFFIX", reason))
        }
    }

    /// `SCAN_UPLOADS`: whether objects are withheld until a scan finds them clean.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn scan_uploads(&self) -> Result<bool, StartError> {
        self.one_of("SCAN_UPLOADS", &[("off", false), ("on", true)])
    }

    /// `TRANSFER_ACCELERATION`; off if it is not set.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn transfer_acceleration(&self) -> Result<bool, StartError> {
        match self.given("TRANSFER_ACCELERATION") {
            Some(_) => self.one_of("TRANSFER_ACCELERATION", &[("off", false), ("on", true)]),
            None => Ok(false),
        }
    }

    /// `UPLOAD_HOSTS`: whether uploads are sent to two host names of the bucket; one if it is not set.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn two_upload_hosts(&self) -> Result<bool, StartError> {
        match self.given("UPLOAD_HOSTS") {
            Some(_) => self.one_of("UPLOAD_HOSTS", &[("one", false), ("two", true)]),
            None => Ok(false),
        }
    }

    /// Whether the application is notified of changes: on if `EVENT_BUS` names a bus.
    pub fn outbox(&self) -> Outbox {
        match self.given("EVENT_BUS") {
            Some(_) => Outbox::On,
            None => Outbox::Off,
        }
    }

    /// `URL_LIFETIME_SECONDS`; the presigner checks its range.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn url_lifetime(&self) -> Result<Duration, StartError> {
        self.number("URL_LIFETIME_SECONDS").map(Duration::from_secs)
    }

    /// `VISIBILITY_TIMEOUT_SECONDS`, that of the queue.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn visibility_timeout(&self) -> Result<u32, StartError> {
        self.number("VISIBILITY_TIMEOUT_SECONDS")
    }

    /// `DENIED_OWNERS`; empty if it is not set.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn denied_owners(&self) -> Result<DeniedOwners, StartError> {
        match self.given("DENIED_OWNERS") {
            Some(_) => self.parsed("DENIED_OWNERS"),
            None => Ok(DeniedOwners::default()),
        }
    }
}

impl From<LifetimeError> for StartError {
    fn from(error: LifetimeError) -> Self {
        Self::wrong("URL_LIFETIME_SECONDS", error)
    }
}
