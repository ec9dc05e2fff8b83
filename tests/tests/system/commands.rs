//! Commands of the documents, run as a reader would.

use std::path::{Path, PathBuf};
use std::process::Command;

use devkit::env::Stack;
use e2e::aws::Aws;

/// The AWS CLI of `xtask/python/aws.txt`: `CROWFLY_AWS_CLI`, or where `cargo xtask setup` puts it.
fn aws_cli() -> PathBuf {
    std::env::var_os("CROWFLY_AWS_CLI").map_or_else(
        || devkit::paths::root().join("target/tools/venv-aws/bin/aws"),
        PathBuf::from,
    )
}

/// The commands between the markers `<name>:start` and `<name>:end` of a document.
pub(crate) fn commands(document: &str, name: &str) -> String {
    let text = std::fs::read_to_string(devkit::paths::root().join(document)).expect(document);
    let (_, rest) = text
        .split_once(&format!("<!-- {name}:start -->"))
        .unwrap_or_else(|| panic!("{document} has no {name}"));
    let (block, _) = rest
        .split_once(&format!("<!-- {name}:end -->"))
        .unwrap_or_else(|| panic!("{name} has no end in {document}"));
    let (_, code) = block.split_once("```sh\n").expect("a block of commands");
    code.split("```").next().unwrap_or_default().to_owned()
}

/// Runs a document's commands in one shell, with its examples replaced, as the account's owner.
#[track_caller]
pub(crate) fn run(stack: &Stack, script: &str, words: &[(&str, String)]) -> String {
    run_in(devkit::paths::root(), stack, script, words)
}

/// The same, in a folder.
#[track_caller]
pub(crate) fn run_in(
    folder: &Path,
    stack: &Stack,
    script: &str,
    words: &[(&str, String)],
) -> String {
    let mut script = script.to_owned();
    for (example, word) in words {
        assert!(script.contains(example), "no {example} in {script}");
        script = script.replace(example, word);
    }
    let cli = aws_cli();
    let tools = cli.parent().map(Path::to_path_buf).unwrap_or_default();
    let path = std::env::var("PATH").unwrap_or_default();
    let aws = Aws::new(stack);
    let (key, secret) = aws.keys();
    let done = Command::new("sh")
        .args(["-eu", "-c", &script])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", tools.display()))
        .env("AWS_ENDPOINT_URL", &stack.s3)
        .env("AWS_DEFAULT_REGION", &stack.region)
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        // Isolated from the developer's own configuration.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("a shell");
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success(),
        "{script}\n{printed}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    printed
}
