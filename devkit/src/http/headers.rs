/// The header lines of a message, byte for byte as received, without their ends.
#[derive(Clone, Debug)]
pub struct Headers(Vec<Vec<u8>>);

impl Headers {
    /// From lines with or without their ends.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
        let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec());
        Self(lines.filter(|line| !line.is_empty()).collect())
    }

    /// The value of the first header of this name, in any case.
    pub fn get(&self, name: &str) -> Option<String> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether the value of this header is `close`, in any case.
    pub fn is_close(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// Names as received, and values without the blanks around them.
    pub fn iter(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        })
    }

    /// All lines, unchanged and with their ends, but those of these names.
    pub fn without(&self, names: &[&str]) -> Vec<u8> {
        let named = |line: &[u8]| {
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            names
                .iter()
                .any(|other| name.eq_ignore_ascii_case(other.as_bytes()))
        };
        let kept = self.0.iter().filter(|line| !named(line));
        kept.flat_map(|line| [line.as_slice(), b"\r\n"].concat())
            .collect()
    }
}
