use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::client::{Browser, SCRIPT};
use crate::procs::tree;
use crate::wait;

/// How long the other processes of a browser may outlive it.
const END: Duration = Duration::from_secs(10);

/// Browsers that end without warning and come back.
impl Browser {
    /// Kills the browser's main process by `SIGKILL`, as a computer that loses its power does, and waits until all its
    /// processes have ended. Only [`Browser::restart`] may follow.
    ///
    /// # Panics
    /// When it does not end.
    pub fn kill(&self) {
        let names = ["goog:processID", "moz:processID"];
        let ids = names
            .iter()
            .find_map(|name| self.capabilities[*name].as_u64());
        let id = ids.and_then(|id| u32::try_from(id).ok());
        let id = id.expect("the driver says which process it is");
        let all = tree(id);
        let sent = Command::new("kill")
            .args(["-KILL", &id.to_string()])
            .status();
        assert!(sent.is_ok_and(|sent| sent.success()), "cannot kill {id}");
        wait::until("the end of the browser", END, || {
            all.iter().all(|(id, _)| has_ended(*id)).then_some(())
        });
    }

    /// Starts the browser again with the profile that it had.
    ///
    /// # Panics
    /// When it does not start, or was not started here.
    pub fn restart(&mut self) {
        // The driver forgets the old one.
        let _ = self.session.send("DELETE", "", None);
        let (address, wanted) = self.origin().expect("a browser of its own");
        let fresh = Self::attach(self.kind(), &address, wanted, SCRIPT);
        let fresh = fresh.unwrap_or_else(|error| panic!("no browser session: {error}"));
        self.session = fresh.session;
        self.capabilities = fresh.capabilities;
    }

    /// The address of its driver, and the capabilities that it was started with.
    fn origin(&self) -> Option<(String, Value)> {
        let owned = self.owned.as_ref()?;
        Some((owned.driver.address.clone(), owned.wanted.clone()))
    }
}

/// Whether a process is gone, or waits for its parent to take notice: then it has no command line.
fn has_ended(id: u32) -> bool {
    std::fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.is_empty())
        || std::fs::metadata(format!("/proc/{id}")).is_err()
}
