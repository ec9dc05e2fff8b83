//! Least privilege, tested by removal: without any one action of a role, a whole-system test fails.

mod policy;
mod table;

use std::collections::BTreeSet;

use devkit::random::words;
use devkit::time::unix;

use super::counts::{Counts, Kind};
use super::system;
use crate::error::Error;
use crate::local::Aws;
use crate::step;
use policy::Policy;
use table::{Right, UNENFORCED, rights};

/// Fewest permissions that a test run tries.
const FEWEST: usize = 3;

/// The step of the test run: a tenth of the permissions, a different one each time.
pub(super) fn tenth(counts: &mut Counts) -> Result<(), Error> {
    let seed = unix();
    step::say(&format!("     rights tried from seed {seed}"));
    let count = FEWEST.max(rights().len().div_ceil(10));
    tried(counts, &chosen(seed, count))
}

/// The long form: all permissions.
pub(super) fn all() -> Result<(), Error> {
    tried(&mut Counts::default(), &rights())
}

/// Removes each permission in turn and runs the test that should then fail. At the end, with all permissions
/// restored, each of these tests must pass.
fn tried(counts: &mut Counts, rights: &[Right]) -> Result<(), Error> {
    system::with(|running| {
        let aws = &running.suite.server.aws;
        let deployed = policy::deployed(aws)?;
        let binary = running.tests()?;
        let mut faults = incomplete(&deployed);
        for right in rights {
            let [function, sid, action, test] = right;
            let what = format!("{function} without {action} ({sid})");
            let missed = step::step(&what, || {
                without(aws, &deployed, right, || binary.one(test, &running.env))
            });
            let (missed, outcome) = match missed {
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => (false, error.to_string()),
                Ok(true) => (true, format!("{test} fails, as it should")),
                Ok(false) => (false, format!("{test} passes all the same")),
            };
            step::say(&format!("     {outcome}"));
            counts.add(Kind::Rights, missed.into(), (!missed).into());
            if !missed {
                faults.push(format!("{what}: {outcome}"));
            }
        }
        let tests: BTreeSet<&str> = rights.iter().map(|[.., test]| *test).collect();
        for test in tests {
            let what = format!("{test}, with every right");
            let result = step::step(&what, || binary.one(test, &running.env));
            let good = result.is_ok();
            counts.add(Kind::Rights, good.into(), (!good).into());
            match result {
                Ok(()) => {}
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => faults.push(format!("{what}: {error}")),
            }
        }
        print();
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Error::failed(faults.join("\n    "))),
        }
    })
}

/// Runs `test` while no role has the permission; returns whether it failed. The permission is restored afterwards.
fn without(
    aws: &Aws,
    deployed: &[Policy],
    [function, sid, action, _]: &Right,
    test: impl FnOnce() -> Result<(), Error>,
) -> Result<bool, Error> {
    let has = |policy: &&Policy| {
        let pair = ((*sid).to_owned(), (*action).to_owned());
        policy.name == *function && policy.actions().contains(&pair)
    };
    let policies: Vec<&Policy> = deployed.iter().filter(has).collect();
    if policies.is_empty() {
        let text = format!("no deployed role of {function} has {action} in {sid}");
        return Err(Error::failed(text));
    }
    for policy in &policies {
        policy.without(sid, action).put(aws)?;
    }
    // The local AWS reads policies at each request, so a change applies at once.
    let result = test();
    for policy in &policies {
        policy.put(aws)?;
    }
    match result {
        Ok(()) => Ok(false),
        Err(Error::Command { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Deployed actions that are in neither list, and listed actions that are not deployed; both must be none.
fn incomplete(deployed: &[Policy]) -> Vec<String> {
    let mut faults = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for policy in deployed {
        for (sid, action) in policy.actions() {
            let own: [&str; 3] = [&policy.name, &sid, &action];
            let tried = rights().iter().any(|[rest @ .., _]| *rest == own);
            let explained = UNENFORCED.iter().any(|[function, rest @ .., _]| {
                ["*", &policy.name].contains(function) && *rest == [&sid, &action]
            });
            if !tried && !explained {
                let may = format!("{} may {action} ({sid})", policy.name);
                faults.insert(format!("{may}, and no test is named that fails without it"));
            }
            seen.insert((policy.name.clone(), sid, action));
        }
    }
    for right in rights() {
        let [function, sid, action, _] = right;
        if !seen.contains(&(function.to_owned(), sid.to_owned(), action.to_owned())) {
            let text = format!("no deployed role of {function} has {action} ({sid})");
            faults.insert(text);
        }
    }
    faults.into_iter().collect()
}

fn print() {
    let line = |[function, sid, action]: [&str; 3], shown: &str| {
        step::say(&format!("{function:<10}{sid:<15}{action:<30}{shown}"));
    };
    step::say("");
    line(["function", "statement", "action"], "shown by");
    for [function, sid, action, test] in rights() {
        line([function, sid, action], &format!("{test} fails without it"));
    }
    for [function, sid, action, reason] in UNENFORCED {
        let shown = format!("the template's test only: {reason}");
        line([function, sid, action], &shown);
    }
    step::say("");
}

/// This many permissions, drawn by the seed.
fn chosen(seed: u64, count: usize) -> Vec<Right> {
    let mut left = rights();
    let draw = |word: [u8; 8]| {
        let place = u64::from_le_bytes(word).checked_rem(left.len() as u64)?;
        Some(left.swap_remove(place as usize))
    };
    words(seed).map_while(draw).take(count).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::policy::Policy;
    use super::{UNENFORCED, chosen, incomplete, rights};

    /// Policies with exactly the actions of the lists.
    fn deployed() -> Vec<Policy> {
        let functions: BTreeSet<&str> = rights().iter().map(|[function, ..]| *function).collect();
        let of = |function: &str| {
            let own = rights().into_iter().filter(|[of, ..]| *of == function);
            let own = own.map(|[_, sid, action, _]| json!({"Sid": sid, "Action": action}));
            let logs = json!({"Sid": "Logs", "Action": ["logs:PutLogEvents"]});
            let statements: Vec<_> = own.chain([logs]).collect();
            Policy {
                role: format!("crowfly-{function}"),
                name: function.to_owned(),
                document: json!({"Statement": statements}),
            }
        };
        functions.into_iter().map(of).collect()
    }

    #[test]
    fn an_action_that_no_list_names_is_found() {
        let mut policies = deployed();
        assert!(incomplete(&policies).is_empty());
        policies[0].document["Statement"][0]["Action"] = json!("s3:DeleteObject");
        let text = incomplete(&policies).join("; ");
        assert!(text.contains("may s3:DeleteObject"), "{text}");
        assert!(text.contains("no deployed role of"), "{text}");
    }

    #[test]
    fn a_seed_draws_different_rights_and_the_same_again() {
        assert_eq!(chosen(7, 5), chosen(7, 5));
        assert_ne!(chosen(7, 5), chosen(8, 5));
        assert_eq!(chosen(7, 1_000).len(), rights().len());
        assert!(UNENFORCED.iter().all(|[.., reason]| !reason.is_empty()));
    }
}
