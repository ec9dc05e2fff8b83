//! The table of media types: canonical name, aliases, and the format of the bytes.

use super::{Kind, ends_with, same};
use crate::pieces::{cut, pieces, words};

/// One type of the table.
pub(super) struct Found {
    /// Its canonical name.
    pub(super) name: &'static str,
    /// What it promises about the bytes.
    pub(super) says: Says,
}

/// What a media type promises about the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// A format with a signature.
    Kind(Kind),
    /// A format that is never executed and has no signature here.
    Harmless,
    /// Text that is data.
    Data,
    /// Nothing.
    Nothing,
    /// Only what its top-level type implies.
    Name,
}

/// Builds the table with one row per promise: `SAYS`, and an equal number of lines of names. (A pointer to each
/// line would be larger than most lines.)
macro_rules! types {
    ($( $says:ident $( ($kind:ident) )?: $names:literal; )*) => {
        const SAYS: &[Says] = &[$( Says::$says $( (Kind::$kind) )? ),*];
        const NAMES: &str = concat!($( $names, "\n" ),*);
    };
}

// The types, grouped by what they promise. A canonical name starts with `=`, and its aliases follow:
//
// - `type/subtype`, in full;
// - `subtype`, valid both under the type of the canonical name and under `application`.
//
// Every name is also valid with `x-` before its subtype, unless that is an earlier entry.
types! {
    Kind(Png): "=image/png citrix-png =image/apng vnd.mozilla.apng";
    Kind(Jpeg): "=image/jpeg jpg jpe jfif pjpeg pjp citrix-jpeg";
    Kind(Gif): "=image/gif";
    Kind(Webp): "=image/webp";
    Kind(Heif):
        "=image/heif =image/heic =image/avif =image/heif-sequence =image/heic-sequence \
        =image/avif-sequence";
    Kind(Bmp): "=image/bmp ms-bmp windows-bmp win-bitmap bmp";
    Kind(Tiff): "=image/tiff tif tiff";
    Kind(Ico): "=image/x-icon vnd.microsoft.icon ico icon text/ico";
    Kind(Psd): "=image/vnd.adobe.photoshop psd photoshop";
    Kind(Jxl): "=image/jxl";
    Kind(Jp2): "=image/jp2 jpeg2000 jpeg2000-image =image/jpx =image/jpm";
    Kind(Ebml):
        "=video/webm =audio/webm =video/matroska mkv application/matroska =audio/matroska";
    Kind(Mp4):
        "=video/mp4 m4v mp4v-es =audio/mp4 m4a mp4a-latm m4b m4p m4r =video/quicktime mov \
        =video/3gpp 3gp =audio/3gpp audio/3gp =video/3gpp2 3g2 =audio/3gpp2 =application/mp4";
    Kind(Ogg):
        "=audio/ogg vorbis vorbis+ogg audio/x-opus opus+ogg flac+ogg oggflac speex+ogg =audio/opus \
        =video/ogg theora theora+ogg ogm ogm+ogg =application/ogg";
    Kind(Wav): "=audio/wav wave vnd.wave pn-wav";
    Kind(Avi): "=video/x-msvideo avi msvideo vnd.avi divx vnd.divx troff-msvideo";
    Kind(MpegAudio):
        "=audio/mpeg mp3 audio/mpg mpeg3 mpeg-3 mpegaudio audio/mpa =audio/aac aacp vnd.dlna.adts \
        hx-aac-adts =audio/mp2";
    Kind(Flac): "=audio/flac";
    Kind(Amr): "=audio/amr amr-nb =audio/amr-wb";
    Kind(Silk): "=audio/silk";
    Kind(Aiff): "=audio/aiff aif aifc aiffc";
    Kind(Midi): "=audio/midi mid midi";
    Kind(Flv): "=video/x-flv flv flash-video flv-application/octet-stream";
    Kind(Asf):
        "=video/x-ms-asf asf ms-asf-plugin ms-wm vnd.ms-asf =video/x-ms-wmv wmv =audio/x-ms-wma wma";
    Kind(MpegVideo): "=video/mpeg mpg mpeg2 mpeg-system";
    Kind(Pdf): "=application/pdf acrobat nappdf vnd.pdf bzpdf text/pdf image/pdf";
    Kind(Ole):
        "=application/msword vnd.ms-word vnd.msword doc winword word zz-application/zz-winassoc-doc \
        =application/vnd.ms-excel msexcel ms-excel excel xls dos_ms_excel vnd.msexcel \
        zz-application/zz-winassoc-xls =application/vnd.ms-powerpoint mspowerpoint powerpoint ppt \
        vnd.mspowerpoint =application/vnd.ms-outlook msg";
    Kind(Rtf): "=application/rtf text/rtf";
    Kind(Zip): "=application/zip zip-compressed multipart/zip";
    Kind(Gzip):
        "=application/gzip gzipped gzip-compressed gunzip tgz compressed-tar gzip/document";
    Kind(SevenZip): "=application/x-7z-compressed 7z 7zip 7zip-compressed 7-zip";
    Kind(Rar): "=application/vnd.rar rar rar-compressed";
    Kind(Xz): "=application/x-xz xz xz-compressed-tar";
    Kind(Bzip2):
        "=application/x-bzip2 bzip2 bz2 bzip bzip-compressed-tar bzip2-compressed-tar";
    Kind(Zstd): "=application/zstd zst zstd-compressed-tar";
    Kind(Sfnt):
        "=font/ttf truetype font-ttf font-truetype truetype-font =font/otf opentype font-otf \
        font-opentype vnd.ms-opentype =font/collection font-ttc =font/sfnt font-sfnt";
    Kind(Woff): "=font/woff font-woff";
    Kind(Woff2): "=font/woff2 font-woff2";
    Kind(Markup): "=text/html";
    Kind(Xml): "=application/xml text/xml";
    Kind(Script): "=text/x-shellscript text/sh =application/x-shellscript sh";
    Kind(Program):
        "=application/x-executable vnd.microsoft.portable-executable msdownload msdos-program \
        dosexec ms-dos-executable elf mach-binary pie-executable sharedlib exe =application/x-java \
        java-vm java-byte-code java-class =application/wasm";
    Nothing:
        "=application/octet-stream binary/octet-stream binary octet download force-download \
        forcedownload unknown unknown-content-type compressed unknown/unknown content/unknown";
    Data:
        "=application/json text/json =application/geo+json vnd.geo+json =application/x-subrip srt \
        text/srt =application/vnd.apple.mpegurl mpegurl m3u";
    Harmless:
        "=application/x-tar tar gtar ustar =application/epub+zip epub =application/vnd.apple.pages \
        iwork-pages-sffpages =application/vnd.apple.numbers iwork-numbers-sffnumbers \
        =application/vnd.apple.keynote iwork-keynote-sffkey \
        =application/vnd.oasis.opendocument.text =application/vnd.oasis.opendocument.spreadsheet \
        =application/vnd.oasis.opendocument.presentation \
        =application/vnd.oasis.opendocument.graphics =application/vnd.google-earth.kmz \
        =application/vnd.ms-fontobject font/eot =application/mxf =audio/x-caf caf =audio/ac3 \
        =audio/vnd.dts dts =audio/basic au snd =audio/x-mpegurl audio/mpegurl audio/m3u \
        audio/mp3-playlist =video/mp2t vnd.dlna.mpeg-tts mpegts mpeg-ts =image/emf emf =image/wmf \
        wmf msmetafile windows/metafile win-metafile =image/vnd.djvu djvu x.djvu =image/vnd.dwg \
        dwg acad autocad_dwg autocad drawing/dwg =image/vnd.dxf dxf =image/vnd.zbrush.pcx pcx \
        =image/x-tga tga targa icb =model/stl sla vnd.ms-pki.stl x.stl-ascii x.stl-binary \
        =model/3mf vnd.ms-3mfdocument vnd.ms-package.3dmanufacturing-3dmodel+xml =model/step step \
        =model/iges iges =model/vrml x-world/vrml vrml";
    Name:
        "=text/plain txt text plain =text/csv csv comma-separated-values =text/tab-separated-values \
        tsv =text/markdown web-markdown markdown =text/vcard text/directory =text/calendar \
        vcalendar ics =text/vtt =text/javascript javascript ecmascript =image/svg+xml svg svg-xml \
        svg+xml =application/mathml+xml text/mathml mathml =application/xslt+xml text/xslt xslt \
        =application/vnd.adobe.flash.movie shockwave-flash futuresplash \
        =application/xml-external-parsed-entity text/xml-external-parsed-entity =application/hta \
        =message/rfc822 mimearchive rfc2557 =application/gpx+xml gpx \
        =application/vnd.google-earth.kml+xml kml kml+xml =application/vnd.garmin.tcx+xml tcx \
        tcx+xml =application/rss+xml rss text/rss =application/dash+xml video/vnd.mpeg.dash.mpd \
        =application/xspf+xml";
}

fn rows() -> impl Iterator<Item = (Says, &'static str)> {
    SAYS.iter().copied().zip(pieces(NAMES, b'\n'))
}

/// Finds a type by any of its names, ignoring case.
pub(super) fn find(media_type: &str) -> Option<Found> {
    let (family, subtype) = cut(media_type, b'/')?;
    let bare = match cut(subtype, b'-') {
        Some((x, rest)) if same(x, "x") => rest,
        _ => subtype,
    };
    for (says, types) in rows() {
        let mut name = "";
        for word in words(types) {
            let full = match word.strip_prefix('=') {
                Some(standard) => {
                    name = standard;
                    standard
                }
                None => word,
            };
            // Rules out nearly all of them before they are taken apart.
            if !ends_with(full, bare) {
                continue;
            }
            let (of, listed) = cut(full, b'/').unwrap_or(("application", full));
            let (own, _) = cut(name, b'/')?;
            let known = listed.len() == bare.len() || same(listed, subtype);
            if known && (same(family, of) || (listed.len() == full.len() && same(family, own))) {
                return Some(Found { name, says });
            }
        }
    }
    None
}

/// The canonical names of a format's types.
pub(super) fn names_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    let types = rows().find(|(says, _)| *says == Says::Kind(kind));
    let types = types.map_or("", |(_, types)| types);
    words(types).filter_map(|word| Some(cut(word, b'=')?.1))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::is_media_type;

    #[test]
    fn u3_no_name_stands_for_two_types() {
        let mut names = HashMap::new();
        for (_, types) in rows() {
            let mut standard = "";
            for word in words(types) {
                let mut listed = vec![word.to_owned()];
                if let Some((_, name)) = cut(word, b'=') {
                    standard = name;
                    listed = vec![name.to_owned()];
                } else if cut(word, b'/').is_none() {
                    let (own, _) = cut(standard, b'/').unwrap();
                    listed = [own, "application"].map(|of| format!("{of}/{word}")).into();
                }
                for name in listed {
                    assert!(is_media_type(&name), "{name}");
                    assert_eq!(find(&name).map(|found| found.name), Some(standard));
                    let other = names.insert(name, standard);
                    assert!(other.is_none_or(|other| other == standard), "{word}");
                }
            }
        }
    }
}
