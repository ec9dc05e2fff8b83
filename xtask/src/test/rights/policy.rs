//! The policies of the deployed roles, read from IAM.

use devkit::aws::{IAM, elements};
use devkit::http::decode;
use serde_json::Value;

use crate::error::Error;
use crate::files;
use crate::local::Aws;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Policy {
    /// The role's full name.
    pub(super) role: String,
    /// The policy's name, which is that of its function.
    pub(super) name: String,
    pub(super) document: Value,
}

/// The inline policies of all roles of our stacks.
pub(super) fn deployed(aws: &Aws) -> Result<Vec<Policy>, Error> {
    let roles = aws.query(IAM, "ListRoles", [("MaxItems", "1000")])?;
    let mut found = Vec::new();
    for role in &elements(&roles, "RoleName") {
        if !role.starts_with("crowfly-") {
            continue;
        }
        let names = aws.query(IAM, "ListRolePolicies", [("RoleName", role.as_str())])?;
        let names = elements(&names, "PolicyNames").concat();
        for name in &elements(&names, "member") {
            let named = [("RoleName", role.as_str()), ("PolicyName", name.as_str())];
            let answer = aws.query(IAM, "GetRolePolicy", named)?;
            // Percent-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
            let document = decode(&elements(&answer, "PolicyDocument").concat());
            found.push(Policy {
                role: role.clone(),
                name: name.clone(),
                document: files::json(&format!("the policy of {role}"), document)?,
            });
        }
    }
    Ok(found)
}

impl Policy {
    /// Sid and action of each statement.
    pub(super) fn actions(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for statement in self.document["Statement"].as_array().into_iter().flatten() {
            let sid = statement["Sid"].as_str().unwrap_or_default();
            for action in listed(&statement["Action"]) {
                all.push((sid.to_owned(), action.to_owned()));
            }
        }
        all
    }

    /// The same policy without one action of one statement; a statement without actions is left out.
    pub(super) fn without(&self, sid: &str, action: &str) -> Self {
        let mut policy = self.clone();
        if let Some(statements) = policy.document["Statement"].as_array_mut() {
            for statement in statements.iter_mut() {
                if statement["Sid"] == sid {
                    let kept = listed(&statement["Action"]);
                    let kept: Vec<&str> = kept.into_iter().filter(|one| *one != action).collect();
                    statement["Action"] = kept.into();
                }
            }
            statements.retain(|statement| !listed(&statement["Action"]).is_empty());
        }
        policy
    }

    pub(super) fn put(&self, aws: &Aws) -> Result<(), Error> {
        let document = self.document.to_string();
        let parameters = [
            ("RoleName", self.role.as_str()),
            ("PolicyName", &self.name),
            ("PolicyDocument", &document),
        ];
        aws.query(IAM, "PutRolePolicy", parameters).map(drop)
    }
}

/// An element of a policy is one string, or a list of them.
fn listed(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Policy;

    #[test]
    fn one_action_of_one_statement_is_taken_out() {
        let policy = Policy {
            role: "r".to_owned(),
            name: "p".to_owned(),
            document: json!({"Statement": [
                {"Sid": "A", "Action": ["s3:GetObject", "s3:PutObject"]},
                {"Sid": "B", "Action": "s3:GetObject"},
            ]}),
        };
        let less = policy.without("A", "s3:GetObject");
        let pair = |sid: &str, action: &str| (sid.to_owned(), action.to_owned());
        let kept = [pair("A", "s3:PutObject"), pair("B", "s3:GetObject")];
        assert_eq!(less.actions(), kept);
        let less = policy.without("B", "s3:GetObject");
        let kept = [pair("A", "s3:GetObject"), pair("A", "s3:PutObject")];
        assert_eq!(less.actions(), kept);
        assert_eq!(policy.without("C", "s3:GetObject"), policy);
    }
}
