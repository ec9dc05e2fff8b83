//! The table: every media type that has a rule here, its other names, and the format of its bytes.

use super::Kind;

/// A type, as the table has it.
pub(super) struct Found {
    /// Its standard name.
    pub(super) name: &'static str,
    /// What it says of the bytes, if more than its name does.
    pub(super) says: Option<Says>,
}

/// What a media type says of the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// A format that is known by its first bytes.
    Kind(Kind),
    /// A format that nothing runs, and that no first bytes tell here.
    Harmless,
    /// Text that is data.
    Data,
    /// Nothing.
    Nothing,
}

/// Formats with a signature: types behind each other, the first of which names the format, each followed by its
/// other names.
const KINDS: &[(Kind, &str)] = &[
    (
        Kind::Png,
        "image/png image/x-png image/x-citrix-png; image/apng image/vnd.mozilla.apng",
    ),
    (
        Kind::Jpeg,
        "image/jpeg image/jpg image/jpe image/jfif image/pjpeg image/pjp image/x-jpeg image/x-jpg \
         image/x-citrix-jpeg application/jpg application/x-jpg",
    ),
    (Kind::Gif, "image/gif image/x-gif"),
    (Kind::Webp, "image/webp image/x-webp"),
    (
        Kind::Heif,
        "image/heif image/x-heif; image/heic image/x-heic; image/avif image/x-avif; \
         image/heif-sequence; image/heic-sequence; image/avif-sequence",
    ),
    (
        Kind::Bmp,
        "image/bmp image/x-bmp image/x-ms-bmp image/ms-bmp image/x-windows-bmp image/x-win-bitmap \
         application/bmp application/x-bmp",
    ),
    (
        Kind::Tiff,
        "image/tiff image/tif image/x-tif image/x-tiff application/tif application/tiff",
    ),
    (
        Kind::Ico,
        "image/x-icon image/vnd.microsoft.icon image/ico image/icon image/x-ico application/ico \
         application/x-ico text/ico",
    ),
    (
        Kind::Psd,
        "image/vnd.adobe.photoshop image/psd image/x-psd image/photoshop image/x-photoshop \
         application/psd application/photoshop application/x-photoshop",
    ),
    (Kind::Jxl, "image/jxl image/x-jxl"),
    (
        Kind::Jp2,
        "image/jp2 image/jpeg2000 image/jpeg2000-image image/x-jpeg2000-image image/x-jp2; \
         image/jpx; image/jpm",
    ),
    (
        Kind::Ebml,
        "video/webm video/x-webm; audio/webm audio/x-webm; \
         video/matroska video/x-matroska application/x-matroska video/mkv video/x-mkv; \
         audio/matroska audio/x-matroska",
    ),
    (
        Kind::Mp4,
        "video/mp4 video/x-mp4 video/m4v video/x-m4v video/mp4v-es; \
         audio/mp4 audio/m4a audio/x-m4a audio/x-mp4 audio/mp4a-latm audio/m4b audio/x-m4b audio/x-m4p \
         audio/x-m4r; \
         video/quicktime video/mov video/x-mov video/x-quicktime; \
         video/3gpp video/3gp video/x-3gp video/x-3gpp; audio/3gpp audio/3gp audio/x-3gpp; \
         video/3gpp2 video/3g2 video/x-3gpp2; audio/3gpp2 audio/x-3gpp2; application/mp4",
    ),
    (
        Kind::Ogg,
        "audio/ogg audio/x-ogg audio/vorbis audio/x-vorbis audio/x-vorbis+ogg audio/x-opus \
         audio/x-opus+ogg audio/x-flac+ogg audio/x-oggflac audio/x-speex+ogg; audio/opus; \
         video/ogg video/x-ogg video/theora video/x-theora video/x-theora+ogg video/x-ogm \
         video/x-ogm+ogg; application/ogg application/x-ogg",
    ),
    (
        Kind::Wav,
        "audio/wav audio/x-wav audio/wave audio/vnd.wave audio/x-pn-wav audio/x-wave",
    ),
    (
        Kind::Avi,
        "video/x-msvideo video/avi video/msvideo video/x-avi video/vnd.avi video/divx \
         video/vnd.divx application/x-troff-msvideo",
    ),
    (
        Kind::MpegAudio,
        "audio/mpeg audio/mp3 audio/x-mp3 audio/mpg audio/x-mpg audio/x-mpeg audio/mpeg3 \
         audio/x-mpeg-3 audio/x-mpeg3 audio/x-mpegaudio audio/mpa; \
         audio/aac audio/x-aac audio/aacp audio/x-aacp audio/vnd.dlna.adts audio/x-hx-aac-adts; \
         audio/mp2 audio/x-mp2",
    ),
    (Kind::Flac, "audio/flac audio/x-flac"),
    (
        Kind::Amr,
        "audio/amr audio/x-amr audio/amr-nb; audio/amr-wb audio/x-amr-wb",
    ),
    (Kind::Silk, "audio/silk audio/x-silk"),
    (
        Kind::Aiff,
        "audio/aiff audio/x-aiff audio/aif audio/x-aif audio/x-aifc audio/x-aiffc",
    ),
    (
        Kind::Midi,
        "audio/midi audio/mid audio/x-mid audio/x-midi application/midi application/x-midi",
    ),
    (
        Kind::Flv,
        "video/x-flv video/flv application/x-flash-video flv-application/octet-stream",
    ),
    (
        Kind::Asf,
        "video/x-ms-asf video/asf video/x-ms-asf-plugin video/x-ms-wm application/vnd.ms-asf; \
         video/x-ms-wmv video/wmv video/x-wmv; audio/x-ms-wma audio/wma audio/x-wma",
    ),
    (
        Kind::MpegVideo,
        "video/mpeg video/mpg video/x-mpg video/x-mpeg video/mpeg2 video/x-mpeg2 video/mpeg-system \
         video/x-mpeg-system",
    ),
    (
        Kind::Pdf,
        "application/pdf application/x-pdf application/acrobat application/nappdf \
         application/vnd.pdf application/x-bzpdf text/pdf text/x-pdf image/pdf",
    ),
    (
        Kind::Ole,
        "application/msword application/vnd.ms-word application/vnd.msword application/x-msword \
         application/doc application/x-doc application/winword application/word \
         zz-application/zz-winassoc-doc; \
         application/vnd.ms-excel application/msexcel application/x-msexcel application/x-ms-excel \
         application/excel application/x-excel application/xls application/x-xls \
         application/x-dos_ms_excel application/vnd.msexcel zz-application/zz-winassoc-xls; \
         application/vnd.ms-powerpoint application/mspowerpoint application/x-mspowerpoint \
         application/powerpoint application/x-powerpoint application/ppt application/x-ppt \
         application/vnd.mspowerpoint; \
         application/vnd.ms-outlook application/x-msg",
    ),
    (
        Kind::Rtf,
        "application/rtf application/x-rtf text/rtf text/x-rtf",
    ),
    (
        Kind::Zip,
        "application/zip application/x-zip application/x-zip-compressed application/zip-compressed \
         multipart/x-zip",
    ),
    (
        Kind::Gzip,
        "application/gzip application/x-gzip application/gzipped application/gzip-compressed \
         application/x-gzip-compressed application/x-gunzip application/x-tgz application/tgz \
         application/x-compressed-tar gzip/document",
    ),
    (
        Kind::SevenZip,
        "application/x-7z-compressed application/x-7z application/7z application/x-7zip \
         application/x-7zip-compressed application/7-zip application/7zip",
    ),
    (
        Kind::Rar,
        "application/vnd.rar application/x-rar application/rar application/x-rar-compressed",
    ),
    (
        Kind::Xz,
        "application/x-xz application/xz application/x-xz-compressed-tar",
    ),
    (
        Kind::Bzip2,
        "application/x-bzip2 application/bzip2 application/x-bz2 application/x-bzip \
         application/bzip application/x-bzip-compressed-tar application/x-bzip2-compressed-tar",
    ),
    (
        Kind::Zstd,
        "application/zstd application/x-zstd application/x-zst application/zst \
         application/x-zstd-compressed-tar",
    ),
    (
        Kind::Sfnt,
        "font/ttf font/x-ttf font/truetype application/font-ttf application/x-font-ttf \
         application/x-font-truetype application/x-truetype-font; \
         font/otf font/x-otf font/opentype application/font-otf application/x-font-otf \
         application/x-font-opentype application/vnd.ms-opentype; \
         font/collection application/x-font-ttc; font/sfnt application/font-sfnt",
    ),
    (
        Kind::Woff,
        "font/woff font/x-woff application/font-woff application/x-font-woff",
    ),
    (
        Kind::Woff2,
        "font/woff2 font/x-woff2 application/font-woff2 application/x-font-woff2",
    ),
    (Kind::Markup, "text/html"),
    (Kind::Xml, "application/xml text/xml"),
    (
        Kind::Script,
        "text/x-shellscript text/x-sh; application/x-shellscript application/x-sh",
    ),
    (
        Kind::Program,
        "application/x-executable application/vnd.microsoft.portable-executable \
         application/x-msdownload application/x-msdos-program application/x-dosexec \
         application/x-ms-dos-executable application/x-elf application/x-mach-binary \
         application/x-pie-executable application/x-sharedlib application/exe application/x-exe; \
         application/x-java application/java-vm application/java-byte-code application/x-java-class \
         application/x-java-vm; application/wasm",
    ),
];

/// Types without a signature, in the same form.
const OTHERS: &[(Says, &str)] = &[
    (
        Says::Nothing,
        "application/octet-stream binary/octet-stream application/binary application/x-binary \
         application/octet application/x-octet-stream application/download application/x-download \
         application/force-download application/x-force-download application/x-forcedownload \
         application/unknown application/x-unknown application/x-unknown-content-type \
         application/x-compressed unknown/unknown content/unknown",
    ),
    (
        Says::Data,
        "application/json application/x-json text/json text/x-json; \
         application/geo+json application/vnd.geo+json; \
         application/x-subrip application/x-srt application/srt text/srt text/x-srt; \
         application/vnd.apple.mpegurl application/mpegurl application/x-mpegurl application/m3u",
    ),
    (
        Says::Harmless,
        "application/x-tar application/tar application/x-gtar application/x-ustar; \
         application/epub+zip application/epub application/x-epub application/x-epub+zip; \
         application/vnd.apple.pages application/x-iwork-pages-sffpages; \
         application/vnd.apple.numbers application/x-iwork-numbers-sffnumbers; \
         application/vnd.apple.keynote application/x-iwork-keynote-sffkey; \
         application/vnd.oasis.opendocument.text application/x-vnd.oasis.opendocument.text; \
         application/vnd.oasis.opendocument.spreadsheet \
         application/x-vnd.oasis.opendocument.spreadsheet; \
         application/vnd.oasis.opendocument.presentation \
         application/x-vnd.oasis.opendocument.presentation; \
         application/vnd.oasis.opendocument.graphics application/x-vnd.oasis.opendocument.graphics; \
         application/vnd.google-earth.kmz; application/vnd.ms-fontobject font/eot; application/mxf; \
         audio/x-caf audio/caf; audio/ac3 audio/x-ac3; audio/vnd.dts audio/x-dts; \
         audio/basic audio/au audio/x-au audio/snd; \
         audio/x-mpegurl audio/mpegurl audio/m3u audio/x-m3u audio/x-mp3-playlist; \
         video/mp2t video/vnd.dlna.mpeg-tts video/x-mpegts video/mpeg-ts; \
         image/emf image/x-emf application/emf application/x-emf; \
         image/wmf image/x-wmf application/wmf application/x-wmf application/x-msmetafile \
         windows/metafile image/x-win-metafile; \
         image/vnd.djvu image/djvu image/x-djvu image/x.djvu; \
         image/vnd.dwg image/dwg image/x-dwg application/acad application/x-acad application/dwg \
         application/x-dwg application/autocad_dwg application/x-autocad drawing/dwg; \
         image/vnd.dxf image/dxf image/x-dxf application/dxf application/x-dxf; \
         image/vnd.zbrush.pcx image/pcx image/x-pcx; \
         image/x-tga image/tga image/targa image/x-targa image/x-icb application/tga \
         application/x-tga application/x-targa; \
         model/stl application/sla application/vnd.ms-pki.stl model/x.stl-ascii model/x.stl-binary; \
         model/3mf application/vnd.ms-3mfdocument \
         application/vnd.ms-package.3dmanufacturing-3dmodel+xml; \
         model/step application/step application/x-step; model/iges application/iges; \
         model/vrml x-world/x-vrml application/x-vrml",
    ),
];

/// Names of types that have no rule but their name.
const NAMES: &str = "text/plain text/txt application/txt application/text application/plain; \
    text/csv text/x-csv application/csv application/x-csv text/comma-separated-values \
    text/x-comma-separated-values; \
    text/tab-separated-values text/tsv; \
    text/markdown text/x-markdown text/x-web-markdown application/x-markdown; \
    text/vcard text/x-vcard text/directory; \
    text/calendar text/x-vcalendar application/ics; \
    text/vtt text/x-vtt; \
    text/javascript application/javascript application/x-javascript text/x-javascript \
    application/x-ecmascript text/ecmascript text/x-ecmascript; \
    image/svg+xml image/svg image/svg-xml application/svg application/svg+xml; \
    application/mathml+xml text/mathml application/mathml; \
    application/xslt+xml text/xslt application/x-xslt; \
    application/vnd.adobe.flash.movie application/x-shockwave-flash application/futuresplash; \
    application/xml-external-parsed-entity text/xml-external-parsed-entity; \
    application/hta application/x-hta; \
    message/rfc822 application/x-mimearchive message/rfc2557; \
    application/gpx+xml application/gpx application/x-gpx application/x-gpx+xml; \
    application/vnd.google-earth.kml+xml application/kml application/x-kml application/kml+xml; \
    application/vnd.garmin.tcx+xml application/tcx application/tcx+xml; \
    application/rss+xml application/rss text/rss application/x-rss+xml; \
    application/dash+xml video/vnd.mpeg.dash.mpd; \
    application/xspf+xml application/x-xspf+xml";

/// Finds a type by any of its names, in whatever case.
pub(super) fn find(media_type: &str) -> Option<Found> {
    let kinds = KINDS
        .iter()
        .map(|(kind, types)| (Some(Says::Kind(*kind)), *types));
    let others = OTHERS.iter().map(|(says, types)| (Some(*says), *types));
    let rows = kinds.chain(others).chain([(None, NAMES)]);
    for (says, types) in rows {
        for names in types.split(';') {
            let known = |name: &str| name.eq_ignore_ascii_case(media_type);
            if names.split_ascii_whitespace().any(known) {
                let name = names.split_ascii_whitespace().next()?;
                return Some(Found { name, says });
            }
        }
    }
    None
}

/// The standard names of a format's types.
pub(super) fn names_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    let types = KINDS.iter().find(|(known, _)| *known == kind);
    let types = types.map_or("", |(_, types)| types);
    types
        .split(';')
        .filter_map(|names| names.split_ascii_whitespace().next())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::is_media_type;

    #[test]
    fn u3_each_name_stands_once_and_the_first_is_its_own() {
        let kinds = KINDS.iter().map(|(_, types)| *types);
        let others = OTHERS.iter().map(|(_, types)| *types);
        let mut names = HashSet::new();
        for types in kinds.chain(others).chain([NAMES]) {
            for entry in types.split(';') {
                let standard = entry.split_ascii_whitespace().next();
                assert!(standard.is_some(), "an empty entry");
                for name in entry.split_ascii_whitespace() {
                    assert!(is_media_type(name), "{name}");
                    assert!(names.insert(name), "{name} stands twice");
                    assert_eq!(find(name).map(|found| found.name), standard);
                }
            }
        }
    }
}
