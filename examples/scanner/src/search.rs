/// The EICAR test file, by which virus scanners are tried out. In two halves, so that no scanner takes this
/// file, or the program made of it, for one.
const HALVES: [&[u8]; 2] = [
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
    b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
];

/// Looks for the EICAR test file in bytes that come in pieces of any size.
#[derive(Debug)]
pub struct Search {
    signature: Vec<u8>,
    /// The end of what was fed, too short to hold the whole signature.
    tail: Vec<u8>,
    found: bool,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            signature: HALVES.concat(),
            tail: Vec::new(),
            found: false,
        }
    }
}

impl Search {
    /// Looks at the next bytes. True when the signature stands in all that was fed so far.
    pub fn feed(&mut self, bytes: &[u8]) -> bool {
        self.tail.extend_from_slice(bytes);
        self.found |= self.stands();
        let kept = self.signature.len().saturating_sub(1);
        let gone = self.tail.len().saturating_sub(kept);
        self.tail.drain(..gone);
        self.found
    }

    fn stands(&self) -> bool {
        let length = self.signature.len();
        self.tail
            .windows(length)
            .any(|window| window == self.signature)
    }
}
