//! Packages of Debian and Ubuntu, where they can be installed.

use std::sync::{Mutex, PoisonError};

use crate::error::Error;
use crate::process::Cmd;
use crate::{paths, step};

/// Whether this machine has apt and permits us to install.
pub(crate) fn usable() -> bool {
    paths::on_path("apt-get").is_some() && rustix::process::geteuid().is_root()
}

/// Installs packages. Updates the package lists first if one is not known yet.
pub(crate) fn install(packages: &[&str]) -> Result<(), Error> {
    // apt permits one process at a time.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    step::step(&format!("apt-get install {}", packages.join(" ")), || {
        let install = || {
            apt("apt-install")
                .words("install -y --no-install-recommends")
                .args(packages)
        };
        if install().succeeds()? {
            return Ok(());
        }
        apt("apt-update").arg("update").run()?;
        install().run()
    })
}

fn apt(log: &str) -> Cmd {
    Cmd::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .log(log)
}
