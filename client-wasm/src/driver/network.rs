//! Network state as reported by the browser.

use std::rc::{Rc, Weak};

use crowfly_engine::Input;

use crate::driver::Driver;
use crate::page::{Listener, global, property};

/// Listens to `online` and `offline` while the driver exists.
/// <https://developer.mozilla.org/docs/Web/API/Navigator/onLine>
pub(crate) fn watch(driver: &Rc<Driver>) -> Listener {
    let weak: Weak<Driver> = Rc::downgrade(driver);
    let hear = move |event| {
        if let Some(driver) = weak.upgrade() {
            let online = property(&event, "type") == "online";
            driver.feed(if online {
                Input::Online
            } else {
                Input::Offline
            });
        }
    };
    Listener::new(&global(), &["online", "offline"], Box::new(hear))
}

/// Whether the browser reports to be offline.
pub(crate) fn is_off() -> bool {
    property(&property(&global(), "navigator"), "onLine") == false
}
