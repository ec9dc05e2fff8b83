//! The share of each part of the code in the module, by the function names that the published one no longer has.

use std::collections::HashMap;

use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// A part, and substrings of its functions' names; the first match counts. Generic code of one crate that another
/// instantiates counts for the latter.
const PARTS: [(&str, &[&str]); 8] = [
    ("hash", &["crc64", "crowfly::crc"]),
    ("engine", &["crowfly_engine"]),
    ("contract", &["crowfly_contract"]),
    ("client", &["crowfly[", "crowfly::"]),
    ("serde-wasm-bindgen", &["serde", "hashbrown"]),
    ("gloo", &["gloo"]),
    (
        "wasm-bindgen, js-sys, web-sys",
        &["wasm_bindgen", "wbg", "wbindgen", "js_sys", "web_sys"],
    ),
    ("standard library, allocator", &[""]),
];

/// The parts by size, each with its share of all code in thousandths.
pub(super) fn shares(module: &[u8]) -> wasmparser::Result<Vec<(&'static str, u64)>> {
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), HashMap::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len() as u64),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(section) = section.as_known() {
                    names.extend(function_names(section)?);
                }
            }
            _ => {}
        }
    }
    let mut totals = PARTS.map(|(name, _)| (name, 0u64));
    // The indices of imported functions come before the module's own.
    for (index, size) in (imported..).zip(&sizes) {
        let name = names.get(&index).copied().unwrap_or_default();
        let part = PARTS
            .iter()
            .position(|(_, marks)| marks.iter().any(|mark| name.contains(mark)));
        if let Some((_, total)) = part.and_then(|part| totals.get_mut(part)) {
            *total += size;
        }
    }
    let all: u64 = totals.iter().map(|(_, size)| size).sum();
    let mut shares = totals.map(|(name, size)| (name, size * 1000 / all.max(1)));
    shares.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    Ok(shares.into())
}

fn function_names(section: NameSectionReader<'_>) -> wasmparser::Result<Vec<(u32, &str)>> {
    let mut names = Vec::new();
    for part in section {
        if let Name::Function(functions) = part? {
            for naming in functions {
                let naming = naming?;
                names.push((naming.index, naming.name));
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::shares;

    /// A module with one imported function and two of its own, of 6 and 2 bytes.
    fn module() -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([2, 7, 1, 1, b'a', 1, b'b', 0, 0]);
        bytes.extend([3, 3, 2, 0, 0]);
        bytes.extend([10, 11, 2, 6, 0, 0, 0, 0, 0, 11, 2, 0, 11]);
        let mut names = b"\x04name\x01".to_vec();
        let mut functions = vec![2];
        for (index, name) in [(1u8, "_RNv14crowfly_engine4next"), (2, "_RNv4core3fmt")] {
            functions.extend([index, u8::try_from(name.len()).unwrap_or_default()]);
            functions.extend(name.bytes());
        }
        names.push(u8::try_from(functions.len()).unwrap_or_default());
        names.extend(functions);
        bytes.extend([0, u8::try_from(names.len()).unwrap_or_default()]);
        bytes.extend(names);
        bytes
    }

    #[test]
    fn code_is_counted_to_the_part_that_its_name_says() {
        let shares = shares(&module()).expect("a module");
        let expected = [("engine", 750), ("standard library, allocator", 250)];
        assert_eq!(shares[..2], expected);
    }

    #[test]
    fn a_module_cut_short_has_no_shares() {
        let module = module();
        assert!(shares(&module[..20]).is_err());
        assert!(shares(b"no module").is_err());
    }
}
