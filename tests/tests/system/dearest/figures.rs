//! What calls cost, and the text of the page that says it.

use devkit::paths;

use super::units::Units;

/// Dollars a million, the list prices of us-east-1 that "What it costs" names.
const WRITE_UNITS: f64 = 0.625;
const READ_UNITS: f64 = 0.125;
const S3_WRITES: f64 = 5.0;
const S3_READS: f64 = 0.4;
const SQS: f64 = 0.4;
const GATEWAY: f64 = 1.0;
const LAMBDA: f64 = 0.2;
/// A function's time, 15 ms of 256 MB, and its log lines, 1 KB.
const RUNNING: f64 = 0.0625 + 0.5;
/// Dollars of a million KB sent to the internet: $0.09 a GB.
const SENT: f64 = 0.09;

/// One kind of call, as measured.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) tokens: u64,
    pub(super) units: Units,
    /// Calls of the API, and functions that run.
    pub(super) calls: usize,
    pub(super) functions: usize,
    /// KB of the answer, in fifties, for lists: other answers are small.
    pub(super) sent: usize,
}

impl Kind {
    fn dollars(&self) -> f64 {
        let of = |count: usize, price: f64| count as f64 * price;
        of(self.units.write, WRITE_UNITS)
            + of(self.units.half_reads, READ_UNITS / 2.0)
            + of(self.units.s3_write, S3_WRITES)
            + of(self.units.s3_read, S3_READS)
            + of(self.units.sqs, SQS)
            + of(self.calls, GATEWAY)
            + of(self.functions, LAMBDA + RUNNING)
            + of(self.sent, SENT)
    }

    fn row(&self) -> String {
        let Units {
            write,
            half_reads,
            s3_write,
            s3_read,
            ..
        } = self.units;
        let reads = half_reads as f64 / 2.0;
        let (name, tokens, sent) = (self.name, self.tokens, self.sent);
        let dollars = self.dollars();
        format!(
            "| {name} | {tokens} | {write} | {reads} | {s3_write} | {s3_read} | {sent} | ${dollars:.2} |\n"
        )
    }
}

/// The dearest of these for a token.
fn dearest<'a>(kinds: impl Iterator<Item = &'a Kind>) -> &'a Kind {
    let for_token = |kind: &Kind| kind.dollars() / kind.tokens.max(1) as f64;
    kinds
        .max_by(|a, b| for_token(a).total_cmp(&for_token(b)))
        .expect("a kind of call")
}

/// The section's text: what each kind costs, and the minute.
pub(super) fn report(uploads: &[Kind], reads: &[Kind], refused: &Kind) -> String {
    let template = std::fs::read_to_string(paths::root().join("template.yaml")).unwrap();
    let default = |name: &str| -> u64 {
        let (_, rest) = template
            .split_once(&format!("  {name}:\n"))
            .expect("the parameter");
        let (_, rest) = rest.split_once("Default: ").expect("its default");
        rest.lines()
            .next()
            .and_then(|text| text.parse().ok())
            .expect("a number")
    };
    // A minute at the rate, and a burst of twenty seconds of it.
    let tokens = |name: &str| default(name) * (60 + 20);
    let calls = default("ApiRateLimit") * 60 + default("ApiBurstLimit");
    let head = "| call | tokens | write units | read units | S3 PUT, POST, LIST | S3 GET, HEAD | KB sent | a million calls |\n\
                | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    let rows = uploads.iter().chain(reads).chain([refused]).map(Kind::row);
    let mut text = format!("{head}{}\n", rows.collect::<String>());
    let mut minute = String::new();
    let mut sum = 0.0;
    for (what, kind, times) in [
        (
            "uploads",
            dearest(uploads.iter()),
            tokens("MaxRequestsPerSecond"),
        ),
        ("reads", dearest(reads.iter()), tokens("MaxReadsPerSecond")),
        ("refused calls", refused, calls),
    ] {
        let times = times / kind.tokens.max(1);
        let Units {
            write,
            half_reads,
            s3_write,
            s3_read,
            ..
        } = kind.units;
        let all = |count: usize| count as u64 * times;
        let (write, reads) = (all(write), all(half_reads) / 2);
        let (s3_write, s3_read) = (all(s3_write), all(s3_read));
        let (gateway, lambda) = (all(kind.calls), all(kind.functions));
        let dollars = kind.dollars() * times as f64 / 1e6;
        sum += dollars;
        let name = kind.name;
        minute.push_str(&format!(
            "| {what}: {name} | {gateway} | {lambda} | {write} | {reads} | {s3_write} | {s3_read} | ${dollars:.2} |\n"
        ));
    }
    text.push_str(&format!(
        "| the dearest minute | calls | functions run | write units | read units | S3 PUT, POST, LIST | S3 GET, HEAD | dollars |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n{minute}| **together** | | | | | | | **${sum:.2}** |\n"
    ));
    text
}
