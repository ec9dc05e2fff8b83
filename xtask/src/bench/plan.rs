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
    /// The page's function for it.
    pub(super) function: &'static str,
    options: fn() -> Value,
    groups: &'static [&'static str],
}

/// Every variant.
pub(super) const VARIANTS: &[Variant] = &[
    Variant {
        name: "raw-put",
        function: "rawPut",
        options: || json!({}),
        groups: &["loopback", "long"],
    },
    Variant {
        name: "raw-8x6",
        function: "rawParts",
        options: || json!({"partSize": 8 * MIB, "parallel": 6}),
        groups: &["loopback", "long"],
    },
    Variant {
        name: "raw-put-x6",
        function: "rawPut",
        options: || json!({"parallel": 6}),
        groups: &["small"],
    },
    Variant {
        name: "ours-none",
        function: "ours",
        options: || json!({"checksum": "none"}),
        groups: &["loopback", "long", "small"],
    },
    Variant {
        name: "ours",
        function: "ours",
        options: || json!({"checksum": "crc64nvme"}),
        groups: &["loopback", "long", "small"],
    },
    Variant {
        name: "before-none",
        function: "ours",
        options: || json!({"checksum": "none", "folder": "before"}),
        groups: &["loopback", "long", "small"],
    },
    Variant {
        name: "before",
        function: "ours",
        options: || json!({"checksum": "crc64nvme", "folder": "before"}),
        groups: &["loopback", "long", "small"],
    },
];

impl Variant {
    /// The options of the page's function.
    pub(super) fn options(&self, sink: &str) -> Value {
        let mut options = (self.options)();
        options["sink"] = json!(sink);
        options
    }
}

/// Files, a network path, and the variants to compare.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    /// A description for the table.
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

/// The selected settings; those without a selected variant are left out.
pub(super) fn settings(options: &Options) -> Vec<Setting> {
    let (size, long) = (options.size * MIB, (options.size / 8).max(1) * MIB);
    let all = [
        Setting {
            name: "loopback",
            says: format!("one file of {} MiB from disk over loopback", size / MIB),
            path: Path::Loopback,
            count: 1,
            size,
            yardstick: "raw-8x6",
            variants: Vec::new(),
        },
        Setting {
            name: "long",
            says: format!(
                "one file of {} MiB from disk over a long path: 40 ms to each answer, 12 MB/s a connection",
                long / MIB
            ),
            path: Path::Long,
            count: 1,
            size: long,
            yardstick: "raw-8x6",
            variants: Vec::new(),
        },
        Setting {
            name: "small",
            says: format!("{} files of 64 KiB from disk over loopback", options.files),
            path: Path::Loopback,
            count: options.files,
            size: 64 * 1024,
            yardstick: "raw-put-x6",
            variants: Vec::new(),
        },
    ];
    let chosen = all.into_iter().map(|mut setting| {
        let of_group = |variant: &&Variant| variant.groups.contains(&setting.name);
        let wanted = |variant: &&Variant| options.wants_variant(setting.name, variant.name);
        setting.variants = VARIANTS
            .iter()
            .filter(of_group)
            .filter(wanted)
            .copied()
            .collect();
        setting
    });
    // `--only hash` names a group that has no variants.
    let only_others = |setting: &Setting| {
        !options.wants(setting.name) && !VARIANTS.iter().any(|variant| options.wants(variant.name))
    };
    chosen
        .filter(|setting| !setting.variants.is_empty() && !only_others(setting))
        .collect()
}
