//! Splitting of texts.

/// The text before and after the first `mark`, which is ASCII. (The standard library's search costs kilobytes.)
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.get(1..)?))
}

/// The words of a list separated by single spaces.
pub(crate) fn words(list: &str) -> impl Iterator<Item = &str> {
    pieces(list, b' ')
}

/// The texts between the ASCII `mark`s.
pub(crate) fn pieces(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut left = Some(text);
    std::iter::from_fn(move || {
        let text = left?;
        let (piece, rest) = cut(text, mark).map_or((text, None), |(one, rest)| (one, Some(rest)));
        left = rest;
        Some(piece)
    })
}
