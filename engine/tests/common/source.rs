//! Sources of live uploads: they trickle, burst, stop, fail and never end. What they gave is in a spool, which outlives
//! the page.

use crowfly_contract::UploadId;
use crowfly_engine::{Input, NewUpload, Recording};

use super::world::{What, World};
use super::{MIB, Random, new_upload};

/// One thing that a source does.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// It gives so many bytes.
    Gives(u64),
    /// It ends; the header of what was recorded is mended first, or not.
    Ends { mends: bool },
}

pub fn new_live(number: u64, max_bytes: Option<u64>) -> NewUpload {
    NewUpload {
        live: Some(Recording::default()),
        max_bytes,
        ..new_upload(number, 0)
    }
}

impl World {
    /// A live upload, whose source does this, each so many milliseconds from now.
    pub fn add_live(&mut self, new: NewUpload, deeds: impl IntoIterator<Item = (u64, Deed)>) {
        let id = new.id;
        self.spools.insert(id, Recording::default());
        self.add(new);
        let mut all = 0;
        for (at, deed) in deeds {
            if let Deed::Gives(bytes) = deed {
                all += bytes;
            }
            self.enqueue(at, What::Source(self.life, id, deed));
        }
        let parts = all / (5 * MIB) + 2;
        let watched = self.monitor.uploads.entry(id).or_default();
        watched.parts = u32::try_from(parts).unwrap_or(u32::MAX);
    }

    /// What the source of an upload does now.
    pub fn source(&mut self, id: UploadId, deed: Deed) {
        let spool = self.spools.get_mut(&id).expect("a live upload");
        if spool.ended {
            return;
        }
        match deed {
            Deed::Gives(bytes) => spool.bytes += bytes,
            Deed::Ends { .. } => {
                spool.ended = true;
                spool.duration_ms = Some(spool.bytes / 1000);
            }
        }
        let recording = *spool;
        let most = self.wishes[&id].max_bytes.unwrap_or(u64::MAX);
        let most = most.min(self.server.max_bytes);
        let file = self.files.get_mut(&id).expect("a live upload");
        file.size = recording.bytes.min(most);
        if let Deed::Ends { mends: true } = deed {
            file.head = 1;
            self.input(Input::HeadChanged(id));
        }
        self.input(Input::Recorded {
            upload: id,
            recording,
        });
    }

    /// The user stops every recorder that has not ended.
    pub fn stop_sources(&mut self) {
        let open = self.spools.iter().filter(|(_, spool)| !spool.ended);
        for id in open.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.source(id, Deed::Ends { mends: false });
        }
    }
}

/// What a source does in a random world.
pub fn deeds(random: &mut Random) -> Vec<(u64, Deed)> {
    let mut deeds = Vec::new();
    let mut at = random.below(3_000);
    let pace = random.pick(&[10, 1_000, 20_000]);
    let most = random.pick(&[1, 2_000, MIB, 12 * MIB]);
    for _ in 0..random.below(60) {
        deeds.push((at, Deed::Gives(random.below(most))));
        at += random.below(pace);
    }
    // Others are stopped by the user, at last.
    if random.percent(80) {
        let mends = random.percent(40);
        deeds.push((at, Deed::Ends { mends }));
    }
    deeds
}
