//! Checks file names, and derives the last segment of the key from them.

use crowfly_contract::limits::{MAX_CLEAN_NAME_BYTES, MAX_NAME_BYTES, MAX_NAME_CHARS};
use crowfly_contract::{FileName, NameError, is_blank, is_ignorable, split_extension};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// Names that Windows reserves for devices, with any extension, `com` and `lpt` with a digit or a superscript digit:
/// <https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt"];

/// A file name as the record stores it: in NFC (<https://www.unicode.org/reports/tr15/>) and of
/// limited length.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "FileName")]
pub struct ComposedName(String);

impl TryFrom<FileName> for ComposedName {
    type Error = NameError;

    fn try_from(name: FileName) -> Result<Self, NameError> {
        // Check the limits after composing: a decomposed name may be three times as long.
        let name: String = name.as_str().nfc().collect();
        if name.len() > MAX_NAME_BYTES || name.chars().count() > MAX_NAME_CHARS {
            return Err(NameError::TooLong);
        }
        Ok(Self(name))
    }
}

impl ComposedName {
    /// Checks and composes a name from a browser.
    ///
    /// # Errors
    /// [`NameError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        text.parse::<FileName>()?.try_into()
    }

    /// The name as stored in the record.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment of the object's key: no path, only safe ASCII characters
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>), the extension in
    /// lower case, at most 200 bytes. Never empty, `.` or `..`.
    pub fn for_key(&self) -> String {
        let file = self.0.rsplit(['/', '\\']).next().unwrap_or_default();
        let safe = safe(file);
        let (stem, extension) = split_extension(&safe);
        let stem = harmless(stem, "file");
        let room = MAX_CLEAN_NAME_BYTES - extension.len();
        // The cut may follow a dot, and the rest may now be short enough to be an extension.
        let name = format!(
            "{}{extension}",
            shortened(&stem, room).trim_end_matches('.')
        );
        let (stem, extension) = split_extension(&name);
        let stem = stem.trim_end_matches('.');
        format!("{stem}{}", extension.to_ascii_lowercase())
    }
}

/// A folder of the object's key, from one segment of a path: as the name, without an extension.
pub(crate) fn folder_for_key(segment: &str) -> String {
    let folder = harmless(&safe(segment), "folder");
    shortened(&folder, MAX_CLEAN_NAME_BYTES)
        .trim_end_matches('.')
        .to_owned()
}

/// A segment in the characters that are safe in a key, which neither hides nor looks like an option.
fn safe(segment: &str) -> String {
    segment
        .trim_start_matches(|c: char| c == '.' || c == '-' || is_blank(c))
        .trim_end_matches(|c: char| c == '.' || is_blank(c))
        .chars()
        .filter(|c| !is_ignorable(*c))
        .map(replaced)
        .nfc()
        .collect()
}

/// The name, or `otherwise` if nothing is left of it; a device's gets a prefix.
fn harmless(name: &str, otherwise: &str) -> String {
    match name {
        "" => otherwise.to_owned(),
        device if is_device(device) => format!("_{device}"),
        name => name.to_owned(),
    }
}

fn replaced(c: char) -> char {
    let safe = c.is_ascii_alphanumeric() || "-_.()".contains(c);
    let other_script = !c.is_ascii() && !is_blank(c);
    if safe || other_script { c } else { '_' }
}

fn is_device(stem: &str) -> bool {
    let first = stem
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let letters = first.trim_end_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '\u{b9}' | '\u{b2}' | '\u{b3}')
    });
    let digits = first.chars().count() - letters.chars().count();
    let numbered = matches!(letters, "com" | "lpt");
    DEVICES.contains(&letters) && digits == usize::from(numbered)
}

fn shortened(stem: &str, room: usize) -> &str {
    let end = (0..=room.min(stem.len()))
        .rev()
        .find(|&end| stem.is_char_boundary(end))
        .unwrap_or_default();
    stem.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> String {
        ComposedName::parse(name).unwrap().for_key()
    }

    #[test]
    fn a23_empty_and_long_names_are_refused() {
        assert_eq!(ComposedName::parse(""), Err(NameError::Empty));
        for long in ["a".repeat(256), "a".repeat(1025), "😀".repeat(256)] {
            assert_eq!(ComposedName::parse(&long), Err(NameError::TooLong));
        }
        // 255 syllables are 765 bytes in NFC and 2,295 bytes in NFD, which some systems send.
        let syllables = "\u{1112}\u{1161}\u{11ab}".repeat(255);
        let name = ComposedName::parse(&syllables).unwrap();
        assert_eq!(name.as_str(), "한".repeat(255));
        assert!(ComposedName::parse(&"😀".repeat(255)).is_ok());
    }

    #[test]
    fn a24_no_path_reaches_a_key() {
        let cases = [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\x.ini", "x.ini"),
            ("%2e%2e%2fx", "_2e_2e_2fx"),
            ("/abs", "abs"),
            ("C:\\x", "x"),
            ("//", "file"),
            ("a/", "file"),
            ("..", "file"),
            (".", "file"),
            ("...", "file"),
            (" ", "file"),
        ];
        for (name, clean) in cases {
            assert_eq!(key(name), clean, "{name}");
        }
    }

    #[test]
    fn a23_the_end_of_a_shortened_name_is_an_extension_like_any_other() {
        let long = format!("{}..{}", "x".repeat(195), "Y".repeat(50));
        assert_eq!(key(&long), format!("{}.yyy", "x".repeat(195)));
        assert_eq!(key(&key(&long)), key(&long));
    }

    #[test]
    fn a25_control_characters_and_noncharacters_are_refused() {
        for c in [
            '\0',
            '\r',
            '\n',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9f}',
            '\u{2028}',
            '\u{2029}',
            '\u{ffff}',
            '\u{fffe}',
            '\u{1fffe}',
            '\u{10ffff}',
            '\u{fdd0}',
        ] {
            let name = format!("a{c}b.txt");
            let code = u32::from(c);
            let parsed = ComposedName::parse(&name);
            assert_eq!(parsed, Err(NameError::Character), "{code:x}");
        }
    }

    #[test]
    fn u6_what_only_hides_or_reorders_is_removed() {
        for c in [
            '\u{200b}', '\u{feff}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{206a}',
            '\u{fff9}',
        ] {
            for name in [format!("{c}a{c}b.txt{c}"), format!("a{c}b.t{c}xt")] {
                let parsed = ComposedName::parse(&name).unwrap();
                let code = u32::from(c);
                assert_eq!(parsed.as_str(), "ab.txt", "{code:x}");
                assert_eq!(parsed.for_key(), "ab.txt", "{code:x}");
            }
        }
        let spoofed = ComposedName::parse("holiday\u{202e}gpj.exe").unwrap();
        assert_eq!(spoofed.as_str(), "holidaygpj.exe");
    }

    #[test]
    fn u6_marks_of_a_script_stay_in_the_record_and_leave_the_key() {
        for c in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180b}',
            '\u{180e}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2060}',
            '\u{2064}',
            '\u{fe0f}',
            '\u{e0061}',
        ] {
            let name = format!("a{c}b.txt");
            let parsed = ComposedName::parse(&name).unwrap();
            let code = u32::from(c);
            assert_eq!(parsed.as_str(), name, "{code:x}");
            assert_eq!(parsed.for_key(), "ab.txt", "{code:x}");
        }
    }

    #[test]
    fn u6_a_name_of_which_nothing_is_visible_is_file() {
        for blank in [
            " ",
            "\u{3000}",
            "\u{200b}",
            "\u{feff}\u{feff}",
            "\u{3164}",
            "\u{2800}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{200d}\u{fe0f}",
            "\u{202e} \u{202c}",
        ] {
            for extension in ["", ".txt", ".webm"] {
                let name = format!("{blank}{extension}");
                let parsed = ComposedName::parse(&name).unwrap();
                assert_eq!(parsed.as_str(), format!("file{extension}"), "{name:?}");
                assert_eq!(parsed.for_key(), format!("file{extension}"), "{name:?}");
            }
        }
        assert_eq!(key("\u{200d} a\u{2800}b \u{3164}.txt"), "a_b_.txt");
    }

    /// As macOS (narrow no-break space), messengers (left-to-right mark) and people who disguise a device send them.
    #[test]
    fn u6_names_of_screenshots_messengers_and_disguised_devices() {
        let cases = [
            (
                "Screenshot 2026-11-28 at 9.41.00\u{202f}AM.png",
                "Screenshot_2026-11-28_at_9.41.00_AM.png",
            ),
            ("\u{200e}IMG-20261128-WA0001.JPG", "IMG-20261128-WA0001.jpg"),
            ("NUL\u{200b}.txt", "_NUL.txt"),
            ("CON\u{200d}.txt", "_CON.txt"),
            ("photo.jpg\u{feff}", "photo.jpg"),
        ];
        for (name, clean) in cases {
            assert_eq!(key(name), clean, "{name:?}");
        }
    }

    #[test]
    fn a26_every_script_is_accepted_and_normalised() {
        assert_eq!(key("cafe\u{301}.PNG"), "caf\u{e9}.png");
        assert_eq!(
            ComposedName::parse("cafe\u{301}").unwrap().as_str(),
            "caf\u{e9}"
        );
        assert_eq!(key("\u{1112}\u{1161}\u{11ab}.txt"), "한.txt");
        assert_eq!(key("회의록 (최종).pdf"), "회의록_(최종).pdf");
        assert_eq!(key("👩\u{200d}👧 ❤\u{fe0f}.webm"), "👩👧_❤.webm");
        assert_eq!(
            ComposedName::parse("👩\u{200d}👧").unwrap().as_str(),
            "👩\u{200d}👧"
        );
    }

    #[test]
    fn a27_names_that_some_system_treats_specially() {
        let cases = [
            (".htaccess", "htaccess"),
            ("a.jpg.exe", "a.jpg.exe"),
            ("a.php%00.webm", "a.php_00.webm"),
            ("trailing. . ", "trailing"),
            ("CON", "_CON"),
            ("aux.webm", "_aux.webm"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("company.txt", "company.txt"),
            ("com.txt", "com.txt"),
            ("COM\u{b9}.txt", "_COM\u{b9}.txt"),
            ("lpt\u{b3}", "_lpt\u{b3}"),
            ("com\u{b2}\u{b2}.txt", "com\u{b2}\u{b2}.txt"),
            ("-rf", "rf"),
            ("a.", "a"),
            (".\u{200d}.x", "x"),
            ("a b+c&d#e?f\"g'h.TXT", "a_b_c_d_e_f_g_h.txt"),
            ("no-extension", "no-extension"),
            ("x.한글", "x.한글"),
        ];
        for (name, clean) in cases {
            assert_eq!(key(name), clean, "{name}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let clean = key(&format!("{}.WebM", "한".repeat(250)));
        assert_eq!(clean.len(), 3 * 65 + 5);
        assert!(clean.ends_with("한.webm"));
        assert_eq!(key(&"a".repeat(255)).len(), 200);
        // A dot at the cut must not become the last character.
        let dotted = format!("{}.{}", "a".repeat(199), "b".repeat(50));
        assert_eq!(key(&dotted), "a".repeat(199));
        assert_eq!(key(&format!("a.{}", "b".repeat(250))).len(), 200);
    }

    proptest! {
        #[test]
        fn a24_whatever_is_accepted_makes_a_key(name in "\\PC{1,300}") {
            use crowfly_contract::{ObjectKey, UploadId};
            if let Ok(name) = ComposedName::parse(&name) {
                let clean = name.for_key();
                let owner = "a".repeat(26).parse().unwrap();
                let key = ObjectKey::new(owner, UploadId::from_parts(1, 2), &clean).unwrap();
                prop_assert_eq!(key.to_string().parse::<ObjectKey>().unwrap(), key);
                prop_assert!(!clean.starts_with('.') && !clean.ends_with('.'));
                prop_assert!(clean.len() <= MAX_CLEAN_NAME_BYTES);
                prop_assert!(clean.nfc().eq(clean.chars()));
            }
        }
    }
}
