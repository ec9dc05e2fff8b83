//! Translates the engine's events for the application.

use std::rc::Rc;

use crowfly_engine::Event;

use super::Driver;
use crate::LIVE;
use crate::wire::stored_to_page;

const HIDDEN: &str = "a service worker answers this page's requests: progress is shown by whole parts; have it leave PUT requests alone";
const LIMIT: &str = "the recording has reached its limit of bytes: it ends here";
const RESTARTED: &str = "storage has discarded the parts of this upload; it begins anew";
const UNVERIFIED: &str =
    "storage states no checksum, so nothing proves the bytes: `verified` is false";

impl Driver {
    /// Handles an event of the engine.
    pub(super) fn tell(self: &Rc<Self>, event: Event) {
        let upload = match &event {
            Event::ReadDone { read } => return self.end_read(*read, None),
            Event::ReadFailed { read, failure } => return self.end_read(*read, Some(failure)),
            Event::Silent { storage } => return self.warn_silent(*storage),
            Event::HostSilent { grant } => {
                self.heed_worker(&grant.url);
                return self.warn_silent(true);
            }
            Event::LimitReached { upload, max_bytes } if LIVE => {
                self.warn("limit_reached", LIMIT, Some(*upload));
                return self.stop_source(*upload, *max_bytes);
            }
            Event::ProgressHidden => return self.warn("progress_hidden", HIDDEN, None),
            Event::State { upload, .. }
            | Event::Progress { upload, .. }
            | Event::Restarted { upload }
            | Event::Retried { upload, .. }
            | Event::Stored { upload, .. }
            | Event::Unverified { upload }
            | Event::Failed { upload, .. }
            | Event::Aborted { upload }
            | Event::Processed { upload, .. }
            | Event::ProcessingFailed { upload, .. } => *upload,
            // Events that this version does not use.
            _ => return,
        };
        let Some(entry) = self.store.find(upload) else {
            return;
        };
        match &event {
            Event::Progress { .. } => self.store.touch_in_frame(),
            Event::Restarted { .. }
            | Event::Retried { .. }
            | Event::Unverified { .. }
            | Event::ProcessingFailed { .. } => {}
            _ => self.store.touch(),
        }
        match event {
            Event::State { state, .. } => self.set_state(&entry, state),
            Event::Progress { progress, .. } => entry.set_progress(progress),
            Event::Retried { retry, .. } => self.report_retried(&entry, &retry),
            Event::Stored {
                stored, verified, ..
            } => {
                self.keep_path(entry.size.get());
                let stored = stored_to_page(&stored, Some(verified));
                entry.resolve(stored.clone());
                let kind = if verified { "verified" } else { "unverified" };
                self.report_end(&entry, kind, "stored", stored);
                self.drop_hidden(&entry);
            }
            Event::Failed { failure, .. } => self.fail(&entry, self.error_of(&failure)),
            Event::Aborted { .. } => {
                entry.reject_aborted();
                self.drop_hidden(&entry);
            }
            Event::Processed { .. } => entry.resolve_processed(),
            Event::ProcessingFailed { failure, .. } => {
                entry.reject_processed(&self.error_of(&failure));
            }
            Event::Restarted { .. } => self.warn("restarted", RESTARTED, Some(upload)),
            Event::Unverified { .. } => self.warn("unverified", UNVERIFIED, Some(upload)),
            _ => {}
        }
    }
}
