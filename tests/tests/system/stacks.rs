//! Stacks that a test deploys for itself, by the AWS CLI and from the template of a stack that is there.

use devkit::env::Stack;
use devkit::paths::root;
use devkit::random::random_hex;
use e2e::api::{Api, login};

use crate::commands::run;
use crate::deploy::output;

const PASSWORD: &str = "My-own-password-1";

/// Creates or updates a stack with these parameters (`Name=value`), and the origin of the page of `account`.
#[track_caller]
pub(crate) fn deploy(account: &Stack, name: &str, parameters: &[&str]) {
    let file = root().join(format!("target/test/template-{name}.yaml"));
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let script = format!(
        "aws cloudformation get-template --stack-name {} --template-stage Original --query TemplateBody --output text > '{file}'
         aws cloudformation deploy --template-file '{file}' --stack-name {name} --s3-bucket crowfly-artifacts \
           --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset \
           --parameter-overrides AllowedOrigins={} Architecture={architecture} {} 2>&1",
        account.name(),
        account.origin(),
        parameters.join(" "),
        file = file.display(),
    );
    run(account, &script, &[]);
    let _ = std::fs::remove_file(file);
}

/// A deployed stack as tests use it, described by its outputs.
#[track_caller]
pub(crate) fn described(account: &Stack, name: &str) -> Stack {
    let output = |key: &str| output(account, name, key);
    Stack {
        // The local gateway answers below the port of every other service.
        api: format!(
            "{}/_aws/execute-api/{}/$default",
            account.s3,
            output("ApiId")
        ),
        issuer: output("Issuer"),
        audience: output("Audience"),
        client_id: output("ClientId"),
        bucket: output("Bucket"),
        table: output("Table"),
        queue: output("Queue"),
        dlq: output("Dlq"),
        ..account.clone()
    }
}

/// A new user of this pool, signed in at the stack's client.
#[track_caller]
pub(crate) fn signed_in(stack: &Stack, pool: &str) -> Api {
    let user = format!("user-{}", random_hex(4));
    let script = format!(
        "aws cognito-idp admin-create-user --user-pool-id {pool} --username {user} --message-action SUPPRESS
         aws cognito-idp admin-set-user-password --user-pool-id {pool} --username {user} --password {PASSWORD} --permanent"
    );
    run(stack, &script, &[]);
    let tokens = login(stack, &user, PASSWORD);
    Api::with_token(stack, &tokens["AccessToken"])
}
