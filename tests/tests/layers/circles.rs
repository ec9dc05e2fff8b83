//! Dependency cycles among the modules of a crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::modules::{Crate, Name};

/// A cycle: its modules, and the files that close it with the files that they use for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    pub(crate) modules: Vec<String>,
    pub(crate) uses: BTreeSet<(PathBuf, PathBuf)>,
}

/// The cycles of a crate.
///
/// A module and its submodules count as one unit in several files: a child that uses its parent's type and a
/// parent that uses its child's are no cycle. So a use counts where the two paths diverge:
/// `queue::poll` that uses `queue::live` is an arrow between those two, and `queue::poll` that uses `retry` is
/// one from `queue` to `retry`, which then must not use anything inside `queue`, directly or not. On each level
/// of the tree the arrows among siblings must be acyclic.
pub(crate) fn circles(modules: &Crate) -> Vec<Circle> {
    let mut arrows: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    let mut files: BTreeMap<(Name, Name), BTreeSet<(PathBuf, PathBuf)>> = BTreeMap::new();
    for (who, whom) in modules.uses() {
        let shared = who.iter().zip(&whom).take_while(|(a, b)| a == b).count();
        if shared == who.len() || shared == whom.len() {
            continue;
        }
        let (from, to) = (who[..=shared].to_vec(), whom[..=shared].to_vec());
        let file = |name| modules.modules[name].file.clone();
        files
            .entry((from.clone(), to.clone()))
            .or_default()
            .insert((file(&who), file(&whom)));
        arrows.entry(from).or_default().insert(to);
    }
    let reached: BTreeMap<&Name, BTreeSet<&Name>> = arrows
        .keys()
        .map(|name| (name, reach(&arrows, name)))
        .collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, others) in &reached {
        if !others.contains(name) || !seen.insert(*name) {
            continue;
        }
        let back = |other: &&&Name| reached.get(*other).is_some_and(|back| back.contains(name));
        let group: BTreeSet<&Name> = others.iter().filter(back).copied().collect();
        seen.extend(&group);
        found.push(Circle {
            modules: group.iter().map(|name| name.join("::")).collect(),
            uses: files
                .iter()
                .filter(|((from, to), _)| group.contains(from) && group.contains(to))
                .flat_map(|(_, files)| files.clone())
                .collect(),
        });
    }
    found
}

/// All modules that can be reached from here.
fn reach<'a>(arrows: &'a BTreeMap<Name, BTreeSet<Name>>, from: &Name) -> BTreeSet<&'a Name> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Name> = arrows.get(from).into_iter().flatten().collect();
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            open.extend(arrows.get(name).into_iter().flatten());
        }
    }
    reached
}

/// The cycles in a crate made of these files.
fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let source = |path: &Path| {
        let file = files.iter().find(|(name, _)| Path::new(name) == path);
        file.map(|(_, text)| (*text).to_owned())
    };
    let circles = circles(&Crate::of(Path::new("lib.rs"), &source));
    circles.into_iter().map(|circle| circle.modules).collect()
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let lib = (
        "lib.rs",
        "mod a; pub(crate) mod b; mod c; pub use c::C as Passed;",
    );
    for (a, b, c) in [
        ("use crate::b::B;", "use crate::a::A;", ""),
        ("use super::b;", "use crate::{a::{self, A}, c};", ""),
        ("fn f() { crate::b::f() }", "fn f() -> super::a::A {}", ""),
        (
            "pub use crate::b::B; pub(crate) struct X;",
            "use crate::c::C;",
            "use crate::a::X;",
        ),
        // By re-exported names.
        ("use crate::b::B;", "use crate::Passed;", "use crate::a::A;"),
        (
            "use crate::b::Borrowed;",
            "pub(crate) use crate::c::C as Borrowed;",
            "use crate::a::A;",
        ),
    ] {
        let found = found(&[lib, ("a.rs", a), ("b.rs", b), ("c.rs", c)]);
        assert_eq!(found.len(), 1, "{a} | {b} | {c}: {found:?}");
    }
}

#[test]
fn what_goes_one_way_is_no_circle() {
    let lib = ("lib.rs", "mod a; mod b; mod c; pub use a::A;");
    for (a, b) in [
        ("use crate::b::B;", "// use crate::a::A;"),
        ("use crate::b::B;", "const WHY: &str = \"crate::a::A\";"),
        (
            "use crate::b::B;",
            "#[cfg(test)] mod tests { use crate::a::A; }",
        ),
        (
            "use crate::b::B;",
            "#[cfg(test)] use crate::A; use a::of::another::Crate;",
        ),
        ("use std::fmt; use crate::b::B;", "use other::A;"),
    ] {
        let found = found(&[
            lib,
            ("a.rs", a),
            ("b.rs", b),
            ("c.rs", "use super::{a, b};"),
        ]);
        assert_eq!(found, Vec::<Vec<String>>::new(), "{a} | {b}");
    }
}

#[test]
fn a_module_and_those_inside_it_are_one_thing() {
    let files = |inner: &'static str, other: &'static str| {
        found(&[
            ("lib.rs", "mod a; mod b;"),
            (
                "a/mod.rs",
                "mod x; mod y; use x::X; pub(crate) struct A; pub(crate) use y::Y;",
            ),
            ("a/x.rs", inner),
            ("a/y.rs", "use super::{A, X};"),
            ("b.rs", other),
        ])
    };
    assert_eq!(
        files("use super::A; use crate::b::B;", ""),
        Vec::<Vec<String>>::new()
    );
    // Siblings inside a module, one of them under a name that the parent re-exports.
    assert_eq!(files("use super::y::Y;", ""), [["a::x", "a::y"]]);
    assert_eq!(files("use super::Y;", ""), [["a::x", "a::y"]]);
    // From one child to another module, and back to another child.
    assert_eq!(files("use crate::b::B;", "use crate::a::Y;"), [["a", "b"]]);
}
