use serde_json::{Value, json};

use super::{Aws, sign};
use crate::http::{Request, Response};

impl Aws {
    /// The full name of this stack's function, such as of its `ReadFunction`.
    ///
    /// # Panics
    /// When the stack has no such function.
    #[track_caller]
    pub fn function(&self, logical: &str) -> String {
        let wanted = format!("{}-{logical}", self.stack.name());
        let answer = self.lambda("GET", "", None);
        let functions = answer.json()["Functions"].take();
        let names = functions.as_array().into_iter().flatten();
        names
            .filter_map(|function| function["FunctionName"].as_str())
            .find(|name| name.starts_with(&wanted))
            .unwrap_or_else(|| panic!("no function {wanted}"))
            .to_owned()
    }

    /// Calls a function directly, past the gateway.
    #[track_caller]
    pub fn invoke(&self, function: &str, event: &Value) -> Response {
        self.lambda("POST", &format!("/{function}/invocations"), Some(event))
    }

    /// Deploys the function anew, as a change of its configuration does: the next call starts a new process.
    ///
    /// # Panics
    /// When Lambda refuses.
    #[track_caller]
    pub fn redeploy(&self, function: &str, description: &str) {
        let change = json!({"Description": description});
        let answer = self.lambda("PUT", &format!("/{function}/configuration"), Some(&change));
        assert!(answer.status == 200, "redeploy: {}", answer.text());
    }

    fn lambda(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let url = format!("{}/2015-03-31/functions{path}", self.stack.s3);
        let mut request = Request::new(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        sign(request, &self.moment("lambda")).send()
    }
}
