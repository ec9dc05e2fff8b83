use std::collections::HashSet;

use serde_json::{Value, json};

use super::request::Asked;
use super::rule::{Fault, Matcher, Rule};

/// The active rules, and how many requests each has matched and injected its fault into.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) seed: u64,
    next: u64,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    rule: Rule,
    met: u64,
    fired: u64,
    /// Path and part of those that it fired at, if once each.
    seen: HashSet<(String, Option<u32>)>,
}

/// What to inject into one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Injection {
    /// Milliseconds before the answer, summed over all rules.
    pub(super) delay_ms: u64,
    /// The lowest bandwidth of all rules.
    pub(super) bytes_per_second: Option<u64>,
    /// End the connection after the answer.
    pub(super) close: bool,
    /// The one fault, and the random number that decides what its rule leaves open.
    pub(super) fault: Option<(Fault, u64)>,
    /// Names of all faults, for the log.
    pub(super) names: Vec<String>,
}

impl Rules {
    /// No rules. The seed decides every random choice: the n-th request that matches a rule gets the same
    /// outcome in each run, in whatever order the requests of other rules come.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            next: 0,
            entries: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, rule: Rule) -> u64 {
        let number = self.next;
        self.next += 1;
        self.entries.push(Entry {
            number,
            rule,
            met: 0,
            fired: 0,
            seen: HashSet::new(),
        });
        number
    }

    /// Removes all rules. Numbers start again, and with them the random choices.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.next = 0;
    }

    /// The rules with their counts.
    pub(super) fn list(&self) -> Value {
        let entry = |entry: &Entry| {
            json!({
                "rule": entry.number, "met": entry.met, "fired": entry.fired,
                "fault": entry.rule.fault.name(),
            })
        };
        self.entries.iter().map(entry).collect()
    }

    /// What to inject into this request; counts it.
    pub(super) fn injection_for(&mut self, asked: &Asked) -> Injection {
        let mut injection = Injection::default();
        for entry in &mut self.entries {
            let shapes = entry.rule.fault.shapes();
            if (injection.fault.is_some() && !shapes) || !meets(&entry.rule.matcher, asked) {
                continue;
            }
            entry.met += 1;
            let draw = mix(mix(self.seed ^ mix(entry.number + 1)) ^ entry.met);
            let once = entry.rule.matcher.each_once;
            if !entry.due(draw) || (once && !entry.seen.insert((asked.path.clone(), asked.part))) {
                continue;
            }
            entry.fired += 1;
            injection.take(&entry.rule.fault, mix(draw));
        }
        injection
    }
}

impl Entry {
    fn due(&self, draw: u64) -> bool {
        let matcher = &self.rule.matcher;
        let times = matcher.times.unwrap_or(match matcher.probability {
            Some(_) => u64::MAX,
            None => 1,
        });
        // 53 bits: the precision of an `f64`.
        let chance = (draw >> 11) as f64 / (1u64 << 53) as f64;
        self.met > matcher.skip
            && self.fired < times
            && matcher.probability.is_none_or(|wanted| chance < wanted)
    }
}

impl Injection {
    fn take(&mut self, fault: &Fault, draw: u64) {
        self.names.push(fault.name());
        match fault {
            Fault::Delay { ms } => self.delay_ms += ms,
            Fault::Bandwidth { bytes_per_second } => {
                let slowest = self.bytes_per_second.unwrap_or(u64::MAX);
                self.bytes_per_second = Some(slowest.min(*bytes_per_second));
            }
            Fault::Close {} => self.close = true,
            other => self.fault = Some((other.clone(), draw)),
        }
    }
}

fn meets(matcher: &Matcher, asked: &Asked) -> bool {
    let method = match matcher.method.as_deref() {
        None => asked.method != "OPTIONS",
        Some("*") => true,
        Some(method) => method.eq_ignore_ascii_case(&asked.method),
    };
    let is =
        |wanted: &Option<String>, holds: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(holds);
    method
        && is(&matcher.host, &|host| host == asked.host)
        && is(&matcher.path_contains, &|piece| asked.path.contains(piece))
        && is(&matcher.target, &|piece| asked.target.contains(piece))
        && is(&matcher.query, &|wanted| {
            asked.query.split('&').any(|parameter| parameter == wanted)
        })
}

/// SplitMix64's finaliser (Steele, Lea, Flood: <https://doi.org/10.1145/2714064.2660195>).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
