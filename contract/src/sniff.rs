//! What a file looks like by its first bytes, and whether that is what its media type says.
//!
//! One small table for both sides: the backend marks what is stored under a false type, and the browser
//! warns before it sends. A rule of thumb, no parser: nothing is unpacked, and no byte beyond
//! [`SNIFF_BYTES`] matters.

/// How many of the first bytes matter.
pub const SNIFF_BYTES: usize = 64;

/// So many bytes of ASCII and no other contradict a type with a signature: some signatures are letters, and
/// end here.
const ENOUGH: usize = 12;

/// A family of formats that share their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// AVIF, HEIC and other images in ISO's base media format.
    Heif,
    /// A Windows bitmap.
    Bmp,
    /// TIFF, and raw images built on it.
    Tiff,
    /// A Windows icon.
    Ico,
    /// WebM and Matroska: whatever starts an EBML document.
    Ebml,
    /// MP4, QuickTime and 3GPP: ISO's base media format.
    Mp4,
    /// Ogg.
    Ogg,
    /// Waveform audio.
    Wav,
    /// Audio Video Interleave.
    Avi,
    /// MP3 and AAC frames, and the ID3 tag that may precede any audio.
    MpegAudio,
    /// FLAC.
    Flac,
    /// Portable Document Format.
    Pdf,
    /// ZIP and all that is packed by it: office documents, books, Java and Android packages.
    Zip,
    /// gzip.
    Gzip,
    /// 7-Zip.
    SevenZip,
    /// RAR.
    Rar,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// Zstandard.
    Zstd,
    /// HTML, SVG or XML: what a browser could run as a page.
    Markup,
    /// A script that names its interpreter.
    Script,
    /// A program of Windows, Linux, macOS or Java, or WebAssembly.
    Program,
}

/// The media types of each kind; the first is its name.
const TYPES: &[(Kind, &str)] = &[
    (Kind::Png, "image/png image/apng"),
    (Kind::Jpeg, "image/jpeg image/jpg"),
    (Kind::Gif, "image/gif"),
    (Kind::Webp, "image/webp"),
    (Kind::Heif, "image/heif image/heic image/avif"),
    (Kind::Bmp, "image/bmp image/x-ms-bmp"),
    (Kind::Tiff, "image/tiff"),
    (Kind::Ico, "image/x-icon image/vnd.microsoft.icon"),
    (
        Kind::Ebml,
        "video/webm audio/webm video/x-matroska audio/x-matroska video/matroska",
    ),
    (
        Kind::Mp4,
        "video/mp4 audio/mp4 video/quicktime audio/x-m4a video/x-m4v video/3gpp audio/3gpp",
    ),
    (Kind::Ogg, "audio/ogg video/ogg application/ogg audio/opus"),
    (Kind::Wav, "audio/wav audio/x-wav audio/vnd.wave audio/wave"),
    (Kind::Avi, "video/x-msvideo video/avi"),
    (Kind::MpegAudio, "audio/mpeg audio/mp3 audio/aac"),
    (Kind::Flac, "audio/flac audio/x-flac"),
    (Kind::Pdf, "application/pdf"),
    (Kind::Zip, "application/zip application/x-zip-compressed"),
    (Kind::Gzip, "application/gzip application/x-gzip"),
    (Kind::SevenZip, "application/x-7z-compressed"),
    (
        Kind::Rar,
        "application/vnd.rar application/x-rar-compressed",
    ),
    (Kind::Xz, "application/x-xz"),
    (Kind::Bzip2, "application/x-bzip2"),
    (Kind::Zstd, "application/zstd"),
    (Kind::Markup, "text/html"),
    (Kind::Script, "text/x-shellscript"),
    (Kind::Program, "application/x-executable"),
];

/// Where RIFF states its form: what stands there counts in RIFF alone.
const FORM: usize = 8;

/// Signatures: the kind, where it stands, and the bytes.
const SIGNATURES: &[(Kind, usize, &[u8])] = &[
    (Kind::Png, 0, b"\x89PNG\r\n\x1a\n"),
    (Kind::Jpeg, 0, b"\xff\xd8\xff"),
    (Kind::Gif, 0, b"GIF8"),
    (Kind::Webp, FORM, b"WEBPVP8"),
    (Kind::Wav, FORM, b"WAVE"),
    (Kind::Avi, FORM, b"AVI "),
    (Kind::Tiff, 0, b"II*\0"),
    (Kind::Tiff, 0, b"MM\0*"),
    (Kind::Tiff, 0, b"II+\0"),
    (Kind::Ico, 0, b"\0\0\x01\0"),
    (Kind::Ebml, 0, b"\x1aE\xdf\xa3"),
    (Kind::Ogg, 0, b"OggS\0"),
    (Kind::Flac, 0, b"fLaC"),
    (Kind::Pdf, 0, b"%PDF-"),
    (Kind::Zip, 0, b"PK\x03\x04"),
    (Kind::Zip, 0, b"PK\x05\x06"),
    (Kind::Zip, 0, b"PK\x07\x08"),
    (Kind::Gzip, 0, b"\x1f\x8b\x08"),
    (Kind::SevenZip, 0, b"7z\xbc\xaf\x27\x1c"),
    (Kind::Rar, 0, b"Rar!\x1a\x07"),
    (Kind::Xz, 0, b"\xfd7zXZ\0"),
    (Kind::Bzip2, 4, b"1AY&SY"),
    (Kind::Zstd, 0, b"\x28\xb5\x2f\xfd"),
    // UTF-16 of either order.
    (Kind::Markup, 0, b"\xff\xfe<\0"),
    (Kind::Markup, 0, b"\xfe\xff\0<"),
    (Kind::Script, 0, b"#!"),
    (Kind::Program, 0, b"\x7fELF"),
    (Kind::Program, 0, b"\xfe\xed\xfa\xce"),
    (Kind::Program, 0, b"\xfe\xed\xfa\xcf"),
    (Kind::Program, 0, b"\xce\xfa\xed\xfe"),
    (Kind::Program, 0, b"\xcf\xfa\xed\xfe"),
    // A Java class, and a program of macOS for several processors.
    (Kind::Program, 0, b"\xca\xfe\xba\xbe"),
    (Kind::Program, 0, b"\0asm"),
];

/// The tags by which a browser knows a page, as the MIME Sniffing Standard lists them, and SVG's.
const TAGS: &str = "html head script iframe h1 div font table a style title b body br p svg";

impl Kind {
    /// The media type that stands for the family.
    pub fn as_str(self) -> &'static str {
        let row = TYPES.iter().find(|(kind, _)| *kind == self);
        row.and_then(|(_, types)| types.split(' ').next())
            .unwrap_or_default()
    }
}

/// What these first bytes of a file look like; `None` for what the table does not know, such as plain text.
pub fn sniff(first: &[u8]) -> Option<Kind> {
    let first = first.get(..SNIFF_BYTES).unwrap_or(first);
    let riff = first.starts_with(b"RIFF") || first.starts_with(b"RF64");
    let stands = |(_, at, bytes): &&(Kind, usize, &[u8])| {
        let there = first.get(*at..).is_some_and(|rest| rest.starts_with(bytes));
        there && (*at != FORM || riff)
    };
    if let Some((kind, _, _)) = SIGNATURES.iter().find(stands) {
        return Some(*kind);
    }
    match first {
        // A box is seldom so long that its length starts with what a text may start with.
        [0..=8, _, _, _, name @ ..] if is_box(name) => Some(boxed(name)),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Kind::Bmp),
        // Two letters prove little; a program's header has zeros, and a text has none.
        [b'M', b'Z', rest @ ..] if rest.contains(&0) => Some(Kind::Program),
        // Versions 2.2 to 2.4; a table's heading has a tab there.
        [b'I', b'D', b'3', 2..=4, ..] => Some(Kind::MpegAudio),
        [0xff, frame, ..] if is_audio_frame(*frame) => Some(Kind::MpegAudio),
        _ => is_markup(first).then_some(Kind::Markup),
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

/// The second byte of a frame of MPEG audio: layer 3 or 2, or ADTS. Layer 1 would also be UTF-16's mark.
fn is_audio_frame(byte: u8) -> bool {
    byte & 0xf6 == 0xf0 || (byte & 0xe0 == 0xe0 && byte & 0x18 != 0x08 && matches!(byte & 6, 2 | 4))
}

fn is_markup(first: &[u8]) -> bool {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let [b'<', tag @ ..] = text.trim_ascii_start() else {
        return false;
    };
    let is = |start: &str| {
        tag.get(..start.len())
            .is_some_and(|tag| tag.eq_ignore_ascii_case(start.as_bytes()))
    };
    let ends = |at: usize| !tag.get(at).is_some_and(u8::is_ascii_alphanumeric);
    is("!--")
        || is("!doctype")
        || is("?xml")
        || TAGS.split(' ').any(|name| is(name) && ends(name.len()))
}

/// No control character: text, in whatever encoding but UTF-16 and UTF-32.
fn is_text(first: &[u8]) -> bool {
    let plain =
        |byte: &u8| matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' '..=b'~' | 0x80..=0xfe);
    first.iter().all(plain)
}

/// What the first bytes look like, if that is not what `media_type` says: a media type.
///
/// - A type with a signature is contradicted by the signature of another, and by plain text. Bytes that
///   nobody knows contradict nothing: formats have more variants than any table, and what is marked is
///   withheld from its owner.
/// - `text/*` is contradicted by everything but text, whatever letters that starts with: a browser never
///   renders it as a page.
/// - Other images, sounds, videos and fonts are contradicted by pages, scripts and programs.
/// - All else, `application/octet-stream` too, is contradicted by a page only, unless it is XML itself.
///
/// No bytes contradict nothing. Parameters of the type and its case do not matter.
pub fn contradicts(media_type: &str, first: &[u8]) -> Option<&'static str> {
    let first = first.get(..SNIFF_BYTES).unwrap_or(first);
    let declared = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    let family = |name: &str| {
        declared
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let should = TYPES.iter().find(|(_, types)| {
        types
            .split(' ')
            .any(|known| known.eq_ignore_ascii_case(declared))
    });
    let should = should.map(|(kind, _)| *kind);
    let seen = sniff(first);
    let text = is_text(first);
    let against = match (should, seen) {
        _ if text && family("text/") => false,
        (Some(should), Some(seen)) if should == seen => false,
        // The tag may precede any audio.
        (_, Some(Kind::MpegAudio)) if family("audio/") => false,
        (Some(Kind::MpegAudio | Kind::Markup | Kind::Script | Kind::Program), None) => false,
        (Some(_), None) => text && first.is_ascii() && first.len() >= ENOUGH,
        (Some(_), Some(_)) => true,
        (None, None) => false,
        (None, Some(seen)) if family("text/") => !matches!(seen, Kind::Markup | Kind::Script),
        (None, Some(Kind::Markup)) => {
            let bytes = declared.as_bytes();
            let end = bytes.len().saturating_sub(3);
            !bytes
                .get(end..)
                .is_some_and(|end| end.eq_ignore_ascii_case(b"xml"))
        }
        (None, Some(Kind::Script | Kind::Program)) => ["image/", "audio/", "video/", "font/"]
            .iter()
            .any(|name| family(name)),
        (None, Some(_)) => false,
    };
    against.then(|| seen.map_or("text/plain", Kind::as_str))
}
