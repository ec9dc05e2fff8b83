//! Whether the first bytes of a file match its media type.

use super::table::{self, Says};
use super::{Kind, SNIFF_BYTES, cut, ends_with, essence, sniff, starts_with, words};

/// At least this many bytes of plain ASCII contradict a type with a signature. Fewer do not: some signatures
/// consist of letters, and the file may end there.
const ENOUGH: usize = 12;

/// Format families that are never executed, whatever their subtype.
const HARMLESS: &str = "image/ audio/ video/ font/ model/ \
    application/vnd.openxmlformats-officedocument. application/vnd.oasis.opendocument. \
    application/vnd.ms-word. application/vnd.ms-excel. application/vnd.ms-powerpoint.";

/// Excel and Word themselves write HTML and XML under these types, and so do many report generators.
const MARKUP_OF_THEIR_OWN: [&str; 2] = [EXCEL, "application/msword"];

/// The type that Windows reports for CSV where Excel is installed.
const EXCEL: &str = "application/vnd.ms-excel";

/// First bytes that do not match the media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The media type detected from them.
    pub seen: &'static str,
    /// Whether they are a page, a script or a program under a harmless media type.
    pub active: bool,
}

/// What a media type promises about the bytes.
#[derive(Clone, Copy)]
enum Clothes {
    /// Anything.
    Nothing,
    /// Anything but a page: a type missing from the table.
    Unknown,
    /// Text, whatever it starts with: a browser never renders it as a page.
    Text,
    /// Markup.
    Xml,
    /// Text that is data.
    Data,
    /// One format.
    Kind(Kind),
    /// Some format that is never executed.
    Harmless,
}

/// Compares the first bytes of a file with its media type.
///
/// - `application/octet-stream` and malformed types promise nothing, so nothing contradicts them.
/// - `text/*` is contradicted by any signature of a non-text format.
/// - A type with a signature is contradicted by another signature and by plain text. Unrecognised bytes do not
///   contradict it: formats have more variants than any table.
/// - Other images, audio, video, fonts, models, documents and archives are contradicted by pages, scripts
///   and programs.
///
/// Empty content contradicts nothing. Parameters and case of the type are ignored.
pub fn mismatch(media_type: &str, first: &[u8]) -> Option<Mismatch> {
    let first = first.get(..SNIFF_BYTES).unwrap_or(first);
    let declared = essence(media_type);
    let found = table::find(declared);
    let (name, says) = found.map_or((declared, Says::Name), |found| (found.name, found.says));
    let clothes = clothes(name, says);
    let (seen, text) = (sniff(first), is_text(first));
    let runs = seen.is_some_and(Kind::runs);
    let marked = |seen: Kind| matches!(seen, Kind::Markup | Kind::Xml);
    let differs = match clothes {
        Clothes::Nothing => false,
        Clothes::Unknown => seen == Some(Kind::Markup),
        Clothes::Text => !text && seen.is_some_and(|seen| !marked(seen) && seen != Kind::Script),
        Clothes::Xml => seen.is_some_and(|seen| !marked(seen)),
        Clothes::Data => runs || (!text && seen.is_some()),
        Clothes::Harmless => runs,
        Clothes::Kind(kind) => match seen {
            // The tag may precede any audio.
            Some(Kind::MpegAudio) if starts_with(name, "audio/") => false,
            Some(seen) => seen != kind,
            None if kind.runs() || kind == Kind::MpegAudio || name == EXCEL => false,
            None => text && first.is_ascii() && first.len() >= ENOUGH,
        },
    };
    let harmless = match clothes {
        Clothes::Nothing | Clothes::Unknown => false,
        Clothes::Kind(_) if seen.is_some_and(marked) => !MARKUP_OF_THEIR_OWN.contains(&name),
        Clothes::Kind(kind) => !kind.runs(),
        _ => true,
    };
    differs.then(|| Mismatch {
        seen: seen.map_or("text/plain", |seen| seen.name_beside(name)),
        active: runs && harmless,
    })
}

fn clothes(name: &str, says: Says) -> Clothes {
    match says {
        Says::Nothing => return Clothes::Nothing,
        Says::Data => return Clothes::Data,
        Says::Harmless => return Clothes::Harmless,
        Says::Kind(kind) if !kind.runs() || kind == Kind::Program => {
            return Clothes::Kind(kind);
        }
        _ => {}
    }
    if cut(name, b'/').is_none() {
        Clothes::Nothing
    } else if ends_with(name, "xml") {
        Clothes::Xml
    } else if starts_with(name, "text/") {
        Clothes::Text
    } else if ends_with(name, "+json") {
        Clothes::Data
    } else if ends_with(name, "+zip") || words(HARMLESS).any(|start| starts_with(name, start)) {
        Clothes::Harmless
    } else {
        Clothes::Unknown
    }
}

/// No control character: text in any encoding except UTF-16 and UTF-32.
fn is_text(first: &[u8]) -> bool {
    let plain =
        |byte: &u8| matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' '..=b'~' | 0x80..=0xfe);
    first.iter().all(plain)
}
