//! `cargo xtask verify`, which is made for a stack on AWS, against stacks of the local AWS.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use devkit::env::{self, Env, Stack};
use devkit::random::random_hex;
use e2e::aws::Aws;
use e2e::issuer::token_of;
use e2e::secrets::Search;
use serde_json::json;

/// The checks that the local AWS cannot answer, or that take minutes.
const SKIPPED: [&str; 3] = ["expired", "tls", "tls-old"];

/// The Python of `xtask/python/verify.txt`: `CROWFLY_VERIFY`, or where `cargo xtask setup` puts it.
fn python() -> PathBuf {
    std::env::var_os("CROWFLY_VERIFY").map_or_else(
        || devkit::paths::root().join("target/tools/venv-verify/bin/python"),
        PathBuf::from,
    )
}

/// A program's output as text, and whether it succeeded.
type Printed = (String, bool);

/// Runs the program with these arguments and variables.
#[track_caller]
fn verify(arguments: &[&str], variables: &[(&str, &str)]) -> Printed {
    let done = Command::new(python())
        .args(["-m", "verify"])
        .args(arguments)
        .current_dir(devkit::paths::root())
        .env("PYTHONPATH", "xtask")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Isolated from the developer's own configuration.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_ENDPOINT_URL")
        .env_remove("CROWFLY_TOKEN")
        .envs(variables.iter().copied())
        .output()
        .expect("Python starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let printed = text(&done.stdout) + &text(&done.stderr);
    let mut search = Search::default();
    for (name, value) in variables {
        // An access key's id is no secret.
        if *name != "AWS_ACCESS_KEY_ID" {
            search.know("a credential", value);
        }
    }
    assert_eq!(search.hits("verify", &printed), [], "a secret is printed");
    (printed, done.status.success())
}

/// Runs some checks against a stack that the env file describes, with a token of its issuer.
#[track_caller]
fn verify_some(stack: &str, only: &str, token: &str) -> Printed {
    let file = std::env::var(env::VARIABLE).expect("the system under test is described");
    let arguments = ["--env", &file, "--stack", stack, "--only", only];
    verify(&arguments, &[("CROWFLY_TOKEN", token)])
}

/// The rights that docs/OPERATIONS.md lists, of a user who has no others.
fn operator(stack: &Stack) -> Aws {
    let guide = std::fs::read_to_string(devkit::paths::root().join("docs/OPERATIONS.md"))
        .expect("the guide");
    let (_, table) = guide
        .split_once("| for | rights |\n| --- | --- |\n")
        .expect("the rights");
    let queue = stack.dlq.rsplit('/').next().unwrap_or_default();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let rights: Vec<(String, Vec<String>)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let (what, _) = cells[1].split_once(" (").unwrap_or((cells[1], ""));
            let on = match what {
                "the stack" => format!("arn:aws:cloudformation:*:*:stack/{}/*", stack.name()),
                "the user pool" => format!("arn:aws:cognito-idp:*:*:userpool/{}", pool(stack)),
                "the bucket" => format!("arn:aws:s3:::{}", stack.bucket),
                "its objects" => format!("arn:aws:s3:::{}/uploads/*", stack.bucket),
                "the table" => format!("arn:aws:dynamodb:*:*:table/{}", stack.table),
                "the dead-letter queue" => format!("arn:aws:sqs:*:*:{queue}"),
                other => panic!("what is {other}?"),
            };
            let actions = cells[2].replace('`', "");
            (on, actions.split(' ').map(str::to_owned).collect())
        })
        .collect();
    let actions: Vec<Vec<&str>> = rights
        .iter()
        .map(|(_, actions)| actions.iter().map(String::as_str).collect())
        .collect();
    let named: Vec<(&str, &[&str])> = rights
        .iter()
        .zip(&actions)
        .map(|((on, _), actions)| (on.as_str(), actions.as_slice()))
        .collect();
    Aws::new(stack).user_with(&format!("verify-{}", random_hex(6)), &named)
}

fn pool(stack: &Stack) -> &str {
    stack.issuer.rsplit('/').next().unwrap_or_default()
}

/// The ids of the rows whose last cell has something, which is not as expected.
fn ids(printed: &str, with: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let rows = printed.lines().skip_while(|line| !line.starts_with("---"));
    let cells = rows.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let rows = cells.filter(|cells| cells.len() == 3 && !cells[0].is_empty());
    let rows = rows.filter(|cells| with(cells[2]));
    rows.map(|cells| cells[0]).collect()
}

/// How many uploads of this name the table has.
fn uploads_named(stack: &Stack, name: &str) -> usize {
    let scan = json!({"TableName": stack.table, "FilterExpression": "#n = :n",
        "ExpressionAttributeNames": {"#n": "name"}, "ExpressionAttributeValues": {":n": {"S": name}}});
    let found = Aws::new(stack).call("dynamodb", "DynamoDB_20120810.Scan", &scan);
    found["Items"].as_array().map_or(0, Vec::len)
}

/// As an operator on AWS would run it: with a key in the environment, and the rights of the manual.
#[test]
fn the_local_aws_answers_every_check_as_verify_expects() {
    let stack = Env::stack("main");
    let operator = operator(stack);
    let (key, secret) = operator.keys();
    let place = ["--stack", stack.name(), "--region", &stack.region];
    let (printed, succeeded) = verify(
        &[&place[..], &["--endpoint-url", &stack.s3]].concat(),
        &[
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", secret),
        ],
    );
    assert!(succeeded, "{printed}");
    let skipped = ids(&printed, |cell| cell.starts_with("skipped: "));
    assert_eq!(skipped, BTreeSet::from(SKIPPED), "{printed}");
    assert_eq!(ids(&printed, |cell| !cell.is_empty()), skipped, "{printed}");
    let summary = printed.lines().last().unwrap_or_default();
    let (count, rest) = summary.split_once(' ').unwrap_or_default();
    let skipped = format!("as expected, 0 otherwise, {} skipped", SKIPPED.len());
    assert_eq!(rest, skipped, "{printed}");
    let enough = count.parse::<u32>().is_ok_and(|count| count > 80);
    assert!(enough, "{summary}");
    assert!(printed.contains("all of it is removed"), "{printed}");

    // It says so, and it is so.
    let target = "AWSCognitoIdentityProviderService.ListUsers";
    let body = json!({"UserPoolId": pool(stack), "Filter": "username ^= \"verify-\""});
    let users = Aws::new(stack).call("cognito-idp", target, &body);
    assert_eq!(users["Users"], json!([]));
    for name in ["verify.txt", "parts.bin", "size.bin"] {
        assert_eq!(uploads_named(stack, name), 0, "{name}");
    }
}

/// A stack whose records have more fields, and whose tokens come from another issuer.
#[test]
fn what_is_otherwise_is_said_and_fails() {
    let token = token_of("verify");
    let (printed, succeeded) = verify_some("scan", "record", &token);
    assert!(!succeeded, "{printed}");
    let otherwise = ids(&printed, |cell| !cell.is_empty());
    assert_eq!(otherwise, BTreeSet::from(["record"]), "{printed}");
    assert!(printed.contains("all of it is removed"), "{printed}");
    assert!(printed.ends_with("0 as expected, 1 otherwise, 0 skipped\n"));

    // Names have the stack's own suffix, and events take the other route.
    let (printed, succeeded) = verify_some("webm", "name-", &token);
    assert!(succeeded, "{printed}");

    // Another issuer's tokens: what needs a second user, or the pool, is left out.
    let (printed, succeeded) = verify_some("oidc", "token-", &token);
    assert!(succeeded, "{printed}");
    let skipped = ids(&printed, |cell| cell.starts_with("skipped: "));
    assert_eq!(skipped, BTreeSet::from(["token-id", "token-other-user"]));
    let (printed, succeeded) = verify_some("oidc", "token-", "");
    assert!(!succeeded && printed.contains("CROWFLY_TOKEN"), "{printed}");
}

/// The root key of the env file is above every policy, and what the manual promises of `--env` holds.
#[test]
fn a_stack_of_the_env_file_is_found_by_its_name() {
    let (printed, succeeded) = verify_some("main", "overwrite", "");
    assert!(succeeded, "{printed}");
    assert!(printed.contains("stack crowfly-main in"), "{printed}");
    let skipped = ids(&printed, |cell| cell.starts_with("skipped: "));
    assert_eq!(skipped, BTreeSet::from(["overwrite-operator"]));
    let (printed, succeeded) = verify_some("no-such-stack", "overwrite", "");
    let told = printed.contains("does not describe a stack");
    assert!(!succeeded && told, "{printed}");
}

/// docs/LOCAL.md names every check, and none that is not there.
#[test]
fn the_manual_names_the_checks_of_verify() {
    let (listed, _) = verify(&["--list"], &[]);
    let ids = listed.lines().filter_map(|line| line.split_once(": "));
    let ids: BTreeSet<&str> = ids.map(|(id, _)| id).collect();
    assert!(ids.len() > 80, "{listed}");
    let manual = std::fs::read_to_string(devkit::paths::root().join("docs/LOCAL.md"));
    let manual = manual.expect("the manual");
    let (_, table) = manual
        .split_once("\n### Checks of an account\n")
        .expect("the section");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let named: BTreeSet<&str> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    let is = |id: &str, name: &str| match name.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => id == name,
    };
    for id in &ids {
        let found = named.iter().any(|name| is(id, name));
        assert!(found, "docs/LOCAL.md does not name {id}");
    }
    for name in named {
        let found = ids.iter().any(|id| is(id, name));
        assert!(found, "there is no check {name}");
    }
}
