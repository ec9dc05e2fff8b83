//! All uploads, by id and in the order of adding.

use crowfly_contract::UploadId;

use crate::job::Slot;
use crate::upload::Upload;

/// Ids are time-ordered, so a new one is almost always appended to the index.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    index: Vec<(UploadId, Slot)>,
    /// In the order of adding; `None` once removed.
    slots: Vec<Option<Box<Upload>>>,
    /// Number of slots before the first of these, all removed.
    gone: u32,
}

impl Uploads {
    fn find(&self, id: UploadId) -> usize {
        self.index.partition_point(|(other, _)| *other < id)
    }

    /// The slot of the upload with this id, if any.
    pub(crate) fn slot(&self, id: UploadId) -> Option<Slot> {
        match self.index.get(self.find(id)) {
            Some((other, slot)) if *other == id => Some(*slot),
            _ => None,
        }
    }

    /// The slot of the next upload.
    pub(crate) fn next_slot(&self) -> Slot {
        let here = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        Slot(self.gone.saturating_add(here))
    }

    /// The upload must have the next slot and an unknown id.
    pub(crate) fn insert(&mut self, upload: Upload) {
        let at = self.find(upload.item.id);
        self.index.insert(at, (upload.item.id, upload.slot));
        self.slots.push(Some(Box::new(upload)));
    }

    pub(crate) fn remove(&mut self, slot: Slot) {
        let id = self.name(slot);
        let upload = self.place(slot).and_then(|at| self.slots.get_mut(at));
        if upload.and_then(Option::take).is_some() {
            self.index.remove(self.find(id));
        }
        if self.index.is_empty() {
            let Slot(next) = self.next_slot();
            self.gone = next;
            self.slots.clear();
        }
    }

    fn place(&self, slot: Slot) -> Option<usize> {
        usize::try_from(slot.0.checked_sub(self.gone)?).ok()
    }

    pub(crate) fn get(&self, slot: Slot) -> Option<&Upload> {
        self.slots.get(self.place(slot)?)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, slot: Slot) -> Option<&mut Upload> {
        let at = self.place(slot)?;
        self.slots.get_mut(at)?.as_deref_mut()
    }

    /// The id of an existing upload.
    pub(crate) fn name(&self, slot: Slot) -> UploadId {
        let none = UploadId::from_parts(0, 0);
        self.get(slot).map_or(none, |upload| upload.item.id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Upload> + '_ {
        self.slots.iter().flatten().map(Box::as_ref)
    }

    /// The slots of the current uploads in the order of adding, to iterate over while they change; some may be
    /// empty.
    pub(crate) fn all(&self) -> impl Iterator<Item = Slot> + use<> {
        let Slot(next) = self.next_slot();
        (self.gone..next).map(Slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChecksumMode, NewUpload};

    fn add(uploads: &mut Uploads, number: u128) -> Slot {
        let slot = uploads.next_slot();
        let new = NewUpload {
            id: UploadId::from_parts(1, number),
            name: String::new(),
            path: None,
            size: 0,
            live: None,
            max_bytes: None,
            media_type: String::new(),
            visibility: Default::default(),
            metadata: Default::default(),
            priority: 0,
            checksum: ChecksumMode::None,
            resumed: false,
        };
        uploads.insert(Upload::new(new, slot));
        slot
    }

    #[test]
    fn a_slot_is_never_used_twice_even_when_all_are_forgotten() {
        let mut uploads = Uploads::default();
        let (first, second) = (add(&mut uploads, 7), add(&mut uploads, 3));
        assert_eq!(uploads.slot(UploadId::from_parts(1, 3)), Some(second));
        uploads.remove(first);
        assert_eq!(uploads.slot(UploadId::from_parts(1, 7)), None);
        uploads.remove(first);
        uploads.remove(second);
        let third = add(&mut uploads, 7);
        assert!(uploads.get(first).is_none() && uploads.get(second).is_none());
        assert_eq!(uploads.slot(UploadId::from_parts(1, 7)), Some(third));
        assert_eq!(uploads.all().collect::<Vec<_>>(), [third]);
    }
}
