//! What the page is told of trouble: warnings and errors that name the cause.

use crowfly_contract::ErrorCode;
use crowfly_engine::{Failure, Input, Phase, Wrong};
use std::rc::Rc;
use wasm_bindgen::JsValue;

use super::Driver;
use crate::error::failed;
use crate::page::{first_match, global, property};
use crate::signer::describe;
use crate::wire::Route;

const API: &str = ": check the address and its CORS rules (AllowedOrigins of a Crowfly stack)";
const STORAGE: &str = ": check the bucket's CORS rules (this origin, PUT, all headers) and region, a proxy's limit for bodies, the signer's clock";

impl Driver {
    /// A service has never answered this client.
    pub(super) fn warn_silent(&self, storage: bool) {
        let code = if storage {
            "storage_silent"
        } else {
            "api_silent"
        };
        self.warn(code, &self.silence(storage), None);
    }

    fn silence(&self, storage: bool) -> String {
        let page = property(&property(&global(), "location"), "origin").as_string();
        let (address, advice) = match storage {
            true => (self.storage.borrow().clone(), STORAGE),
            false if self.settings.has_signer => return "`signer` has not answered so far".into(),
            false => (self.settings.api.clone(), API),
        };
        let page = page.unwrap_or_default();
        [
            &address,
            " has not answered this page (",
            &page,
            ") so far",
            advice,
        ]
        .concat()
    }

    /// The error for a failure of the engine.
    pub(super) fn error_of(&self, failure: &Failure) -> JsValue {
        let cause = match failure.code {
            ErrorCode::TokenProvider => self.token.failure.get(),
            ErrorCode::Network | ErrorCode::BadResponse if failure.phase != Phase::Send => {
                self.thrown.get()
            }
            _ => JsValue::UNDEFINED,
        };
        let unreached = failure
            .unreached
            .then(|| self.silence(failure.phase == Phase::Send));
        failed(failure, unreached, cause)
    }

    /// A function of the signer threw something without a status: a warning if it counts as a lost connection, which is
    /// retried; what is wrong if the next attempt would throw it too.
    pub(super) fn heed_thrown(&self, route: Route, thrown: JsValue) -> Option<Wrong> {
        let path = ["signer.", route.as_str()].concat();
        let (problem, own) = describe(&thrown);
        let first = !self.thrown.is_set();
        self.thrown.set(thrown);
        if own {
            return Some(Wrong { path, problem });
        }
        if first {
            self.warn("signer_failed", &[&path, " ", &problem].concat(), None);
        }
        None
    }

    /// Before a request to storage: notes its address, and whether a service worker may hide its progress.
    pub(super) fn heed_worker(self: &Rc<Self>, url: &str) {
        let origin = first_match("^([a-z]+://[^/?#]*)", "", url);
        self.storage.replace(origin.unwrap_or_default());
        let worker = property(&property(&global(), "navigator"), "serviceWorker");
        if property(&worker, "controller").is_truthy() && !self.worker.replace(true) {
            self.feed(Input::ProgressHidden);
        }
    }
}
