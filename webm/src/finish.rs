//! Mends the head of a recording that has ended.

use crate::ebml::{self, Children, Element};
use crate::head::{Head, NoHead, is_room};
use crate::reserve::{DURATION_ROOM, SEEK_ROOM};
use crate::{HEAD_LIMIT, Index, ROOM_LIMIT, Reason, ids};

/// The longest head with room in it: an Info that grows may need longer sizes, too.
const LIMIT: usize = HEAD_LIMIT + ROOM_LIMIT + SEEK_ROOM + DURATION_ROOM + 8;

/// The head of a recording with Duration, SeekHead and, as far as there is room, Cues. It replaces the first bytes of
/// the recording, and has exactly their length.
///
/// `first`: the first bytes of the recording as they were written, at least [`Index::head_len`]; further ones are
/// ignored. `index` has seen all bytes, these among them. May be repeated, with the mended head, too.
///
/// Only SeekHead, Cues, Voids and the Duration in Info are replaced: everything else stays where it is, and the size of
/// the Segment stays unknown.
///
/// # Errors
/// If the recording ended before its first frame, is damaged, or is none that [`Reserve`](crate::Reserve) made room in.
pub fn finish(first: &[u8], index: &Index) -> Result<Vec<u8>, Reason> {
    let duration = index.duration()?;
    let head = Head::read(first, LIMIT).map_err(|lack| match lack {
        NoHead::More(_) => Reason::Ended,
        NoHead::Not(reason) => reason,
    })?;
    if index.head_len() != Some(head.end as u64) {
        return Err(Reason::Unknown);
    }
    let rooms = rooms(&head);
    let seek_room = *rooms.first().ok_or(Reason::Unknown)?;
    let cues_room = rooms.get(1..).and_then(<[Room]>::last);
    let points = index.points();
    let cues = cues_room.filter(|_| !points.is_empty()).and_then(|room| {
        let cues = filled(ids::CUES, &points.written(), room.len)?;
        Some((room.at, cues))
    });

    let mut out = first.get(..head.end).unwrap_or_default().to_vec();
    let mut entries = Vec::new();
    let mut at = head.start;
    for child in &head.children {
        if matches!(child.id, ids::INFO | ids::TRACKS) {
            put_seek(&mut entries, child.id, at.saturating_sub(head.start));
        }
        if child.id == ids::INFO {
            let payload = child.whole.len().saturating_sub(child.payload.len());
            let place = duration_place(child.payload).ok_or(Reason::Unknown)?;
            let place = at.saturating_add(payload).saturating_add(place);
            overwrite(&mut out, place, &duration_element(duration));
        }
        at = at.saturating_add(child.whole.len());
    }
    if let Some((at, cues)) = cues {
        put_seek(&mut entries, ids::CUES, at.saturating_sub(head.start));
        overwrite(&mut out, at, &cues);
    }
    let seek_head = filled(ids::SEEK_HEAD, &entries, seek_room.len).ok_or(Reason::Unknown)?;
    overwrite(&mut out, seek_room.at, &seek_head);
    Ok(out)
}

/// Neighbours that are Voids, or were.
#[derive(Clone, Copy)]
struct Room {
    at: usize,
    len: usize,
}

fn rooms(head: &Head<'_>) -> Vec<Room> {
    let mut rooms: Vec<Room> = Vec::new();
    let mut at = head.start;
    for child in &head.children {
        let len = child.whole.len();
        if is_room(child.id) {
            match rooms.last_mut() {
                Some(room) if room.at.saturating_add(room.len) == at => {
                    room.len = room.len.saturating_add(len);
                }
                _ => rooms.push(Room { at, len }),
            }
        }
        at = at.saturating_add(len);
    }
    rooms
}

/// Where in Info the Duration is, or its Void.
fn duration_place(info: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    for child in Children(info) {
        let Element { id, whole, .. } = child?;
        if matches!(id, ids::DURATION | ids::VOID) && whole.len() == DURATION_ROOM {
            return Some(at);
        }
        at = at.saturating_add(whole.len());
    }
    None
}

/// <https://www.rfc-editor.org/rfc/rfc9559#section-5.1.2.10>
fn duration_element(ticks: f64) -> Vec<u8> {
    let mut out = Vec::new();
    ebml::put(&mut out, ids::DURATION, &ticks.to_bits().to_be_bytes());
    out
}

/// <https://www.rfc-editor.org/rfc/rfc9559#section-5.1.1.1>. The position has four bytes always, so that the length is
/// the same for all.
fn put_seek(out: &mut Vec<u8>, id: u32, position: usize) {
    let mut seek = Vec::new();
    ebml::put(&mut seek, ids::SEEK_ID, &id.to_be_bytes());
    let position = (position as u32).to_be_bytes();
    ebml::put(&mut seek, ids::SEEK_POSITION, &position);
    ebml::put(out, ids::SEEK, &seek);
}

/// An element that fills this room together with a Void.
fn filled(id: u32, payload: &[u8], room: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    ebml::put_id(&mut out, id);
    let used = out.len().saturating_add(payload.len());
    let mut width = ebml::size_len(payload.len());
    // No Void has one byte: the size of the element takes it.
    if used.saturating_add(width).saturating_add(1) == room {
        width = width.saturating_add(1);
    }
    let rest = room.checked_sub(used.saturating_add(width))?;
    ebml::put_size(&mut out, payload.len(), width);
    out.extend_from_slice(payload);
    ebml::put_void(&mut out, rest);
    Some(out)
}

fn overwrite(out: &mut [u8], at: usize, bytes: &[u8]) {
    let places = out.iter_mut().skip(at);
    places.zip(bytes).for_each(|(place, byte)| *place = *byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_room_is_filled_to_the_byte() {
        for room in 20..300 {
            for len in 0..room - 10 {
                let out = filled(ids::CUES, &vec![0; len], room).expect("room enough");
                assert_eq!(out.len(), room, "{len}");
                assert!(Children(&out).all(|child| child.is_some()), "{len} {room}");
            }
        }
        assert!(filled(ids::CUES, &[0; 16], 20).is_none());
    }

    #[test]
    fn three_entries_fill_the_room_of_a_seek_head() {
        let mut entries = Vec::new();
        for id in [ids::INFO, ids::TRACKS, ids::CUES] {
            put_seek(&mut entries, id, 5);
        }
        let out = filled(ids::SEEK_HEAD, &entries, SEEK_ROOM).expect("room enough");
        let all: Vec<_> = Children(&out).flatten().map(|child| child.id).collect();
        assert_eq!(all, [ids::SEEK_HEAD]);
        assert_eq!(duration_element(1.5).len(), DURATION_ROOM);
    }
}
