//! The address of the API. The token is sent there, so a typo must not send it elsewhere.

use js_sys::{JsString, RegExp};
use wasm_bindgen::JsValue;

use crate::page::{global, property};

/// An address with a scheme and without a user, or a path. The URL parser removes tabs and takes `\` for `/`, so that
/// `/\t/host` and `/\host` are other servers. <https://url.spec.whatwg.org/#concept-basic-url-parser>
const FORM: &str =
    r"^(?:\.{0,2}\/(?!\/)|https?:\/\/[^@/\\\0-\x20\x7f?#]+(?:\/|$))[^\\\0-\x20\x7f?#]*$";

/// The local machine, as normalised by the URL parser, which writes every IPv4 address as four decimal numbers and
/// rejects any other host that ends in a number: <https://url.spec.whatwg.org/#host-parsing>, and section 3.1 of
/// <https://w3c.github.io/webappsec-secure-contexts>.
const LOOPBACK: &str = r"^(?:[^.].*\.)?localhost$|^127(?:\.\d{1,3}){3}$|^\[::1\]$";

/// The address of the API without a trailing slash, from a string or `URL`; otherwise the error.
pub(super) fn read_address(value: &JsValue) -> Result<String, String> {
    let given = if value.is_object() {
        property(value, "href")
    } else {
        value.clone()
    };
    let text = without(r"^\s+|\s+$", &given.as_string().unwrap_or_default());
    checked(&text).ok_or_else(|| {
        let rule = "must be https, or http on this machine, without user, query, fragment, and the /uploads that the SDK adds, such as ";
        [rule, &completed(&text), ", or a path of the page's own server such as /api"].concat()
    })
}

fn checked(text: &str) -> Option<String> {
    if !matches(FORM, text) {
        return None;
    }
    // Undefined in a realm without an address.
    let page = property(&global(), "location");
    let url = web_sys::Url::new_with_base(text, &part(&page, "href"));
    let url = JsValue::from(url.ok()?);
    let protocol = part(&url, "protocol");
    // Every page from a disk has the origin "null".
    let own = part(&page, "origin") == part(&url, "origin") && protocol != "file:";
    let address = [
        &*protocol,
        "//",
        &part(&url, "host"),
        &part(&url, "pathname"),
    ]
    .concat();
    let address = without(r"\/+$", &address);
    let safe = protocol == "https:" || matches(LOOPBACK, &part(&url, "hostname"));
    // A server of the page's own origin may use any path for its routes.
    (own || safe && !address.ends_with("/uploads")).then_some(address)
}

/// A part of a `URL` or of the page's location. Not by web-sys: it imports one function for each.
fn part(url: &JsValue, name: &str) -> String {
    property(url, name).as_string().unwrap_or_default()
}

/// A suggestion for an address in another form, with possible secrets removed.
fn completed(text: &str) -> String {
    let bare = without(
        r"[?#].*$|^[a-z]+:[\\/]+|^https?:|^[\\/\s]+|\/+uploads\/*$",
        text,
    );
    let bare = without("^[^/]*@", &bare);
    let name = without(r"(?::\d*)?(?:\/.*)?$", &bare);
    if matches(LOOPBACK, &name) {
        return ["http://", &bare].concat();
    }
    let known = matches(r"\.", &name);
    ["https://", if known { &bare } else { "api.example.com" }].concat()
}

fn matches(pattern: &str, text: &str) -> bool {
    RegExp::new(pattern, "i").exec(text).is_some()
}

/// A text with all matches of a pattern removed.
fn without(pattern: &str, text: &str) -> String {
    let text = JsString::from(text);
    text.replace_by_pattern(&RegExp::new(pattern, "gi"), "")
        .into()
}
