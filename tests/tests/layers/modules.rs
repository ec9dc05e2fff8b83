//! The modules of a crate, and which of them uses which, read from the source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::tokens::{Token, tokens};

/// The path of a module in its crate; empty for the crate root.
pub(crate) type Name = Vec<String>;

/// One module.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// The paths that it names: those of its `use` items, and those in its body that begin with `crate`, `self`
    /// or `super`.
    paths: Vec<Vec<String>>,
    /// Names that its `use` items introduce, with their paths.
    names: BTreeMap<String, Vec<String>>,
}

/// All modules of a crate except test modules.
#[derive(Debug, Default)]
pub(crate) struct Crate {
    pub(crate) modules: BTreeMap<Name, Module>,
}

/// Where to look for a module's submodules.
struct Place<'a> {
    file: &'a Path,
    /// For `mod name;`.
    folder: PathBuf,
}

impl Crate {
    /// Parses the crate with this root file. `source` returns the text of a file, if it exists.
    pub(crate) fn of(root: &Path, source: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut all = Self::default();
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        all.file(Name::new(), root, folder, source);
        assert!(
            all.modules.len() > 1,
            "{} has no modules: it was read wrongly",
            root.display()
        );
        all
    }

    fn file(
        &mut self,
        name: Name,
        file: &Path,
        folder: PathBuf,
        source: &dyn Fn(&Path) -> Option<String>,
    ) {
        let text = source(file).unwrap_or_else(|| panic!("{} is not there", file.display()));
        let tokens = tokens(&text);
        self.module(name, &Place { file, folder }, &tokens, source);
    }

    fn module(
        &mut self,
        name: Name,
        place: &Place<'_>,
        tokens: &[Token],
        source: &dyn Fn(&Path) -> Option<String>,
    ) {
        let mut module = Module {
            file: place.file.to_owned(),
            ..Module::default()
        };
        // What the attributes of the next item say.
        let (mut test, mut path) = (false, None);
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            if rest[0].is('#') && rest.get(1).is_some_and(|token| token.is('[')) {
                let end = 1 + closing(&rest[1..]);
                test |= is_test(&rest[2..end]);
                path = path.or_else(|| path_attribute(&rest[2..end]));
                at += end + 1;
                continue;
            }
            if test {
                at += item_end(rest);
            } else if rest[0].word() == Some("mod")
                && let Some(child) = rest.get(1).and_then(Token::word)
            {
                let mut full = name.clone();
                full.push(child.to_owned());
                if rest.get(2).is_some_and(|token| token.is('{')) {
                    let end = 2 + closing(&rest[2..]);
                    let inner = Place {
                        file: place.file,
                        folder: place.folder.join(child),
                    };
                    self.module(full, &inner, &rest[3..end], source);
                    at += end + 1;
                } else {
                    let (file, folder) = find(place, child, path.as_deref(), source);
                    self.file(full, &file, folder, source);
                    at += 3;
                }
            } else if rest[0].word() == Some("use") {
                let end = rest.iter().position(|token| token.is(';'));
                let end = end.unwrap_or(rest.len());
                let from = usize::from(rest.get(1).is_some_and(|token| token.is(':'))) * 2;
                module.uses(&mut rest[1 + from..end].iter().peekable(), &[]);
                at += end + 1;
            } else if let Some("crate" | "super" | "self") = rest[0].word() {
                let path = path_at(rest);
                at += 1 + 3 * (path.len() - 1);
                if path.len() > 1 {
                    module.paths.push(path);
                }
            } else {
                // `pub` and its like come between an attribute and its item.
                if !matches!(rest[0].word(), Some("pub")) {
                    path = None;
                }
                at += 1;
                continue;
            }
            (test, path) = (false, None);
        }
        self.modules.insert(name, module);
    }

    /// The module that a path in `from` leads to; `None` outside the crate. A re-exported name belongs to the module
    /// that defines it.
    fn resolve(&self, from: &Name, path: &[String], depth: u8) -> Option<Name> {
        assert!(depth < 50, "{path:?} in {from:?} leads nowhere");
        let mut at = from.clone();
        for (index, part) in path.iter().enumerate() {
            match part.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                part => {
                    let mut child = at.clone();
                    child.push(part.to_owned());
                    if self.modules.contains_key(&child) {
                        at = child;
                    } else if let Some(target) = self.modules[&at].names.get(part) {
                        let mut whole = target.clone();
                        whole.extend_from_slice(&path[index + 1..]);
                        // `use name::...` says where a name that is not defined here comes from.
                        let same = index == 0 && target.first().is_some_and(|first| first == part);
                        return (!same).then(|| self.resolve(&at, &whole, depth + 1))?;
                    } else {
                        return (index > 0).then_some(at);
                    }
                }
            }
        }
        Some(at)
    }

    /// Every use of one module by another.
    pub(crate) fn uses(&self) -> Vec<(Name, Name)> {
        let mut all = Vec::new();
        for (name, module) in &self.modules {
            let targets = module.paths.iter();
            for target in targets.filter_map(|path| self.resolve(name, path, 0)) {
                all.push((name.clone(), target));
            }
        }
        all
    }
}

impl Module {
    /// One branch of a `use` tree, after `before`.
    fn uses<'a>(
        &mut self,
        tokens: &mut std::iter::Peekable<impl Iterator<Item = &'a Token>>,
        before: &[String],
    ) {
        let mut path = before.to_vec();
        let mut called = None;
        while let Some(token) = tokens.peek() {
            match token {
                Token::Word(word) if word == "as" => {
                    tokens.next();
                    called = tokens.next().and_then(Token::word);
                }
                Token::Word(word) => {
                    path.push(word.clone());
                    tokens.next();
                }
                Token::Mark('*') => {
                    // What a glob import brings in cannot be seen here.
                    tokens.next();
                    self.paths.push(path.clone());
                    return;
                }
                Token::Mark('{') => {
                    tokens.next();
                    while tokens.peek().is_some_and(|token| !token.is('}')) {
                        self.uses(tokens, &path);
                        tokens.next_if(|token| token.is(','));
                    }
                    tokens.next();
                    return;
                }
                Token::Mark(':') => drop(tokens.next()),
                _ => break,
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(name) = called.or(path.last().map(String::as_str)) {
            self.names.insert(name.to_owned(), path.clone());
        }
        self.paths.push(path);
    }
}

/// The path that begins here.
fn path_at(tokens: &[Token]) -> Vec<String> {
    let mut path = Vec::new();
    let mut rest = tokens;
    while let Some(word) = rest.first().and_then(Token::word) {
        path.push(word.to_owned());
        match rest.get(1..3) {
            Some([Token::Mark(':'), Token::Mark(':')]) => rest = &rest[3..],
            _ => break,
        }
    }
    path
}

/// The position of the bracket that closes the first one.
fn closing(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('{' | '[' | '(') => depth += 1,
            Token::Mark('}' | ']' | ')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

/// How many tokens the item has that begins here: up to its semicolon or closing brace.
fn item_end(tokens: &[Token]) -> usize {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Token::Mark(';') => return at + 1,
            Token::Mark('{') => return at + closing(&tokens[at..]) + 1,
            Token::Mark('(' | '[') => at += closing(&tokens[at..]),
            _ => {}
        }
        at += 1;
    }
    at
}

/// Whether an attribute restricts its item to tests.
fn is_test(attribute: &[Token]) -> bool {
    let words: Vec<_> = attribute.iter().filter_map(Token::word).collect();
    matches!(
        words.as_slice(),
        ["cfg", "test"] | ["cfg", "all", "test", ..]
    )
}

/// The file of `#[path = "..."]`.
fn path_attribute(attribute: &[Token]) -> Option<String> {
    match attribute {
        [Token::Word(path), Token::Mark('='), Token::Text(file)] if path == "path" => {
            Some(file.clone())
        }
        _ => None,
    }
}

/// The file of `mod child;`, and the folder of its own modules.
fn find(
    place: &Place<'_>,
    child: &str,
    path: Option<&str>,
    source: &dyn Fn(&Path) -> Option<String>,
) -> (PathBuf, PathBuf) {
    if let Some(path) = path {
        let file = place.file.parent().unwrap_or(Path::new("")).join(path);
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        return (file, folder);
    }
    let folder = place.folder.join(child);
    let alone = place.folder.join(format!("{child}.rs"));
    let file = if source(&alone).is_some() {
        alone
    } else {
        folder.join("mod.rs")
    };
    (file, folder)
}
