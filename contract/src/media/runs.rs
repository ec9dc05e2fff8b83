//! Media types that a browser executes or renders as a page when it opens the file from its own origin.

use super::{
    OCTET_STREAM, ends_with, essence, is_media_type, same, standard_type, starts_with, words,
};

/// Pages, scripts, and containers of them, by canonical name.
/// <https://mimesniff.spec.whatwg.org/#javascript-mime-type>
const REFUSED: &str = "text/html text/javascript text/jscript text/livescript text/vbscript \
    text/xsl text/x-component text/x-scriptlet text/cache-manifest application/ecmascript \
    application/hta application/xml application/xml-dtd application/xml-external-parsed-entity \
    application/xslt application/x-ms-xbap application/x-xpinstall application/x-ns-proxy-autoconfig \
    application/vnd.adobe.flash.movie message/rfc822 image/svg+xml application/xhtml+xml \
    application/vnd.wap.xhtml+xml application/vnd.pwg-xhtml-print+xml application/xslt+xml \
    application/mathml+xml application/mathml-content+xml application/mathml-presentation+xml \
    application/vnd.mozilla.xul+xml application/xaml+xml";

/// Whether objects of this type are always refused, whatever a deployment allows: HTML, SVG, XHTML, XSLT,
/// MathML, plain XML, scripts, and containers of pages.
pub fn is_refused(media_type: &str) -> bool {
    let name = standard_type(essence(media_type));
    starts_with(name, "multipart/")
        || starts_with(name, "text/javascript")
        || words(REFUSED).any(|refused| same(refused, name))
}

/// The media type under which an object is served: [`OCTET_STREAM`] for everything that a browser could run, any
/// XML included, and for malformed types.
///
/// Parameters and case are ignored, and in a list of types each one counts: other tools may have stored malformed
/// values.
pub fn served_type(media_type: &str) -> &str {
    let runs = |one: &str| is_refused(one) || ends_with(essence(one), "xml");
    let plain = essence(media_type);
    let well_formed = is_media_type(&plain.to_ascii_lowercase());
    if !well_formed || media_type.split(',').any(runs) {
        return OCTET_STREAM;
    }
    media_type
}
