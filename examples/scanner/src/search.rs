/// The EICAR test file (<https://www.eicar.org/download-anti-malware-testfile/>), split so that
/// scanners do not flag this file or its binary.
const HALVES: [&[u8]; 2] = [
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
    b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
];

/// Searches a stream of chunks of any size for the EICAR test file.
#[derive(Debug)]
pub struct Search {
    signature: Vec<u8>,
    /// The end of the data so far, shorter than the signature.
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
    /// Adds a chunk. True if the data so far contains the signature.
    pub fn feed(&mut self, bytes: &[u8]) -> bool {
        self.tail.extend_from_slice(bytes);
        self.found |= self.contains_signature();
        let kept = self.signature.len().saturating_sub(1);
        let gone = self.tail.len().saturating_sub(kept);
        self.tail.drain(..gone);
        self.found
    }

    fn contains_signature(&self) -> bool {
        let length = self.signature.len();
        self.tail
            .windows(length)
            .any(|window| window == self.signature)
    }
}
