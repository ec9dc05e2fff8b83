use devkit::http::{Request, Response, encode};
use serde_json::{Value, json};

use super::{Aws, Credentials, sign};

impl Aws {
    /// Calls as a new user of the same account who has only these actions.
    ///
    /// # Panics
    /// When IAM refuses.
    #[track_caller]
    pub fn user(&self, name: &str, actions: &[&str]) -> Self {
        self.user_with(name, &[("*", actions)])
    }

    /// Calls as a new user of the same account who has only these actions, each on its own resource.
    ///
    /// # Panics
    /// When IAM refuses.
    #[track_caller]
    pub fn user_with(&self, name: &str, rights: &[(&str, &[&str])]) -> Self {
        self.iam("CreateUser", name, "");
        let statements: Vec<Value> = rights
            .iter()
            .filter(|(_, actions)| !actions.is_empty())
            .map(|(on, actions)| json!({"Effect": "Allow", "Action": actions, "Resource": on}))
            .collect();
        if !statements.is_empty() {
            let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
            let more = format!("&PolicyName=own&PolicyDocument={}", encode(&policy));
            self.iam("PutUserPolicy", name, &more);
        }
        let made = self.iam("CreateAccessKey", name, "").text();
        let element = |tag: &str| {
            let (_, rest) = made.split_once(&format!("<{tag}>")).unwrap_or_default();
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        let mut user = self.clone();
        user.credentials.access_key = element("AccessKeyId");
        user.credentials.secret_key = element("SecretAccessKey");
        user
    }

    /// The access key id and the secret that it calls with.
    pub fn keys(&self) -> (&str, &str) {
        let Credentials {
            access_key,
            secret_key,
        } = &self.credentials;
        (access_key, secret_key)
    }

    #[track_caller]
    fn iam(&self, action: &str, user: &str, more: &str) -> Response {
        let user = encode(user);
        let form = format!("Action={action}&Version=2010-05-08&UserName={user}{more}");
        let request = Request::new("POST", format!("{}/", self.stack.s3))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = sign(request, &self.moment("iam")).send();
        assert!(answer.status == 200, "{action}: {}", answer.text());
        answer
    }
}
