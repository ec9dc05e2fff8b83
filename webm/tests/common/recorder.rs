//! Recorders of webm.

use super::bytes::{Size, block, element, id, master, sized, uint};

pub(crate) const VIDEO: u8 = 1;
pub(crate) const AUDIO: u8 = 2;
pub(crate) const KEY: u8 = 0x80;

#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) doc_type: &'static str,
    pub(crate) codec: &'static str,
    /// Children of the EBML header besides the usual ones.
    pub(crate) header: Vec<Vec<u8>>,
    /// Children of Info before the usual ones.
    pub(crate) info: Vec<Vec<u8>>,
    /// Children of the Segment before Info, and behind Tracks.
    pub(crate) before: Vec<Vec<u8>>,
    pub(crate) behind: Vec<Vec<u8>>,
    pub(crate) has_video: bool,
    pub(crate) has_audio: bool,
    pub(crate) default_duration: u64,
    pub(crate) scale: u64,
    pub(crate) segment: Size,
    pub(crate) clusters: Size,
}

/// As libwebm writes in its live mode.
pub(crate) fn chromium() -> Recorder {
    Recorder {
        doc_type: "webm",
        codec: "V_VP9",
        header: Vec::new(),
        info: Vec::new(),
        before: Vec::new(),
        behind: Vec::new(),
        has_video: true,
        has_audio: true,
        default_duration: 0,
        scale: 1_000_000,
        segment: Size::Unknown,
        clusters: Size::Unknown,
    }
}

/// An empty SeekHead, a Duration of 0, Clusters with a size, and all sizes of eight bytes.
pub(crate) fn firefox() -> Recorder {
    Recorder {
        codec: "V_VP8",
        before: vec![sized(0x114D_9B74, Size::Eight, &[])],
        info: vec![element(0x4489, &0_f32.to_be_bytes())],
        clusters: Size::Eight,
        ..chromium()
    }
}

impl Recorder {
    pub(crate) fn tracks(&self) -> Vec<u8> {
        let entry = |number: u8, codec: &str, duration: u64| {
            let mut children = vec![
                uint(0xD7, number.into()),
                uint(0x73C5, 0xABCD_EF01_2345),
                uint(0x83, number.into()),
                element(0x86, codec.as_bytes()),
            ];
            if duration > 0 {
                children.push(uint(0x23_E383, duration));
            }
            master(0xAE, &children)
        };
        let mut entries = Vec::new();
        if self.has_audio {
            entries.push(entry(AUDIO, "A_OPUS", 0));
        }
        if self.has_video {
            entries.push(entry(VIDEO, self.codec, self.default_duration));
        }
        master(0x1654_AE6B, &entries)
    }

    /// Everything before the first Cluster.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut header = vec![
            uint(0x4286, 1),
            uint(0x42F7, 1),
            uint(0x42F2, 4),
            uint(0x42F3, 8),
            element(0x4282, self.doc_type.as_bytes()),
            uint(0x4287, 4),
            uint(0x4285, 2),
        ];
        header.extend(self.header.clone());
        let mut info = self.info.clone();
        info.push(uint(0x2A_D7B1, self.scale));
        info.push(element(0x4D80, b"Recorder"));
        info.push(element(0x5741, b"Recorder"));
        let mut out = master(0x1A45_DFA3, &header);
        out.extend(sized(0x1853_8067, self.segment, &[]));
        out.extend(self.before.concat());
        out.extend(sized(0x1549_A966, Size::Eight, &info.concat()));
        out.extend(self.tracks());
        out.extend(self.behind.concat());
        out
    }

    pub(crate) fn cluster(&self, time: u64, children: &[Vec<u8>]) -> Vec<u8> {
        let mut all = vec![uint(0xE7, time)];
        all.extend_from_slice(children);
        sized(0x1F43_B675, self.clusters, &all.concat())
    }

    /// So many seconds of 25 frames, with a Cluster and a key frame each second, and a packet of sound every 20 ms.
    pub(crate) fn record(&self, seconds: u64) -> Vec<u8> {
        let mut out = self.head();
        for second in 0..seconds {
            out.extend(self.second(second * 1000));
        }
        out
    }

    pub(crate) fn second(&self, time: u64) -> Vec<u8> {
        let mut blocks = Vec::new();
        for at in 0..50_u8 {
            let relative = i16::from(at) * 20;
            if self.has_video && at % 2 == 0 {
                let flags = if at == 0 { KEY } else { 0 };
                blocks.push(simple(VIDEO, relative, flags, 30 + usize::from(at)));
            }
            if self.has_audio {
                blocks.push(simple(AUDIO, relative, KEY, 9));
            }
        }
        self.cluster(time, &blocks)
    }
}

pub(crate) fn simple(track: u8, relative: i16, flags: u8, len: usize) -> Vec<u8> {
    element(0xA3, &block(track, relative, flags, &vec![0xA5; len]))
}

/// A BlockGroup; further children come behind its Block.
pub(crate) fn group(track: u8, relative: i16, children: &[Vec<u8>]) -> Vec<u8> {
    let mut all = vec![element(0xA1, &block(track, relative, 0, &[0xA5; 20]))];
    all.extend_from_slice(children);
    master(0xA0, &all)
}

pub(crate) fn void(len: usize) -> Vec<u8> {
    element(0xEC, &vec![0; len])
}

pub(crate) fn crc() -> Vec<u8> {
    let mut out = id(0xBF);
    out.extend([0x84, 1, 2, 3, 4]);
    out
}
