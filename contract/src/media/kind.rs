//! The format families that the first bytes of a file distinguish.

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
    /// Photoshop's document.
    Psd,
    /// JPEG XL.
    Jxl,
    /// JPEG 2000.
    Jp2,
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
    /// AMR, narrow or wide band: what telephones record.
    Amr,
    /// SILK, as messengers record.
    Silk,
    /// Audio Interchange File Format.
    Aiff,
    /// MIDI.
    Midi,
    /// Flash video.
    Flv,
    /// Advanced Systems Format: Windows Media audio and video.
    Asf,
    /// An MPEG program stream or elementary stream.
    MpegVideo,
    /// Portable Document Format.
    Pdf,
    /// Microsoft's compound file: office documents up to 2003, and encrypted ones of today.
    Ole,
    /// Rich Text Format.
    Rtf,
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
    /// A TrueType or OpenType font, or a collection of them.
    Sfnt,
    /// Web Open Font Format.
    Woff,
    /// Web Open Font Format 2.
    Woff2,
    /// HTML or SVG: a browser could run it as a page.
    Markup,
    /// XML, which may be a page as well.
    Xml,
    /// A script with an interpreter line.
    Script,
    /// A program of Windows, Linux, macOS or Java, or WebAssembly.
    Program,
}
