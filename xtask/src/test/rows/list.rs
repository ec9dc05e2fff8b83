//! The rows that a full run must show, and those that the local AWS cannot show.

use std::ops::RangeInclusive;

/// Faults of client, network and storage; of the pipeline; of the records' API. There are no rows F80 to F82: the
/// gateway alone checks tokens.
const FAULTS: [RangeInclusive<u32>; 3] = [1..=44, 50..=75, 83..=88];
/// Abuses of tokens, of requests, of URLs, of other owners' data, of content and pipeline.
const ABUSES: [RangeInclusive<u32>; 5] = [1..=18, 20..=38, 40..=53, 60..=70, 80..=97];

/// What people's files and pages brought, and the tools that they load the package with.
const PAGES: RangeInclusive<u32> = 1..=18;
const TOOLS: RangeInclusive<u32> = 1..=6;
/// What hostile and hurt pages, servers and users do; what other stores and identity providers do.
const HOSTS: RangeInclusive<u32> = 1..=12;
const STORES: RangeInclusive<u32> = 1..=12;

/// A row whose fault occurs on AWS but not in the local AWS, what the local AWS lacks, the places of which one is enough
/// to show it instead (with `; ` between them), and how it is shown there.
pub(super) type Elsewhere = [&'static str; 4];

/// See `docs/LOCAL.md`.
const ELSEWHERE: &str = "
F01 | loopback loses nothing | Chromium, fault proxy | the fault proxy resets connections
F06 | no 503 SlowDown | Chromium, fault proxy | the fault proxy answers it
F08 | no 500 of storage | Chromium, fault proxy | the fault proxy answers it
F38 | completing takes milliseconds and does not fail after a 200 | unit; Chromium, fault proxy | the bucket of the adapter's tests and the fault proxy play both
F40 | lifecycle rules are stored, not executed | whole system | the tests abort the upload themselves, as the rule would
F51 | events come once and in order | whole system | the tests send events late, twice and swapped
F64 | DynamoDB does not throttle | unit; whole system | the fault proxy between function and DynamoDB throttles
F69 | functions have no concurrency limit | unit; whole system | messages that cannot be handled wait, as those of a throttled function do
F72 | a visibility timeout of less than six times the function's is taken | template | the template's test; a timeout shorter than the function's is refused by a rule
F86 | DynamoDB does not throttle | unit; whole system | the store of the handlers' tests, and the fault proxy, throttle
A02 | plain MiniStack looks at no algorithm | local-AWS rule; whole system | the rule tokens_name_an_rsa_algorithm
A06 | plain MiniStack takes the first of two keys of one id | local-AWS rule; whole system | the rule key_ids_name_one_key
A07 | plain MiniStack takes a token without exp | local-AWS rule; whole system | the rule tokens_expire
A16 | plain MiniStack takes heads of any length | local-AWS rule; whole system | the rule heads_have_a_limit
A17 | plain MiniStack reads over unknown extensions and characters | local-AWS rule; whole system | the rules tokens_demand_nothing_unknown and tokens_have_one_spelling
A36 | the local stage has no throttling: its limit for all callers together is not shown | unit; template; whole system | each owner's own limit on the running system; the stage's, far above it, in the template
A43 | plain MiniStack takes a body of unknown length | local-AWS rule; whole system | the rule bodies_have_a_length
A45 | plain MiniStack takes x-amz- headers that were not signed | local-AWS rule; whole system | the rule sent_headers_are_signed
A50 | plain MiniStack does not know s3:signatureAge | local-AWS rule; whole system | the rule policies_see_how_a_request_was_signed
A51 | all local traffic is plain HTTP | local-AWS rule; template; whole system | a request that says it is plain, the rule loopback_is_tls switched off, and the policies' text
A90 | by which permission the gateway calls a function is not checked | unit; template; whole system | a stranger's direct call and the handler's own refusal; the template's permissions
A94 | lifecycle rules and alarms are stored, not executed | template; whole system | the template's rule and alarm; the quota and the sweep on the running system
S01 | the local AWS states the checksum of every object | unit | stores that state none, in the engine's tests; measured on Ceph by `--only stores`
S02 | the local AWS has S3's own code for a mismatch only | unit | every store's code in the engine's tests; measured on Garage by `--only stores`
S04 | the local AWS calls an expired URL what S3 calls it | unit | every store's words in the engine's tests; measured on Garage and Ceph by `--only stores`
S07 | the local AWS lists the checksums of parts | Chromium | a store that lists none, in the browser crate's tests; measured on Ceph by `--only stores`
A96 | not a matter of AWS; advisories need a database from the network | unit | cargo deny on packages made for it; advisories in the public CI
";

/// The rows that the local AWS cannot show.
pub(super) fn elsewhere() -> Vec<Elsewhere> {
    let rows = ELSEWHERE.lines().map(|line| line.split(" | "));
    rows.filter_map(|cells| cells.collect::<Vec<_>>().try_into().ok())
        .collect()
}

/// Every row by its name, in order: `A01` to `F88`.
pub(super) fn all() -> Vec<String> {
    let of = |letter: char, ranges: &[RangeInclusive<u32>]| {
        let numbers = ranges.iter().cloned().flatten();
        numbers
            .map(|number| format!("{letter}{number:02}"))
            .collect::<Vec<String>>()
    };
    let (pages, tools) = (of('U', &[PAGES]), of('P', &[TOOLS]));
    let (hosts, stores) = (of('H', &[HOSTS]), of('S', &[STORES]));
    let lists = [
        of('A', &ABUSES),
        of('F', &FAULTS),
        pages,
        tools,
        hosts,
        stores,
    ];
    lists.concat()
}

#[cfg(test)]
mod tests {
    use super::{ELSEWHERE, all, elsewhere};
    use crate::test::counts::KINDS;

    #[test]
    fn the_lists_have_the_rows_that_they_should() {
        assert_eq!(
            all().len(),
            (18 + 19 + 14 + 11 + 18) + (44 + 26 + 6) + (18 + 6) + (12 + 12)
        );
        let places = KINDS.map(|(.., place)| place);
        let rows = elsewhere();
        assert_eq!(rows.len(), ELSEWHERE.trim().lines().count());
        for [row, _, shown, _] in rows {
            assert!(all().contains(&row.to_owned()), "{row}");
            let known = shown.split("; ").all(|at| places.contains(&at));
            assert!(known, "{row}: {shown}");
        }
    }
}
