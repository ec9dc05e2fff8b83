//! The head of a recording: everything before its first Cluster.

use crate::Reason;
use crate::ebml::{self, Children, Element, Lack, uint};
use crate::ids;

/// A head whose structure is understood.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    /// Where the data of the Segment begin, from which positions in it are counted.
    pub(crate) start: usize,
    /// The children of the Segment.
    pub(crate) children: Vec<Element<'a>>,
    /// Where the first Cluster begins.
    pub(crate) end: usize,
}

/// Why there is no head yet, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHead {
    /// Fewer bytes than so many do not suffice.
    More(usize),
    Not(Reason),
}

/// Whether room is reserved by this element, or may be.
pub(crate) fn is_room(id: u32) -> bool {
    matches!(id, ids::VOID | ids::SEEK_HEAD | ids::CUES)
}

impl<'a> Head<'a> {
    /// Reads the head of a recording from its first bytes; it may be so long at most.
    pub(crate) fn read(bytes: &'a [u8], limit: usize) -> Result<Self, NoHead> {
        let not = |reason| Err(NoHead::Not(reason));
        let magic = ids::EBML.to_be_bytes();
        if !bytes
            .iter()
            .zip(magic)
            .all(|(byte, wanted)| *byte == wanted)
        {
            return not(Reason::NotWebm);
        }
        let document = within(bytes, 0, limit)?;
        if document.id != ids::EBML || !is_webm(document.payload) {
            return not(Reason::NotWebm);
        }
        let mut at = document.whole.len();
        let segment = header(bytes, at)?;
        match (segment.id, segment.size) {
            (ids::SEGMENT, None) => at = at.saturating_add(segment.len),
            // Its size was entered at its end.
            (ids::SEGMENT, Some(_)) => return not(Reason::Finished),
            _ => return not(Reason::Unknown),
        }
        let start = at;
        let mut children = Vec::new();
        loop {
            if header(bytes, at)?.id == ids::CLUSTER {
                break;
            }
            let child = within(bytes, at, limit)?;
            at = at.saturating_add(child.whole.len());
            children.push(child);
        }
        let head = Self {
            start,
            children,
            end: at,
        };
        let once = |id| head.children.iter().filter(|child| child.id == id).count() == 1;
        match once(ids::INFO) && once(ids::TRACKS) && head.children.iter().all(is_known) {
            true => Ok(head),
            false => not(Reason::Unknown),
        }
    }

    /// Whether positions of what is behind the head are written in it, so that nothing there may move.
    pub(crate) fn points_behind(&self) -> bool {
        let behind = self.end.saturating_sub(self.start) as u64;
        self.children.iter().any(|child| match child.id {
            ids::CUES => true,
            ids::SEEK_HEAD => descend(child.payload, ids::SEEK).any(|seek| {
                descend(seek.payload, ids::SEEK_POSITION).any(|at| uint(at.payload) >= behind)
            }),
            _ => false,
        })
    }
}

fn header(bytes: &[u8], at: usize) -> Result<ebml::Header, NoHead> {
    ebml::header(bytes.get(at..).unwrap_or_default()).map_err(|lack| match lack {
        Lack::More => NoHead::More(bytes.len().saturating_add(1)),
        Lack::Invalid => NoHead::Not(Reason::Unknown),
    })
}

/// The element at `at`, which must end at `limit` at the latest: a longer one is not waited for.
fn within(bytes: &[u8], at: usize, limit: usize) -> Result<Element<'_>, NoHead> {
    let header = header(bytes, at)?;
    let size = header.size.ok_or(NoHead::Not(Reason::Unknown))?;
    let end = (at as u64).saturating_add(header.len as u64);
    let end = end.saturating_add(size);
    if end > limit as u64 {
        return Err(NoHead::Not(Reason::TooLong));
    }
    let whole = bytes.get(at..end as usize);
    let whole = whole.ok_or(NoHead::More(end as usize))?;
    let payload = whole.get(header.len..).unwrap_or_default();
    Ok(Element {
        id: header.id,
        whole,
        payload,
    })
}

/// The children with this ID, up to the first that is none.
fn descend(payload: &[u8], id: u32) -> impl Iterator<Item = Element<'_>> {
    Children(payload)
        .flatten()
        .filter(move |child| child.id == id)
}

/// Whether the EBML header is that of a document that RFC 9559 describes:
/// <https://www.rfc-editor.org/rfc/rfc9559#section-4>.
fn is_webm(header: &[u8]) -> bool {
    let mut is_named = false;
    for child in Children(header) {
        let Some(Element { id, payload, .. }) = child else {
            return false;
        };
        let value = uint(payload);
        let fits = match id {
            ids::DOC_TYPE => {
                // A string may be followed by zeros: https://www.rfc-editor.org/rfc/rfc8794#section-13
                let end = payload.iter().position(|byte| *byte == 0);
                let name = payload.get(..end.unwrap_or(payload.len()));
                is_named = matches!(name, Some(b"webm" | b"matroska"));
                is_named
            }
            ids::EBML_READ_VERSION => value == 1,
            ids::DOC_TYPE_READ_VERSION => value <= 4,
            ids::EBML_MAX_ID_LENGTH => value <= 4,
            // A Void of the greatest room has a size of three bytes.
            ids::EBML_MAX_SIZE_LENGTH => (4..=8).contains(&value),
            _ => true,
        };
        if !fits {
            return false;
        }
    }
    is_named
}

/// Whether a child of the Segment may be moved. A checksum over a Segment cannot be, nor what may hold positions.
fn is_known(child: &Element<'_>) -> bool {
    matches!(
        child.id,
        ids::INFO | ids::TRACKS | ids::TAGS | ids::CHAPTERS | ids::ATTACHMENTS
    ) || is_room(child.id)
}
