//! What reads recordings as players do.

use super::apt;
use crate::error::Error;
use crate::paths;

/// Finds `ffmpeg` and `ffprobe`, or installs them.
pub(crate) fn ready() -> Result<(), Error> {
    let found = || {
        let mut programs = ["ffmpeg", "ffprobe"].iter();
        programs.all(|program| paths::on_path(program).is_some())
    };
    if !found() && apt::usable() {
        apt::install(&["ffmpeg"])?;
    }
    match found() {
        true => Ok(()),
        false => Err(Error::Missing(
            "ffmpeg and ffprobe are needed for the tests of recordings; install them (Debian: `apt-get install ffmpeg`)"
                .into(),
        )),
    }
}
