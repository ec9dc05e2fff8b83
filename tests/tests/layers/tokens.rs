//! A Rust tokenizer that does as much as finding modules and paths needs, and is not misled by comments and
//! string literals.

/// A token, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// An identifier or a keyword, without `r#`.
    Word(String),
    /// The content of a string literal, with its escapes.
    Text(String),
    /// Any other character by itself; `::` is two of them.
    Mark(char),
}

impl Token {
    pub(crate) fn is(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The tokens of a source file.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let source: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&mark) = source.get(at) {
        let next = source.get(at + 1).copied().unwrap_or(' ');
        if mark.is_whitespace() {
            at += 1;
        } else if mark == '/' && next == '/' {
            at = until(&source, at, |rest| rest[0] == '\n');
        } else if mark == '/' && next == '*' {
            at = end_of_comment(&source, at);
        } else if let Some((text, end)) = text(&source, at) {
            tokens.push(Token::Text(text));
            at = end;
        } else if mark == '\'' {
            at = end_of_character(&source, at);
        } else if mark.is_alphanumeric() || mark == '_' {
            let raw = mark == 'r' && next == '#';
            let from = if raw { at + 2 } else { at };
            at = until(&source, from, |rest| {
                !(rest[0].is_alphanumeric() || rest[0] == '_')
            });
            tokens.push(Token::Word(source[from..at].iter().collect()));
        } else {
            tokens.push(Token::Mark(mark));
            at += 1;
        }
    }
    tokens
}

/// The first position from `at` on at which `found` holds for the rest of the source, or its end.
fn until(source: &[char], at: usize, found: impl Fn(&[char]) -> bool) -> usize {
    (at..source.len())
        .find(|at| found(&source[*at..]))
        .unwrap_or(source.len())
}

/// Block comments nest: <https://doc.rust-lang.org/reference/comments.html>.
fn end_of_comment(source: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < source.len() {
        if source[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if source[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The string literal that begins here, if one does, and where it ends: `"..."`, `r#"..."#`, with `b` or `c` before.
fn text(source: &[char], at: usize) -> Option<(String, usize)> {
    let mut from = at;
    if matches!(source.get(from), Some('b' | 'c')) {
        from += 1;
    }
    let raw = source.get(from) == Some(&'r');
    from += usize::from(raw);
    let quote = until(source, from, |rest| rest[0] != '#');
    let hashes = if raw { quote - from } else { 0 };
    from += hashes;
    if source.get(from) != Some(&'"') {
        return None;
    }
    from += 1;
    let mut end = from;
    while end < source.len() {
        if !raw && source[end] == '\\' {
            end += 2;
            continue;
        }
        let closes = source[end] == '"'
            && source[end + 1..]
                .iter()
                .take_while(|mark| **mark == '#')
                .count()
                >= hashes;
        if closes {
            break;
        }
        end += 1;
    }
    let end = end.min(source.len());
    let text = source[from..end].iter().collect();
    Some((text, end + 1 + hashes))
}

/// Where a character literal or a lifetime ends.
fn end_of_character(source: &[char], at: usize) -> usize {
    if source.get(at + 1) == Some(&'\\') {
        // The escaped character may be a quote.
        return until(source, at + 3, |rest| rest[0] == '\'') + 1;
    }
    match source.get(at + 2) {
        Some('\'') => at + 3,
        _ => at + 1,
    }
}

#[test]
fn comments_and_texts_hide_nothing_and_show_nothing() {
    let source = r##"
        // use crate::a;
        /* use /* crate::b */ crate::c; */
        let x: &'static str = "crate::d \" crate::e"; let y = r#"crate::f " "#; let z = ('"', '\'', b'x', '\u{7f}');
        use r#crate::g;
    "##;
    let words: Vec<_> = tokens(source);
    let words: Vec<_> = words.iter().filter_map(Token::word).collect();
    assert_eq!(
        words,
        [
            "let", "x", "static", "str", "let", "y", "let", "z", "b", "use", "crate", "g"
        ]
    );
}
