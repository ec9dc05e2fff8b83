//! The address of the API. The token is sent there, so a typo must not send it elsewhere.

use js_sys::{JsString, RegExp, global};
use wasm_bindgen::JsValue;

use crate::page::property;

const FORM: &str = "must be an address such as https://abc.execute-api.eu-west-1.amazonaws.com, or a path of the page's own server such as /api";

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
    // The parser removes tabs and treats `\` as `/`: `/\t/host` and `/\host` are other servers.
    // https://url.spec.whatwg.org/#concept-basic-url-parser
    if text.is_empty() || matches(r"[\\\0-\x20\x7f]|^\/\/", &text) {
        return Err(FORM.into());
    }
    if !matches(r"^\.{0,2}\/|^[a-z][a-z\d+.-]*:\/\/", &text) {
        return Err(["must begin with its scheme: ", &completed(&text)].concat());
    }
    // Undefined in a realm without an address.
    let page = property(&global(), "location");
    let url = web_sys::Url::new_with_base(&text, &part(&page, "href"));
    let url = JsValue::from(url.map_err(|_| FORM.to_owned())?);
    let user = part(&url, "username") + &part(&url, "password");
    if !user.is_empty() || matches("[?#]", &part(&url, "href")) {
        return Err("must have no user, query or fragment".into());
    }
    let own = part(&page, "origin") == part(&url, "origin");
    let host_and_path = part(&url, "host") + &part(&url, "pathname");
    let address = without(r"\/+$", &host_and_path);
    let protocol = part(&url, "protocol");
    if protocol == "http:" && !own && !matches(LOOPBACK, &part(&url, "hostname")) {
        return Err(["must be https, or http on this machine: https://", &address].concat());
    }
    if protocol != "http:" && protocol != "https:" {
        return Err(FORM.into());
    }
    // A server of the page's own origin may use any path for its routes.
    if !own && address.ends_with("/uploads") {
        let stack = without(r"\/+uploads$", &address);
        let what = "must not end in /uploads, which the SDK adds: ";
        return Err([what, &protocol, "//", &stack].concat());
    }
    Ok([&protocol, "//", &*address].concat())
}

/// A part of a `URL` or of the page's location. Not by web-sys: it imports one function for each.
fn part(url: &JsValue, name: &str) -> String {
    property(url, name).as_string().unwrap_or_default()
}

/// A suggestion for an address without a scheme, with possible secrets removed.
fn completed(text: &str) -> String {
    let bare = ["[?#].*$", "^[^/]*@", r"^https?:\/?"]
        .iter()
        .fold(text.to_owned(), |text, part| without(part, &text));
    let name = without(r"(?::\d*)?(?:\/.*)?$", &bare);
    if matches(LOOPBACK, &name) {
        return ["http://", &bare].concat();
    }
    if matches(r"\.", &name) {
        return ["https://", &bare].concat();
    }
    let own = " on the page's own server";
    ["https://api.example.com, or /", &bare, own].concat()
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
