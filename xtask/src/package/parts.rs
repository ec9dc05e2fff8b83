//! The share of each part of the code in the module, by the function names that the published one no longer has.
//!
//! Formats: <https://webassembly.github.io/spec/core/binary/modules.html> and
//! <https://webassembly.github.io/spec/core/appendix/custom.html>.

use std::collections::HashMap;

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
pub(super) fn shares(module: &[u8]) -> Option<Vec<(&'static str, u64)>> {
    let mut reader = Reader(module.get(8..)?);
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), HashMap::new());
    while let Some(id) = reader.byte() {
        let length = reader.number()?;
        let mut section = Reader(reader.take(length)?);
        match id {
            2 => imported = imports(&mut section)?,
            10 => {
                for _ in 0..section.number()? {
                    let size = section.number()?;
                    section.take(size)?;
                    sizes.push(size as u64);
                }
            }
            0 if section.text()? == b"name" => names = function_names(&mut section)?,
            _ => {}
        }
    }
    let mut totals = PARTS.map(|(name, _)| (name, 0u64));
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
    Some(shares.into())
}

/// How many functions are imported: their indices come before the module's own.
fn imports(section: &mut Reader<'_>) -> Option<usize> {
    let mut functions = 0;
    for _ in 0..section.number()? {
        section.text()?;
        section.text()?;
        match section.byte()? {
            0 => {
                section.number()?;
                functions += 1;
            }
            1 => {
                section.byte()?;
                section.limits()?;
            }
            2 => section.limits()?,
            3 => {
                section.take(2)?;
            }
            _ => return None,
        }
    }
    Some(functions)
}

fn function_names<'a>(section: &mut Reader<'a>) -> Option<HashMap<usize, &'a str>> {
    let mut names = HashMap::new();
    while let Some(id) = section.byte() {
        let length = section.number()?;
        let mut part = Reader(section.take(length)?);
        if id == 1 {
            for _ in 0..part.number()? {
                let index = part.number()?;
                names.insert(index, std::str::from_utf8(part.text()?).ok()?);
            }
        }
    }
    Some(names)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An unsigned LEB128 number.
    fn number(&mut self) -> Option<usize> {
        let (mut number, mut shift) = (0usize, 0u32);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    fn limits(&mut self) -> Option<()> {
        let most = self.byte()? & 1 == 1;
        self.number()?;
        if most {
            self.number()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::shares;

    /// A module with one imported function and two of its own, of 6 and 2 bytes.
    fn module() -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([2, 7, 1, 1, b'a', 1, b'b', 0, 0]);
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
        assert_eq!(
            shares[..2],
            [("engine", 750), ("standard library, allocator", 250)]
        );
    }

    #[test]
    fn a_module_cut_short_has_no_shares() {
        let module = module();
        assert_eq!(shares(&module[..20]), None);
        assert_eq!(shares(b"no module"), None);
    }
}
