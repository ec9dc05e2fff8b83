//! A reader of complete elements, written without regard to the crate's.

/// ID, where the element begins, and where its payload does and ends; `None` if its size is unknown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) id: u32,
    pub(crate) begin: usize,
    pub(crate) payload: usize,
    pub(crate) end: Option<usize>,
}

pub(crate) fn at(bytes: &[u8], begin: usize) -> Found {
    let id_len = 1 + bytes[begin].leading_zeros() as usize;
    let number = |from: &[u8]| {
        from.iter()
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    let id = number(&bytes[begin..begin + id_len]) as u32;
    let size_at = begin + id_len;
    let size_len = 1 + bytes[size_at].leading_zeros() as usize;
    let payload = size_at + size_len;
    let ones = (1_u64 << (7 * size_len)) - 1;
    let size = number(&bytes[size_at..payload]) & ones;
    let end = (size != ones).then(|| payload + size as usize);
    Found {
        id,
        begin,
        payload,
        end,
    }
}

/// The elements from `from` to `to`, or up to the first Cluster.
pub(crate) fn all(bytes: &[u8], from: usize, to: usize) -> Vec<Found> {
    let mut found = Vec::new();
    let mut begin = from;
    while begin < to {
        let element = at(bytes, begin);
        let Some(end) = element.end.filter(|_| element.id != 0x1F43_B675) else {
            break;
        };
        found.push(element);
        begin = end;
    }
    assert!(begin <= to, "an element is longer than its parent");
    found
}

pub(crate) fn uint(bytes: &[u8], found: Found) -> u64 {
    let payload = &bytes[found.payload..found.end.expect("a size")];
    payload
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// What a player learns of a head.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Facts {
    /// In ticks.
    pub(crate) duration: Option<f64>,
    /// The element at each place that the SeekHead names, and the ID that it names.
    pub(crate) seeks: Vec<(u32, u32)>,
    /// Time, track, and the ID of what is at the position.
    pub(crate) cues: Vec<(u64, u64, u32)>,
    /// IDs of the children of the Segment before the first Cluster.
    pub(crate) order: Vec<u32>,
}

pub(crate) fn facts(bytes: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let segment = at(bytes, at(bytes, 0).end.expect("a size"));
    let start = segment.payload;
    let inside = |found: Found| all(bytes, found.payload, found.end.expect("a size"));
    for child in all(bytes, start, bytes.len()) {
        facts.order.push(child.id);
        match child.id {
            0x1549_A966 => {
                for value in inside(child).iter().filter(|found| found.id == 0x4489) {
                    let end = value.end.expect("a size");
                    let bits = bytes[value.payload..end].try_into().expect("8 bytes");
                    facts.duration = Some(f64::from_be_bytes(bits));
                }
            }
            0x114D_9B74 => {
                for seek in inside(child) {
                    let parts: Vec<u64> = inside(seek).iter().map(|it| uint(bytes, *it)).collect();
                    let there = at(bytes, start + parts[1] as usize);
                    facts.seeks.push((parts[0] as u32, there.id));
                }
            }
            0x1C53_BB6B => {
                for cue in inside(child) {
                    let parts = inside(cue);
                    let place: Vec<u64> =
                        inside(parts[1]).iter().map(|it| uint(bytes, *it)).collect();
                    let there = at(bytes, start + place[1] as usize);
                    facts.cues.push((uint(bytes, parts[0]), place[0], there.id));
                }
            }
            _ => {}
        }
    }
    facts
}
