//! Detects the format of a file by its first bytes.
//!
//! A heuristic, not a parser: nothing is unpacked, and no byte beyond [`SNIFF_BYTES`] is read.

use super::{Kind, starts_with, table, words};

/// Number of first bytes that are examined.
pub const SNIFF_BYTES: usize = 64;

/// Offset of the form type in RIFF and IFF; a signature there counts only inside these containers.
const FORM: u8 = 8;

/// The signature of a format: bytes at the start or at a fixed offset.
///
/// Stored inline, since a pointer to each would be as large as the bytes.
struct Signature {
    kind: Kind,
    at: u8,
    len: u8,
    bytes: [u8; 12],
}

const fn signature(kind: Kind, at: u8, bytes: &[u8]) -> Signature {
    let mut all = [0; 12];
    let (own, _) = all.split_at_mut(bytes.len());
    own.copy_from_slice(bytes);
    Signature {
        kind,
        at,
        len: bytes.len() as u8,
        bytes: all,
    }
}

const SIGNATURES: &[Signature] = &[
    signature(Kind::Png, 0, b"\x89PNG\r\n\x1a\n"),
    signature(Kind::Jpeg, 0, b"\xff\xd8\xff"),
    signature(Kind::Gif, 0, b"GIF8"),
    signature(Kind::Webp, FORM, b"WEBPVP8"),
    signature(Kind::Wav, FORM, b"WAVE"),
    signature(Kind::Avi, FORM, b"AVI "),
    signature(Kind::Tiff, 0, b"II*\0"),
    signature(Kind::Tiff, 0, b"MM\0*"),
    signature(Kind::Tiff, 0, b"II+\0"),
    signature(Kind::Ico, 0, b"\0\0\x01\0"),
    signature(Kind::Psd, 0, b"8BPS\0"),
    signature(Kind::Jxl, 0, b"\0\0\0\x0cJXL \r\n"),
    signature(Kind::Jp2, 0, b"\0\0\0\x0cjP  \r\n"),
    signature(Kind::Ebml, 0, b"\x1aE\xdf\xa3"),
    signature(Kind::Ogg, 0, b"OggS\0"),
    signature(Kind::Flac, 0, b"fLaC"),
    // Each of the four AMR magic numbers starts like this. https://www.rfc-editor.org/rfc/rfc4867#section-5
    signature(Kind::Amr, 0, b"#!AMR"),
    signature(Kind::Silk, 0, b"#!SILK"),
    signature(Kind::Silk, 0, b"\x02#!SILK"),
    signature(Kind::Aiff, FORM, b"AIFF"),
    signature(Kind::Aiff, FORM, b"AIFC"),
    signature(Kind::Midi, 0, b"MThd\0\0\0\x06"),
    signature(Kind::Flv, 0, b"FLV\x01"),
    signature(Kind::Asf, 0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    signature(Kind::MpegVideo, 0, b"\0\0\x01\xba"),
    signature(Kind::MpegVideo, 0, b"\0\0\x01\xb3"),
    signature(Kind::Pdf, 0, b"%PDF-"),
    signature(Kind::Ole, 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    signature(Kind::Rtf, 0, b"{\\rtf"),
    signature(Kind::Zip, 0, b"PK\x03\x04"),
    signature(Kind::Zip, 0, b"PK\x05\x06"),
    signature(Kind::Zip, 0, b"PK\x07\x08"),
    signature(Kind::Gzip, 0, b"\x1f\x8b\x08"),
    signature(Kind::SevenZip, 0, b"7z\xbc\xaf\x27\x1c"),
    signature(Kind::Rar, 0, b"Rar!\x1a\x07"),
    signature(Kind::Xz, 0, b"\xfd7zXZ\0"),
    signature(Kind::Bzip2, 4, b"1AY&SY"),
    signature(Kind::Zstd, 0, b"\x28\xb5\x2f\xfd"),
    signature(Kind::Sfnt, 0, b"\0\x01\0\0\0"),
    signature(Kind::Sfnt, 0, b"OTTO\0"),
    signature(Kind::Sfnt, 0, b"ttcf\0"),
    signature(Kind::Woff, 0, b"wOFF"),
    signature(Kind::Woff2, 0, b"wOF2"),
    // UTF-16 in either byte order.
    signature(Kind::Markup, 0, b"\xff\xfe<\0"),
    signature(Kind::Markup, 0, b"\xfe\xff\0<"),
    signature(Kind::Script, 0, b"<?php"),
    signature(Kind::Program, 0, b"\x7fELF"),
    signature(Kind::Program, 0, b"\xfe\xed\xfa\xce"),
    signature(Kind::Program, 0, b"\xfe\xed\xfa\xcf"),
    signature(Kind::Program, 0, b"\xce\xfa\xed\xfe"),
    signature(Kind::Program, 0, b"\xcf\xfa\xed\xfe"),
    // A Java class, or a universal (multi-architecture) macOS binary.
    signature(Kind::Program, 0, b"\xca\xfe\xba\xbe"),
    signature(Kind::Program, 0, b"\xca\xfe\xba\xbf"),
    signature(Kind::Program, 0, b"\xbe\xba\xfe\xca"),
    signature(Kind::Program, 0, b"\xbf\xba\xfe\xca"),
    // A Windows shortcut (.lnk), which starts its target.
    signature(Kind::Program, 0, b"L\0\0\0\x01\x14\x02\0"),
    signature(Kind::Program, 0, b"\0asm"),
];

/// The tags by which browsers recognise a page, plus `<svg`.
/// <https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type>
const TAGS: &str = "html head script iframe h1 div font table a style title b body br p svg";

impl Kind {
    /// The representative media type of the family.
    pub fn as_str(self) -> &'static str {
        table::names_of(self).next().unwrap_or_default()
    }

    /// Whether a browser or an operating system could execute it: a page, a script or a program.
    pub fn runs(self) -> bool {
        matches!(
            self,
            Self::Markup | Self::Xml | Self::Script | Self::Program
        )
    }

    /// The representative media type within another top-level type: a container that may hold audio or video is
    /// `audio/*` if the declared type is `audio/*`.
    pub(super) fn name_beside(self, other: &str) -> &'static str {
        let family = ["audio/", "video/"]
            .into_iter()
            .find(|family| starts_with(other, family));
        let own = |name: &&str| family.is_some_and(|family| starts_with(name, family));
        let own = table::names_of(self).find(own);
        own.unwrap_or_else(|| self.as_str())
    }
}

/// The format of these first bytes; `None` for formats without a signature in the table, such as plain text.
pub fn sniff(first: &[u8]) -> Option<Kind> {
    let first = first.get(..SNIFF_BYTES).unwrap_or(first);
    let form = [b"RIFF", b"RF64", b"FORM"]
        .iter()
        .any(|start| first.starts_with(*start));
    let stands = |signature: &&Signature| {
        let bytes = signature.bytes.get(..usize::from(signature.len));
        let rest = first.get(usize::from(signature.at)..);
        let there = rest.is_some_and(|rest| bytes.is_some_and(|bytes| rest.starts_with(bytes)));
        there && (signature.at != FORM || form)
    };
    if let Some(signature) = SIGNATURES.iter().find(stands) {
        return Some(signature.kind);
    }
    match first {
        // An ISO BMFF box is rarely so long that its length field starts with a printable character.
        [0..=8, _, _, _, name @ ..] if is_box(name) => Some(boxed(name)),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Kind::Bmp),
        [b'M', b'Z', ..] if is_program(first) => Some(Kind::Program),
        [b'#', b'!', line @ ..] if names_interpreter(line) => Some(Kind::Script),
        // ID3 versions 2.2 to 2.4; a table heading has a tab there.
        [b'I', b'D', b'3', 2..=4, ..] => Some(Kind::MpegAudio),
        [0xff, frame, ..] if is_audio_frame(*frame) => Some(Kind::MpegAudio),
        _ => markup(first),
    }
}

/// Whether a path follows, as after the `#!` of a script. Telephony formats start with `#!` and a word.
fn names_interpreter(line: &[u8]) -> bool {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = line.iter().position(|byte| !blank(byte));
    match line.get(start.unwrap_or_default()..).unwrap_or_default() {
        [b'/', ..] => true,
        [b'e', b'n', b'v', next, ..] => blank(next),
        _ => false,
    }
}

/// Two letters are weak evidence: a tar archive may start with a member's name. An executable has a small number
/// after them, or an offset to its PE header at byte 60.
///
/// <https://learn.microsoft.com/windows/win32/debug/pe-format>; `e_cblp` is at most 511.
fn is_program(first: &[u8]) -> bool {
    match first {
        [_, _, _, 0 | 1, rest @ ..] if rest.iter().any(|byte| *byte != 0) => true,
        [.., a, b, c, 0] if first.len() == SNIFF_BYTES => (*a, *b, *c) != (0, 0, 0),
        _ => false,
    }
}

fn is_box(name: &[u8]) -> bool {
    [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"]
        .iter()
        .any(|known| name.starts_with(*known))
}

fn boxed(name: &[u8]) -> Kind {
    let brand = name.get(4..).unwrap_or_default();
    let image = [b"avi", b"hei", b"hev", b"mif", b"msf"]
        .iter()
        .any(|known| brand.starts_with(*known));
    if image { Kind::Heif } else { Kind::Mp4 }
}

/// The second byte of an MPEG audio frame: layer 3 or 2, or ADTS. Layer 1 would also match the UTF-16 BOM.
fn is_audio_frame(byte: u8) -> bool {
    byte & 0xf6 == 0xf0 || (byte & 0xe0 == 0xe0 && byte & 0x18 != 0x08 && matches!(byte & 6, 2 | 4))
}

fn markup(first: &[u8]) -> Option<Kind> {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let [b'<', tag @ ..] = text.trim_ascii_start() else {
        return None;
    };
    let is = |start: &str| {
        tag.get(..start.len())
            .is_some_and(|tag| tag.eq_ignore_ascii_case(start.as_bytes()))
    };
    let ends = |at: usize| !tag.get(at).is_some_and(u8::is_ascii_alphanumeric);
    if is("?xml") {
        return Some(Kind::Xml);
    }
    let page = is("!--") || is("!doctype") || words(TAGS).any(|name| is(name) && ends(name.len()));
    page.then_some(Kind::Markup)
}
