//! Mends the head of a recording that has ended.

use crate::layout::{Places, SEEK_ROOM, overwrite};
use crate::{Index, Reason, ebml, ids};

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
    let ticks = index.duration()?;
    let places = index.places().ok_or(Reason::Unknown)?;
    let mut out = first.get(..places.end).ok_or(Reason::Ended)?.to_vec();
    let room = out.get(places.duration..).unwrap_or_default();
    let is_room = room.starts_with(&[0xEC, 0x89]) || room.starts_with(&[0x44, 0x89, 0x88]);
    if places.duration == 0 || places.other != places.start.wrapping_add(SEEK_ROOM) || !is_room {
        return Err(Reason::Unknown);
    }
    // https://www.rfc-editor.org/rfc/rfc9559#section-5.1.2.10
    let duration = places.duration;
    overwrite(&mut out, duration, &[0x44, 0x89, 0x88]);
    let value = ticks.to_bits().to_be_bytes();
    overwrite(&mut out, duration.wrapping_add(3), &value);

    let cues = index.points().written();
    overwrite(&mut out, places.cues, &cues);
    let mut seek_head = ids::SEEK_HEAD.to_be_bytes().to_vec();
    seek_head.push(0);
    put_seek(&mut seek_head, ids::INFO, places.info, &places);
    put_seek(&mut seek_head, ids::TRACKS, places.tracks, &places);
    if !cues.is_empty() {
        put_seek(&mut seek_head, ids::CUES, places.cues, &places);
    }
    let size = seek_head.len().wrapping_sub(5) as u8;
    overwrite(&mut seek_head, 4, &[0x80 | size]);
    let rest = SEEK_ROOM.wrapping_sub(seek_head.len());
    ebml::put_void(&mut seek_head, rest);
    overwrite(&mut out, places.start, &seek_head);
    Ok(out)
}

/// Seek, with SeekID and SeekPosition of four bytes each: <https://www.rfc-editor.org/rfc/rfc9559#section-5.1.1.1>.
#[inline(never)]
fn put_seek(out: &mut Vec<u8>, id: u32, at: usize, places: &Places) {
    out.extend_from_slice(&[0x4D, 0xBB, 0x8E, 0x53, 0xAB, 0x84]);
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(&[0x53, 0xAC, 0x84]);
    let position = at.wrapping_sub(places.start) as u32;
    out.extend_from_slice(&position.to_be_bytes());
}
