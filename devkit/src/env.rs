//! The running system, as `cargo xtask dev` and `test` describe it in a file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::aws::Key;

/// The environment variable with the path of that file.
pub const VARIABLE: &str = "CROWFLY_TEST_ENV";

/// The running system: our test issuer and the stacks deployed from `template.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Env {
    /// Address of the test issuer.
    pub issuer: String,
    /// An origin that every stack allows besides its page; a test may serve on it.
    pub extra_origin: String,
    /// Another such origin, for a tool that has its own server.
    pub tool_origin: String,
    /// The stacks by name: `main` (own Cognito pool, route direct, public off), `oidc` (test issuer,
    /// scope `uploads`, public by ACL, at most 200 MiB) and `webm` (test issuer, route lambda, suffix
    /// `.webm`); `strict` trusts the provider that the sign-in tests start; `faulty` is `webm` without a suffix and with shorter timeouts, for tests in which its
    /// services fail; `busy` is `main` with the test issuer, for many uploads at once; `scan` has a scanner;
    /// `tight` has small quotas (20 open uploads, 1 MiB, 20 requests and 20 reads a second), sweeps uploads after one
    /// second, and denies the subject `denied`; `trouble` is `main` with a fault proxy between its page and the bucket;
    /// `owned` has a KMS key, a former issuer, two audiences, a host name, versions and a lifecycle.
    pub stacks: BTreeMap<String, Stack>,
}

/// One deployed stack; the fields of `target/dev/env.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    /// Address of the demo page.
    pub page: String,
    /// Address of the API, without a trailing slash.
    pub api: String,
    /// Address of S3, which locally serves every other AWS service too.
    pub s3: String,
    /// The AWS region.
    pub region: String,
    /// The root key; without one, calls use the key in the environment.
    #[serde(flatten)]
    pub key: Option<Key>,
    /// The token issuer that the stack trusts.
    pub issuer: String,
    /// The audience that it requires.
    pub audience: String,
    /// The page's public client at the user pool or the issuer.
    #[serde(default)]
    pub client_id: String,
    /// The scope that it requires of another issuer's tokens; empty for none.
    #[serde(default)]
    pub scope: String,
    /// The demo user's name; empty when the issuer is not the stack's own pool.
    #[serde(default)]
    pub user: String,
    /// The demo user's password.
    #[serde(default)]
    pub password: String,
    /// The bucket.
    pub bucket: String,
    /// The table.
    pub table: String,
    /// URL of the queue.
    pub queue: String,
    /// URL of the dead-letter queue.
    pub dlq: String,
}

impl Env {
    /// The system under test.
    ///
    /// # Panics
    /// When there is none: a whole-system test must not pass by being skipped.
    pub fn get() -> &'static Self {
        static ENV: OnceLock<Env> = OnceLock::new();
        ENV.get_or_init(|| {
            let Some(path) = std::env::var_os(VARIABLE) else {
                panic!(
                    "no system to test: run `cargo xtask test --only system`, which sets {VARIABLE}"
                );
            };
            let text = std::fs::read_to_string(&path);
            let text = text.unwrap_or_else(|error| panic!("cannot read {path:?}: {error}"));
            serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{path:?} does not describe a system: {error}"))
        })
    }

    /// A stack by its name.
    ///
    /// # Panics
    /// When it was not deployed.
    pub fn stack(name: &str) -> &'static Stack {
        let stack = Self::get().stacks.get(name);
        stack.unwrap_or_else(|| panic!("the test environment has no stack {name}"))
    }
}

impl Stack {
    /// The stack's name, which the names of its resources begin with.
    pub fn name(&self) -> &str {
        let queue = self.queue.rsplit('/').next().unwrap_or_default();
        queue.trim_end_matches("-events")
    }

    /// Origin of the demo page.
    pub fn origin(&self) -> &str {
        crate::http::origin(&self.page)
    }
}
