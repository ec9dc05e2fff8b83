use devkit::aws::{IAM, Key, elements};
use devkit::http::Response;
use serde_json::{Value, json};

use super::Aws;

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
        self.iam("CreateUser", name, &[]);
        let statements: Vec<Value> = rights
            .iter()
            .filter(|(_, actions)| !actions.is_empty())
            .map(|(on, actions)| json!({"Effect": "Allow", "Action": actions, "Resource": on}))
            .collect();
        if !statements.is_empty() {
            let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
            let more = [("PolicyName", "own"), ("PolicyDocument", &policy)];
            self.iam("PutUserPolicy", name, &more);
        }
        let made = self.iam("CreateAccessKey", name, &[]).text();
        let element = |tag: &str| elements(&made, tag).concat();
        let mut user = self.clone();
        user.client.key = Key {
            id: element("AccessKeyId"),
            secret: element("SecretAccessKey"),
        };
        user
    }

    /// The access key id and the secret that it calls with.
    pub fn keys(&self) -> (&str, &str) {
        (&self.client.key.id, &self.client.key.secret)
    }

    #[track_caller]
    fn iam(&self, action: &str, user: &str, more: &[(&str, &str)]) -> Response {
        let parameters = [&[("UserName", user)], more].concat();
        let answer = self.client.query(IAM, action, parameters).send();
        assert!(answer.status == 200, "{action}: {}", answer.text());
        answer
    }
}
