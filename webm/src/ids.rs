//! Element IDs with their markers: [RFC 8794 section 11](https://www.rfc-editor.org/rfc/rfc8794#section-11) and
//! [RFC 9559 section 5](https://www.rfc-editor.org/rfc/rfc9559#section-5).

pub(crate) const EBML: u32 = 0x1A45_DFA3;
pub(crate) const EBML_READ_VERSION: u32 = 0x42F7;
pub(crate) const EBML_MAX_ID_LENGTH: u32 = 0x42F2;
pub(crate) const EBML_MAX_SIZE_LENGTH: u32 = 0x42F3;
pub(crate) const DOC_TYPE: u32 = 0x4282;
pub(crate) const DOC_TYPE_READ_VERSION: u32 = 0x4285;
pub(crate) const VOID: u32 = 0xEC;
pub(crate) const CRC_32: u32 = 0xBF;

pub(crate) const SEGMENT: u32 = 0x1853_8067;

pub(crate) const SEEK_HEAD: u32 = 0x114D_9B74;
pub(crate) const SEEK_POSITION: u32 = 0x53AC;

pub(crate) const INFO: u32 = 0x1549_A966;
pub(crate) const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
pub(crate) const DURATION: u32 = 0x4489;

pub(crate) const TRACKS: u32 = 0x1654_AE6B;
pub(crate) const TRACK_ENTRY: u32 = 0xAE;
pub(crate) const TRACK_NUMBER: u32 = 0xD7;
pub(crate) const TRACK_TYPE: u32 = 0x83;
pub(crate) const DEFAULT_DURATION: u32 = 0x0023_E383;

pub(crate) const CHAPTERS: u32 = 0x1043_A770;
pub(crate) const ATTACHMENTS: u32 = 0x1941_A469;
pub(crate) const TAGS: u32 = 0x1254_C367;

pub(crate) const CLUSTER: u32 = 0x1F43_B675;
pub(crate) const TIMESTAMP: u32 = 0xE7;
pub(crate) const SIMPLE_BLOCK: u32 = 0xA3;
pub(crate) const BLOCK_GROUP: u32 = 0xA0;
pub(crate) const BLOCK: u32 = 0xA1;
pub(crate) const BLOCK_DURATION: u32 = 0x9B;
pub(crate) const REFERENCE_BLOCK: u32 = 0xFB;

pub(crate) const CUES: u32 = 0x1C53_BB6B;
