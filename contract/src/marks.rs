//! Characters of names and metadata that a reader does not see.

/// Never part of a name: control characters (with the line breaks U+2028 and U+2029) and noncharacters
/// (<https://www.unicode.org/faq/private_use.html#nonchar1>).
pub(crate) fn is_refused(c: char) -> bool {
    let noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control() || noncharacter || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Format characters that only hide or reorder text, and belong to no script: zero-width space, byte order mark,
/// direction overrides, embeddings and isolates (<https://unicode.org/reports/tr9/#Explicit_Directional_Embeddings>),
/// deprecated format characters and interlinear annotations. They are removed.
pub(crate) fn only_hides(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}')
}

/// Whether nothing is drawn for `c`, by the property `Default_Ignorable_Code_Point`
/// (<https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>): joiners, direction marks, variation
/// selectors, fillers. Emoji and several scripts need them, so a record keeps them and a key does not.
pub fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether `c` leaves no ink: white space, the blank of Braille, or [ignorable](is_ignorable).
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}' || is_ignorable(c)
}
