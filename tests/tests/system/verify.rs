//! `cargo xtask verify`, which is made for a stack on AWS, against stacks of the local AWS.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use devkit::env::{self, Env};
use e2e::aws::Aws;
use e2e::issuer::token_of;
use e2e::secrets::Search;
use serde_json::json;

/// The checks that the local AWS cannot answer, or that take minutes.
const SKIPPED: [&str; 4] = ["overwrite-operator", "expired", "tls", "tls-old"];

/// The Python of `xtask/python/verify.txt`: `CROWFLY_VERIFY`, or where `cargo xtask setup` puts it.
fn python() -> PathBuf {
    std::env::var_os("CROWFLY_VERIFY").map_or_else(
        || devkit::paths::root().join("target/tools/venv-verify/bin/python"),
        PathBuf::from,
    )
}

/// Runs the program with these arguments, and with a token where the stack has another issuer.
fn verify(arguments: &[&str], token: &str) -> Output {
    Command::new(python())
        .args(["-m", "verify"])
        .args(arguments)
        .current_dir(devkit::paths::root())
        .env("PYTHONPATH", "xtask")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("CROWFLY_TOKEN", token)
        // Isolated from the developer's own configuration.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_ENDPOINT_URL")
        .output()
        .expect("Python starts")
}

/// Runs it against a stack of the system under test; returns what it printed, and whether it succeeded.
#[track_caller]
fn verify_stack(stack: &str, arguments: &[&str], token: &str) -> (String, bool) {
    let file = std::env::var(env::VARIABLE).expect("the system under test is described");
    let place = ["--env", &file, "--stack", stack];
    let done = verify(&[&place, arguments].concat(), token);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let printed = text(&done.stdout) + &text(&done.stderr);
    let mut search = Search::default();
    search.know("the token", token);
    assert_eq!(search.hits("verify", &printed), [], "a secret is printed");
    (printed, done.status.success())
}

/// The ids of the rows whose last cell has something, which is not as expected.
fn ids<'a>(printed: &'a str, with: impl Fn(&str) -> bool) -> BTreeSet<&'a str> {
    let rows = printed.lines().skip_while(|line| !line.starts_with("---"));
    let cells = rows.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let rows = cells.filter(|cells| cells.len() == 3 && !cells[0].is_empty());
    let rows = rows.filter(|cells| with(cells[2]));
    rows.map(|cells| cells[0]).collect()
}

/// How many rows a table of `main` had, of a user of whom no upload is left.
fn rows_named(name: &str) -> usize {
    let stack = Env::stack("main");
    let scan = json!({"TableName": stack.table, "FilterExpression": "#n = :n",
        "ExpressionAttributeNames": {"#n": "name"}, "ExpressionAttributeValues": {":n": {"S": name}}});
    let found = Aws::new(stack).call("dynamodb", "DynamoDB_20120810.Scan", &scan);
    found["Items"].as_array().map_or(0, Vec::len)
}

#[test]
fn d3_the_local_aws_answers_every_check_as_the_checks_say() {
    let (printed, succeeded) = verify_stack("main", &[], "");
    assert!(succeeded, "{printed}");
    let skipped = ids(&printed, |cell| cell.starts_with("skipped: "));
    assert_eq!(skipped, BTreeSet::from(SKIPPED), "{printed}");
    let summary = printed.lines().last().unwrap_or_default();
    let expected = format!(" as expected, 0 otherwise, {} skipped", SKIPPED.len());
    let (count, rest) = summary.split_once(' ').unwrap_or_default();
    assert_eq!(format!(" {rest}"), expected, "{printed}");
    assert!(count.parse::<u32>().is_ok_and(|count| count > 75), "{summary}");
    assert!(printed.contains("all of it is removed"), "{printed}");

    // It says so, and it is so.
    let stack = Env::stack("main");
    let pool = stack.issuer.rsplit('/').next().unwrap_or_default();
    let target = "AWSCognitoIdentityProviderService.ListUsers";
    let body = json!({"UserPoolId": pool, "Filter": "username ^= \"verify-\""});
    let users = Aws::new(stack).call("cognito-idp", target, &body);
    assert_eq!(users["Users"], json!([]));
    assert_eq!((rows_named("verify.txt"), rows_named("parts.bin")), (0, 0));
}

/// A stack whose records have more fields, and whose tokens come from another issuer.
#[test]
fn d3_what_is_otherwise_is_said_and_fails() {
    let token = token_of("verify");
    let (printed, succeeded) = verify_stack("scan", &["--only", "record"], &token);
    assert!(!succeeded, "{printed}");
    let otherwise = ids(&printed, |cell| !cell.is_empty());
    assert_eq!(otherwise, BTreeSet::from(["record"]), "{printed}");
    assert!(printed.contains("scan"), "{printed}");
    assert!(printed.ends_with("0 as expected, 1 otherwise, 0 skipped\n"));

    let (printed, succeeded) = verify_stack("oidc", &["--only", "token-"], &token);
    assert!(succeeded, "{printed}");
    let skipped = ids(&printed, |cell| cell.starts_with("skipped: "));
    assert_eq!(skipped, BTreeSet::from(["token-id", "token-other-user"]));
    // Without a token it says where one is to be put.
    let (printed, succeeded) = verify_stack("oidc", &["--only", "token-"], "");
    assert!(!succeeded && printed.contains("CROWFLY_TOKEN"), "{printed}");
}

/// Each check that docs/LOCAL.md names is there, and the manual leaves none out.
#[test]
fn d3_the_manual_names_the_checks() {
    let listed = String::from_utf8(verify(&["--list"], "").stdout).expect("text");
    let known: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    assert!(known.len() > 75, "{listed}");
    let manual = std::fs::read_to_string(devkit::paths::root().join("docs/LOCAL.md"));
    let manual = manual.expect("the manual");
    let (_, section) = manual
        .split_once("\n## What only a real account can show\n")
        .expect("the section");
    let named = section.split('`').skip(1).step_by(2);
    let named: Vec<&str> = named.collect();
    for id in &known {
        let family = |name: &&str| {
            let start = name.strip_suffix('*');
            start.map_or(name == id, |start| id.starts_with(start))
        };
        assert!(named.iter().any(family), "docs/LOCAL.md does not name {id}");
    }
    let table = section.lines().filter(|line| line.starts_with("| `"));
    for name in table.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`')) {
        let name = name.trim_matches([' ', ',']);
        let found = match name.strip_suffix('*') {
            Some(start) => known.iter().any(|id| id.starts_with(start)),
            None => name.is_empty() || known.contains(name),
        };
        assert!(found, "there is no check {name}");
    }
}
