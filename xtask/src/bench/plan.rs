//! What to measure: settings, and the variants that alternate in each.

use serde_json::{Value, json};

use super::options::Options;
use super::sink::Path;

const MIB: u64 = 1 << 20;

/// One way to send files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    /// Its name on the command line and in the table.
    pub(super) name: &'static str,
    pub(super) function: &'static str,
    /// The function's options, in JSON.
    options: &'static str,
    /// The settings that it is for.
    settings: &'static str,
}

/// Name, function, options, settings.
const VARIANTS: &str = r#"
raw-put | rawPut | {} | loopback long
raw-8x6 | rawParts | {"partSize": 8388608, "parallel": 6} | loopback long
raw-put-x6 | rawPut | {"parallel": 6} | small
ours-none | ours | {"checksum": "none"} | loopback long small
ours | ours | {"checksum": "crc64nvme"} | loopback long small
before-none | ours | {"checksum": "none", "folder": "before"} | loopback long small
before | ours | {"checksum": "crc64nvme", "folder": "before"} | loopback long small
"#;

pub(super) fn all() -> impl Iterator<Item = Variant> {
    VARIANTS.lines().filter_map(|line| {
        let mut cells = line.split(" | ");
        Some(Variant {
            name: cells.next()?,
            function: cells.next()?,
            options: cells.next()?,
            settings: cells.next()?,
        })
    })
}

impl Variant {
    pub(super) fn options(&self, sink: &str) -> Value {
        let mut options: Value = serde_json::from_str(self.options).unwrap_or_default();
        options["sink"] = json!(sink);
        options
    }
}

/// Files, a network path, and the variants to compare.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) says: String,
    pub(super) path: Path,
    /// How many files.
    pub(super) count: u64,
    /// Bytes of each.
    pub(super) size: u64,
    /// The variant that the others are compared with.
    pub(super) yardstick: &'static str,
    pub(super) variants: Vec<Variant>,
}

/// The settings that have a selected variant.
pub(super) fn settings(options: &Options) -> Vec<Setting> {
    let (size, long) = (options.size * MIB, (options.size / 8).max(1) * MIB);
    let setting = |name, says, path, (count, size), yardstick| Setting {
        name,
        says,
        path,
        count,
        size,
        yardstick,
        variants: variants(name, options),
    };
    let one = |size, path| format!("one file of {} MiB from disk over {path}", size / MIB);
    let far = "a long path: 40 ms to each answer, 12 MB/s a connection";
    let many = format!("{} files of 64 KiB from disk over loopback", options.files);
    let (near, small) = (one(size, "loopback"), (options.files, 64 * 1024));
    let mut all = vec![
        setting("loopback", near, Path::Loopback, (1, size), "raw-8x6"),
        setting("long", one(long, far), Path::Long, (1, long), "raw-8x6"),
        setting("small", many, Path::Loopback, small, "raw-put-x6"),
    ];
    all.retain(|setting| !setting.variants.is_empty());
    all
}

/// The variants of a setting that are wanted; none when `--only` names neither it nor a variant, as `hash` does not.
fn variants(setting: &str, options: &Options) -> Vec<Variant> {
    if !options.wants(setting) && !all().any(|variant| options.wants(variant.name)) {
        return Vec::new();
    }
    let wanted = |variant: &Variant| {
        variant.settings.split(' ').any(|name| name == setting)
            && options.wants_variant(setting, variant.name)
    };
    all().filter(wanted).collect()
}
