//! What to measure: settings, and the variants that alternate in each.

use serde_json::{Value, json};

use super::options::Options;

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
raw-8x6 | rawParts | {"partSize": 8388608, "parallel": 6} | loopback long hosts hosts-large uplink stall
raw-11x12 | rawParts | {"partSize": 11184811, "parallel": 12, "twoHosts": true} | hosts hosts-large
raw-put-x6 | rawPut | {"parallel": 6} | small
ours-none | ours | {"checksum": "none"} | loopback long hosts hosts-large small
ours | ours | {"checksum": "crc64nvme"} | loopback long hosts hosts-large small resets uplink stall busy
before-none | ours | {"checksum": "none", "folder": "before"} | loopback long hosts small
before | ours | {"checksum": "crc64nvme", "folder": "before"} | loopback long hosts small
"#;

/// The same for other uploaders, which `--peers` adds.
const PEERS: &str = r#"
uppy | uppy | {} | loopback long small resets uplink stall busy
lib-storage | libStorage | {} | loopback long small resets uplink stall busy
tus | tus | {} | loopback long small resets uplink stall busy
tus-x6 | tus | {"parallel": 6} | loopback long uplink stall busy
better-upload | betterUpload | {} | loopback long small resets uplink stall busy
better-upload-x6 | betterUpload | {"parallel": 6} | loopback long small
evaporate | evaporate | {} | loopback long small resets uplink stall busy
"#;

fn parse(table: &'static str) -> impl Iterator<Item = Variant> {
    table.lines().filter_map(|line| {
        let mut cells = line.split(" | ");
        Some(Variant {
            name: cells.next()?,
            function: cells.next()?,
            options: cells.next()?,
            settings: cells.next()?,
        })
    })
}

pub(super) fn all() -> impl Iterator<Item = Variant> {
    parse(VARIANTS).chain(peers())
}

pub(super) fn peers() -> impl Iterator<Item = Variant> {
    parse(PEERS)
}

impl Variant {
    /// Whether it is another uploader.
    pub(super) fn is_peer(&self) -> bool {
        peers().any(|peer| peer.name == self.name)
    }

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
    /// The network path and its trouble: options of the sink.
    pub(super) path: &'static str,
    /// How many files.
    pub(super) count: u64,
    /// Bytes of each.
    pub(super) size: u64,
    /// The variant that the others are compared with.
    pub(super) yardstick: &'static str,
    pub(super) variants: Vec<Variant>,
}

impl Setting {
    /// Whether something goes wrong, so that bytes may be sent twice.
    pub(super) fn troubled(&self) -> bool {
        ["--reset-every", "--stall-ms", "--busy"]
            .iter()
            .any(|trouble| self.path.contains(trouble))
    }
}

const SMALL: u64 = 64 * 1024;

/// The settings that have a selected variant.
pub(super) fn settings(options: &Options) -> Vec<Setting> {
    let (size, long) = (options.size * MIB, (options.size / 8).max(1) * MIB);
    let half = (options.size / 16).max(1) * MIB;
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
    let many = |path| format!("{} files of 64 KiB from disk over {path}", options.files);
    let mut all = vec![
        setting("loopback", one(size, "loopback"), "", (1, size), "raw-8x6"),
        setting(
            "long",
            one(long, far),
            "--answer-delay-ms 40 --bytes-per-second 12000000",
            (1, long),
            "raw-8x6",
        ),
        setting(
            "hosts",
            one(long, "the long path, by two host names of storage"),
            "--answer-delay-ms 40 --bytes-per-second 12000000 --two-hosts",
            (1, long),
            "raw-8x6",
        ),
        // Connections are added over a second or two: a short upload ends before they bring much.
        setting(
            "hosts-large",
            one(size, "the long path, by two host names of storage"),
            "--answer-delay-ms 40 --bytes-per-second 12000000 --two-hosts",
            (1, size),
            "raw-8x6",
        ),
        setting(
            "small",
            many("loopback"),
            "",
            (options.files, SMALL),
            "raw-put-x6",
        ),
        setting(
            "resets",
            many("the long path; one body of 200 is cut half-way, with its connection"),
            "--answer-delay-ms 40 --bytes-per-second 12000000 --reset-every 200",
            (options.files, SMALL),
            "ours",
        ),
        setting(
            "uplink",
            one(
                8 * MIB,
                "an uplink of 3 Mbit/s in all, 200 ms to each answer",
            ),
            "--answer-delay-ms 200 --uplink 375000",
            (1, 8 * MIB),
            "raw-8x6",
        ),
        setting(
            "stall",
            one(half, "the long path; the third body stands still for 20 s"),
            "--answer-delay-ms 40 --bytes-per-second 12000000 --stall-ms 20000",
            (1, half),
            "ours",
        ),
        setting(
            "busy",
            one(half, "the long path; the first two bodies are answered 503"),
            "--answer-delay-ms 40 --bytes-per-second 12000000 --busy 2",
            (1, half),
            "ours",
        ),
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
