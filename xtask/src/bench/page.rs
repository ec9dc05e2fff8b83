//! `docs/BENCHMARKS.md` and `docs/BENCHMARKS-LOAD.md`: the comparison with other uploaders, as pages.

use std::fmt::Write;
use std::path::PathBuf;

use super::peers::Peer;
use super::report::{Sample, median_of, ratio};
use super::run::Row;
use crate::error::Error;
use crate::{files, package, paths};

const HEAD: &str = "# Benchmarks

Crowfly beside other uploaders and the least that a browser can do, on the same files, over the same path, in one run. The
table is printed by

```
cargo xtask bench --peers
```

and holds the rows in which another is better. All files come from disk. The server discards what it gets, and for each
client speaks what the client expects: presigned URLs of S3, the S3 API, or tus. An API that signs has a host name of its
own, as in a deployment. The server checks nothing, so that it takes little time from the browser, with which it shares the
computer. Clients take turns, each run in a fresh browser; each figure is the median of its runs. Everyone has its own
defaults but for what the table says; what a page does once, such as loading a client, is not counted.
";

const NOTES: &str = "
## How to read it

- **MB/s**: millions of bytes of files a second, until the client reports the end. **ratio**: to the row without one.
- **gap**: longest time for which the page's thread handled no message. **task**: longest task over 50 ms, 0 when there
  was none. Both in milliseconds.
- **memory**: peak of the page's process, MiB. **CPU**: seconds of all processes of the browser.
- **first byte**: milliseconds from the call to the first byte of a body at the server. **requests**: with preflights.
- `raw` is `XMLHttpRequest` and nothing else: no progress, no retry, no checksum, no presigning.
- `crowfly` computes CRC64NVME of every byte and keeps a journal; `crowfly, no checksum` has the journal alone. None of
  the others computes a checksum of the whole file; lib-storage sends a CRC32 of each part.
- tus sends to a server of its own protocol, which still has to bring the bytes to S3: that is not counted.
- better-upload sends everything at once unless told otherwise; `x6` is told to send six. It retries nothing unless told;
  here it retries three times. Evaporate has its default of five parts.
";

const LOAD_HEAD: &str = "# Benchmarks on a busy computer

As in [Benchmarks](BENCHMARKS.md), while one thread for each processor does nothing but work. In one run, printed by

```
cargo xtask bench --peers --load
```
";

/// Writes the page; `load`: that of a busy computer.
pub(super) fn write(rows: &[Row], peers: &[Peer], load: bool) -> Result<(), Error> {
    let (head, name) = match load {
        true => (LOAD_HEAD, "docs/BENCHMARKS-LOAD.md"),
        false => (HEAD, "docs/BENCHMARKS.md"),
    };
    let mut out = head.to_owned();
    let versions = rows.iter().map(|row| row.chromium.as_str());
    let chromium = versions.max().unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let runs = rows.iter().map(|row| row.samples.len()).max().unwrap_or(0);
    let _ = writeln!(
        out,
        "\nChromium {chromium}, {processors} processors, {runs} runs of each, {}.",
        today()
    );
    let mut settings: Vec<&str> = rows.iter().map(|row| row.setting.name).collect();
    settings.dedup();
    for name in settings {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.setting.name == name).collect();
        section(&mut out, &rows, peers);
    }
    if load {
        return files::write(&paths::root().join(name), out);
    }
    sizes(&mut out, peers)?;
    out.push_str(NOTES);
    let before = files::text(&file()).unwrap_or_default();
    files::write(&file(), out + parts(&before).1)
}

/// The last section, which another benchmark writes.
const RECORDINGS: &str = "\n## Recordings\n";

/// Writes that section anew, if there is a page.
pub(super) fn write_recordings(section: &str) -> Result<(), Error> {
    if !file().is_file() {
        return Ok(());
    }
    let before = files::text(&file())?;
    files::write(&file(), [parts(&before).0, RECORDINGS, section].concat())
}

/// The page before its last section, and that section.
fn parts(page: &str) -> (&str, &str) {
    let at = page.find(RECORDINGS).unwrap_or(page.len());
    page.split_at(at)
}

fn file() -> PathBuf {
    paths::root().join("docs/BENCHMARKS.md")
}

/// The date, as `2026-01-31`.
pub(super) fn today() -> String {
    let now = devkit::time::rfc3339(devkit::time::unix());
    now.split('T').next().unwrap_or_default().to_owned()
}

/// Heading, name in the samples, decimal places.
const COLUMNS: [(&str, &str, usize); 8] = [
    ("MB/s", "mbPerSecond", 1),
    ("gap", "gapMs", 0),
    ("task", "longTaskMs", 0),
    ("memory", "rendererMib", 0),
    ("CPU", "cpuSeconds", 1),
    ("first byte", "firstByteMs", 0),
    ("requests", "requests", 0),
    ("failed", "", 0),
];

fn section(out: &mut String, rows: &[&Row], peers: &[Peer]) {
    let Some(first) = rows.first() else { return };
    let says = &first.setting.says;
    let mut letters = says.chars();
    let start: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let _ = writeln!(out, "\n## {start}{}\n", letters.as_str());
    let headings = COLUMNS.map(|(heading, ..)| heading);
    let _ = writeln!(out, "| | ratio | {} |", headings.join(" | "));
    let _ = writeln!(out, "| --- | {} |", ["---:"; 9].join(" | "));
    for row in rows {
        let name = name(row.variant, peers);
        let Some(sample) = median_of(&row.samples) else {
            let _ = writeln!(out, "| {name} | fails |{}", " |".repeat(COLUMNS.len()));
            continue;
        };
        let share = match ratio(row, rows.iter().copied()) {
            _ if row.variant == row.setting.yardstick => String::new(),
            Some(ratio) => format!("{ratio:.2}"),
            None => "-".to_owned(),
        };
        let cells = COLUMNS.map(|column| cell(column, &sample, row));
        let _ = writeln!(out, "| {name} | {share} | {} |", cells.join(" | "));
    }
}

fn cell((_, name, digits): (&str, &str, usize), sample: &Sample, row: &Row) -> String {
    match sample.get(name) {
        Some(known) if !known.is_nan() => format!("{known:.digits$}"),
        Some(_) => "-".to_owned(),
        None => match row.failures.len() {
            0 => String::new(),
            failed => format!("{failed} of {}", failed + row.samples.len()),
        },
    }
}

/// What a reader calls a variant.
fn name(variant: &str, peers: &[Peer]) -> String {
    let at_once = variant.ends_with("-x6").then_some(", six at once");
    if let Some(peer) = peers.iter().find(|peer| peer.is(variant)) {
        return format!("{}{}", peer.packages, at_once.unwrap_or_default());
    }
    match variant {
        "ours" => "**crowfly**".to_owned(),
        "ours-none" => "crowfly, no checksum".to_owned(),
        "raw-put" => "raw, one request".to_owned(),
        "raw-put-x6" => "raw, six requests at once".to_owned(),
        "raw-11x12" => "raw, twelve parts of 11 MiB at once, by two host names".to_owned(),
        "raw-8x6" => "raw, six parts of 8 MiB at once".to_owned(),
        other => other.to_owned(),
    }
}

fn sizes(out: &mut String, peers: &[Peer]) -> Result<(), Error> {
    let mut rows = vec![("crowfly, all that it loads".to_owned(), package::in_all()?)];
    rows.extend(peers.iter().map(|peer| (peer.packages.clone(), peer.gzip)));
    rows.sort_by_key(|(_, gzip)| *gzip);
    out.push_str(
        "\n## Size\n\nThe smallest program that sends these files, as esbuild makes it, after `gzip -9`.\n\n\
         | | kB |\n| --- | ---: |\n",
    );
    for (name, gzip) in rows {
        let tenths = gzip.div_ceil(100);
        let _ = writeln!(out, "| {name} | {}.{} |", tenths / 10, tenths % 10);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{RECORDINGS, parts};

    #[test]
    fn the_section_of_recordings_is_the_last() {
        let page = ["# Benchmarks\n\n## Size\n", RECORDINGS, "\nText.\n"].concat();
        let (before, after) = parts(&page);
        assert_eq!(before, "# Benchmarks\n\n## Size\n");
        assert_eq!(after, "\n## Recordings\n\nText.\n");
        assert_eq!(parts(before), (before, ""));
    }
}
