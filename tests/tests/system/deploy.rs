//! The way of the README to a stack: `sam build`, which the step sam-build of `cargo xtask test` has done, and `sam deploy`
//! with the settings that a reader copies. CloudFormation and S3 are those of the local AWS.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crowfly_contract::UploadStatus;
use devkit::env::{Env, Stack};
use devkit::paths::{root, temporary};
use devkit::random::random_hex;
use e2e::api::{Api, item, login};

use crate::commands::{commands, run};

const PASSWORD: &str = "My-own-password-1";

/// An output of a stack, by the AWS CLI.
pub(crate) fn output(account: &Stack, name: &str, output: &str) -> String {
    let query = format!("Stacks[0].Outputs[?OutputKey=='{output}'].OutputValue");
    let script = format!(
        "aws cloudformation describe-stacks --stack-name {name} --output text --query \"{query}\""
    );
    run(account, &script, &[]).trim().to_owned()
}

/// Signs a user of the stack's own pool in, and uploads a file.
pub(crate) fn upload_through(account: &Stack, name: &str, user: &str) {
    let pool = output(account, name, "UserPoolId");
    let set = format!(
        "aws cognito-idp admin-set-user-password --user-pool-id {pool} --username {user} --password {PASSWORD} --permanent"
    );
    run(account, &set, &[]);
    // The local gateway answers below the port of every other service.
    let id = output(account, name, "ApiId");
    let own = Stack {
        api: format!("{}/_aws/execute-api/{id}/$default", account.s3),
        client_id: output(account, name, "ClientId"),
        bucket: output(account, name, "Bucket"),
        ..account.clone()
    };
    let tokens = login(&own, user, PASSWORD);
    let api = Api::with_token(&own, &tokens["AccessToken"]);
    let bytes = b"the first file of all";
    let record = api.upload(&item("first.txt", "text/plain", bytes), bytes);
    assert_eq!(record.status, UploadStatus::Stored);
    assert!(record.verified);
}

/// Prints the machine of the ELF binary in each zip of a folder: `e_machine` of
/// <https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html>.
const MACHINES: &str = r#"
import pathlib, sys, zipfile
for file in pathlib.Path(sys.argv[1]).rglob("*"):
    if zipfile.is_zipfile(file):
        binary = zipfile.ZipFile(file).read("bootstrap")
        assert binary[:4] == b"\x7fELF", file
        print({62: "x86_64", 183: "arm64"}[int.from_bytes(binary[18:20], "little")])
"#;

/// The functions of a stack are for one processor, and the zips that were uploaded to this bucket hold ELF binaries for it.
#[track_caller]
pub(crate) fn binaries_are_for_their_processor(account: &Stack, name: &str, bucket: &str) {
    let query = format!("Functions[?starts_with(FunctionName, '{name}-')].Architectures[0]");
    let list = format!("aws lambda list-functions --output text --query \"{query}\"");
    let named = run(account, &list, &[]);
    let named: BTreeSet<&str> = named.split_whitespace().collect();
    let folder = temporary("zips");
    let sync = format!(
        "aws s3 sync --quiet s3://{bucket} '{}'",
        folder.path().display()
    );
    run(account, &sync, &[]);
    let found = Command::new("python3")
        .args(["-c", MACHINES])
        .arg(folder.path())
        .output()
        .expect("python3");
    assert!(found.status.success(), "{found:?}");
    let machines = String::from_utf8_lossy(&found.stdout).into_owned();
    // presign, read, remove, record and sweep; forward's as well, although the route is direct.
    assert!(machines.lines().count() >= 5, "{machines}");
    let machines: BTreeSet<&str> = machines.lines().collect();
    assert_eq!((named.len(), machines), (1, named));
}

/// `sam` of `xtask/python/sam.txt`.
fn sam() -> PathBuf {
    root().join("target/tools/venv-sam/bin/sam")
}

#[test]
fn d2_d4_the_readmes_deploy_ends_with_an_upload() {
    let account = Env::stack("main");
    let built = root().join("target/sam/build/template.yaml");
    assert!(
        built.is_file(),
        "nothing is built; the step sam-build does it"
    );
    let readme = commands("README.md", "deploy");
    assert!(readme.lines().count() <= 6, "six lines: {readme}");
    assert!(readme.contains("cp samconfig.example.toml samconfig.toml"));
    assert!(readme.contains("sam build && sam deploy\n"), "{readme}");

    let started = Instant::now();
    let name = format!("sam-{}", random_hex(4));
    let origin = account.page.trim_end_matches('/');
    let config = std::fs::read_to_string(root().join("samconfig.example.toml")).expect("settings");
    let own = config
        .replace(
            "stack_name = \"crowfly\"",
            &format!("stack_name = \"{name}\""),
        )
        .replace("https://app.example.com", origin)
        // Nobody is there to answer.
        .replace("confirm_changeset = true", "confirm_changeset = false");
    assert!(own.contains(&name) && own.contains(origin) && own.contains("= false"));
    let file = root().join(format!("target/test/samconfig-{name}.toml"));
    std::fs::write(&file, own).expect("settings of this stack");
    let script = format!(
        "SAM_CLI_TELEMETRY=0 '{}' deploy --config-file '{}' --template-file '{}' 2>&1",
        sam().display(),
        file.display(),
        built.display(),
    );
    let printed = run(account, &script, &[]);
    assert!(printed.contains("Successfully created"), "{printed}");
    let _ = std::fs::remove_file(file);

    let artefacts = output(account, "aws-sam-cli-managed-default", "SourceBucket");
    binaries_are_for_their_processor(account, &name, &artefacts);

    let pool = output(account, &name, "UserPoolId");
    let user = format!(
        "aws cognito-idp admin-create-user --user-pool-id {pool} --username ada --message-action SUPPRESS"
    );
    run(account, &user, &[]);
    upload_through(account, &name, "ada");
    println!(
        "deployed, and a file uploaded: {} ms",
        started.elapsed().as_millis()
    );
}
