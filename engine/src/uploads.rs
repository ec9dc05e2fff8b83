//! All uploads, found by id and in the order of adding.

use crowfly_contract::UploadId;

use crate::upload::Upload;

/// Ids are made in order of time, so that a new one almost always joins the index at its end.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    index: Vec<(UploadId, usize)>,
    /// In the order of adding; `None` once forgotten.
    slots: Vec<Option<Box<Upload>>>,
}

impl Uploads {
    fn find(&self, id: UploadId) -> Result<usize, usize> {
        let from = self.index.partition_point(|(other, _)| *other < id);
        match self.index.get(from) {
            Some((other, _)) if *other == id => Ok(from),
            _ => Err(from),
        }
    }

    fn slot(&self, id: UploadId) -> Option<usize> {
        let at = self.find(id).ok()?;
        self.index.get(at).map(|(_, slot)| *slot)
    }

    /// The number that the next upload will have in the order of adding.
    pub(crate) fn next_seq(&self) -> u64 {
        u64::try_from(self.slots.len()).unwrap_or(u64::MAX)
    }

    pub(crate) fn contains(&self, id: UploadId) -> bool {
        self.find(id).is_ok()
    }

    /// Nothing happens if the id is known.
    pub(crate) fn insert(&mut self, upload: Upload) {
        if let Err(at) = self.find(upload.item.id) {
            self.index.insert(at, (upload.item.id, self.slots.len()));
            self.slots.push(Some(Box::new(upload)));
        }
    }

    pub(crate) fn remove(&mut self, id: UploadId) {
        if let Ok(at) = self.find(id) {
            let (_, slot) = self.index.remove(at);
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = None;
            }
        }
        if self.index.is_empty() {
            self.slots.clear();
        }
    }

    pub(crate) fn get(&self, id: UploadId) -> Option<&Upload> {
        self.slots.get(self.slot(id)?)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, id: UploadId) -> Option<&mut Upload> {
        let slot = self.slot(id)?;
        self.slots.get_mut(slot)?.as_deref_mut()
    }

    /// Those that are there now, in the order of adding: a copy, to walk along while they change.
    pub(crate) fn ids(&self) -> Vec<UploadId> {
        self.iter().map(|upload| upload.item.id).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Upload> + '_ {
        self.slots.iter().flatten().map(Box::as_ref)
    }
}
