//! The rows that a full run must show, and those that the local AWS cannot show.

use std::ops::RangeInclusive;

use crate::test::counts::Kind;

/// Faults of client, network and storage; of the pipeline; of the records' API. There are no rows F80 to F82: the
/// gateway alone checks tokens.
const FAULTS: [RangeInclusive<u32>; 3] = [1..=44, 50..=75, 83..=88];
/// Abuses of tokens, of requests, of URLs, of other owners' data, of content and pipeline.
const ABUSES: [RangeInclusive<u32>; 5] = [1..=18, 20..=38, 40..=53, 60..=70, 80..=97];

/// A row whose fault occurs on AWS but not in the local AWS, why, and what shows it instead.
pub(super) struct Elsewhere {
    /// The row.
    pub(super) row: &'static str,
    /// What the local AWS lacks.
    pub(super) reason: &'static str,
    /// The kinds of tests that show it.
    pub(super) shown: &'static [Kind],
    /// How they show it.
    pub(super) by: &'static str,
}

/// See `docs/LOCAL.md`.
pub(super) const ELSEWHERE: &[Elsewhere] = &[
    Elsewhere {
        row: "F01",
        reason: "loopback loses nothing",
        shown: &[Kind::Faults],
        by: "the fault proxy resets connections",
    },
    Elsewhere {
        row: "F06",
        reason: "no 503 SlowDown",
        shown: &[Kind::Faults],
        by: "the fault proxy answers it",
    },
    Elsewhere {
        row: "F08",
        reason: "no 500 of storage",
        shown: &[Kind::Faults],
        by: "the fault proxy answers it",
    },
    Elsewhere {
        row: "F38",
        reason: "completing takes milliseconds and does not fail after a 200",
        shown: &[Kind::Native, Kind::Faults],
        by: "the bucket of the adapter's tests and the fault proxy play both",
    },
    Elsewhere {
        row: "F40",
        reason: "lifecycle rules are stored, not executed",
        shown: &[Kind::System],
        by: "the tests abort the upload themselves, as the rule would",
    },
    Elsewhere {
        row: "F51",
        reason: "events come once and in order",
        shown: &[Kind::System],
        by: "the tests send events late, twice and swapped",
    },
    Elsewhere {
        row: "F64",
        reason: "DynamoDB does not throttle",
        shown: &[Kind::Native, Kind::System],
        by: "the fault proxy between function and DynamoDB throttles",
    },
    Elsewhere {
        row: "F69",
        reason: "functions have no concurrency limit",
        shown: &[Kind::Native, Kind::System],
        by: "messages that cannot be handled wait, as those of a throttled function do",
    },
    Elsewhere {
        row: "F72",
        reason: "a visibility timeout of less than six times the function's is taken",
        shown: &[Kind::Template],
        by: "the template's test; a timeout shorter than the function's is refused by a rule",
    },
    Elsewhere {
        row: "F86",
        reason: "DynamoDB does not throttle",
        shown: &[Kind::Native, Kind::System],
        by: "the store of the handlers' tests, and the fault proxy, throttle",
    },
    Elsewhere {
        row: "A02",
        reason: "plain MiniStack looks at no algorithm",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule tokens_name_an_rsa_algorithm",
    },
    Elsewhere {
        row: "A06",
        reason: "plain MiniStack takes the first of two keys of one id",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule key_ids_name_one_key",
    },
    Elsewhere {
        row: "A07",
        reason: "plain MiniStack takes a token without exp",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule tokens_expire",
    },
    Elsewhere {
        row: "A16",
        reason: "plain MiniStack takes heads of any length",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule heads_have_a_limit",
    },
    Elsewhere {
        row: "A17",
        reason: "plain MiniStack reads over unknown extensions and characters",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rules tokens_demand_nothing_unknown and tokens_have_one_spelling",
    },
    Elsewhere {
        row: "A36",
        reason: "the local stage has no throttling: its limit for all callers together is not shown",
        shown: &[Kind::Native, Kind::Template, Kind::System],
        by: "each owner's own limit on the running system; the stage's, far above it, in the template",
    },
    Elsewhere {
        row: "A43",
        reason: "plain MiniStack takes a body of unknown length",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule bodies_have_a_length",
    },
    Elsewhere {
        row: "A45",
        reason: "plain MiniStack takes x-amz- headers that were not signed",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule sent_headers_are_signed",
    },
    Elsewhere {
        row: "A50",
        reason: "plain MiniStack does not know s3:signatureAge",
        shown: &[Kind::LocalAws, Kind::System],
        by: "the rule policies_see_how_a_request_was_signed",
    },
    Elsewhere {
        row: "A51",
        reason: "all local traffic is plain HTTP",
        shown: &[Kind::LocalAws, Kind::Template, Kind::System],
        by: "a request that says it is plain, the rule loopback_is_tls switched off, and the policies' text",
    },
    Elsewhere {
        row: "A90",
        reason: "by which permission the gateway calls a function is not checked",
        shown: &[Kind::Native, Kind::Template, Kind::System],
        by: "a stranger's direct call and the handler's own refusal; the template's permissions",
    },
    Elsewhere {
        row: "A94",
        reason: "lifecycle rules and alarms are stored, not executed",
        shown: &[Kind::Template, Kind::System],
        by: "the template's rule and alarm; the quota and the sweep on the running system",
    },
    Elsewhere {
        row: "A96",
        reason: "not a matter of AWS; advisories need a database from the network",
        shown: &[Kind::Native],
        by: "cargo deny on packages made for it; advisories in the public CI",
    },
];

/// Every row by its name, in order: `A01` to `F88`.
pub(super) fn all() -> Vec<String> {
    let of = |letter: char, ranges: &[RangeInclusive<u32>]| {
        let numbers = ranges.iter().cloned().flatten();
        numbers
            .map(|number| format!("{letter}{number:02}"))
            .collect::<Vec<String>>()
    };
    [of('A', &ABUSES), of('F', &FAULTS)].concat()
}

#[cfg(test)]
mod tests {
    use super::{ELSEWHERE, all};

    #[test]
    fn the_lists_have_the_rows_that_they_should() {
        assert_eq!(all().len(), (18 + 19 + 14 + 11 + 18) + (44 + 26 + 6));
        for row in ELSEWHERE {
            assert!(all().contains(&row.row.to_owned()), "{}", row.row);
            assert!(!row.shown.is_empty());
        }
    }
}
