use std::time::Duration;

use devkit::http::{Request, Response, encode};
use devkit::wait;
use serde_json::{Map, Value, json};

use super::Aws;

/// How long a function may take to become usable after a change.
const CHANGED_WITHIN: Duration = Duration::from_secs(30);
/// API versions of Lambda that its paths begin with:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>.
const FUNCTIONS: &str = "2015-03-31";
const CONCURRENCY: &str = "2017-10-31";
const INVOKE_CONFIG: &str = "2019-09-25";
/// The tail of the function's log comes in the answer's header `x-amz-log-result`:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.
const LOG_TAIL: Option<(&str, &str)> = Some(("x-amz-log-type", "Tail"));
const INVOKE_LATER: Option<(&str, &str)> = Some(("x-amz-invocation-type", "Event"));

impl Aws {
    /// The full name of this stack's function, such as of its `ReadFunction`.
    ///
    /// # Panics
    /// When the stack has no such function.
    #[track_caller]
    pub fn function(&self, logical: &str) -> String {
        self.function_of(self.stack.name(), logical)
    }

    /// The full name of a function of any stack of the account.
    ///
    /// # Panics
    /// When there is no such function.
    #[track_caller]
    pub fn function_of(&self, stack: &str, logical: &str) -> String {
        let wanted = format!("{stack}-{logical}");
        let mut path = String::new();
        // Pages of 50: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
        loop {
            let page = self.lambda("GET", &path, None).json();
            let functions = page["Functions"].as_array().into_iter().flatten();
            let mut names = functions.filter_map(|function| function["FunctionName"].as_str());
            if let Some(name) = names.find(|name| name.starts_with(&wanted)) {
                return name.to_owned();
            }
            let Some(marker) = page["NextMarker"].as_str().filter(|text| !text.is_empty()) else {
                panic!("no function {wanted}");
            };
            path = format!("?Marker={}", encode(marker));
        }
    }

    /// Invokes a function directly, past the gateway.
    #[track_caller]
    pub fn invoke(&self, function: &str, event: &Value) -> Response {
        let path = format!("/{function}/invocations");
        self.lambda_of(FUNCTIONS, "POST", &path, Some(event), LOG_TAIL)
    }

    /// Invokes a function asynchronously, as services do: Lambda retries it when it fails.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html>
    ///
    /// # Panics
    /// When Lambda does not take the event.
    #[track_caller]
    pub fn invoke_later(&self, function: &str, event: &Value) {
        let path = format!("/{function}/invocations");
        let answer = self.lambda_of(FUNCTIONS, "POST", &path, Some(event), INVOKE_LATER);
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// Redeploys the function by changing its configuration: the next invocation starts a new process.
    ///
    /// # Panics
    /// When Lambda refuses.
    #[track_caller]
    pub fn redeploy(&self, function: &str, description: &str) {
        self.configuration(function, Some(&json!({"Description": description})));
    }

    /// The variables of a function's environment.
    #[track_caller]
    pub fn function_variables(&self, function: &str) -> Map<String, Value> {
        let mut found = self.configuration(function, None);
        let variables = found["Environment"]["Variables"].take();
        variables.as_object().cloned().unwrap_or_default()
    }

    /// Replaces the variables of a function's environment, and waits until the next invocation sees them.
    ///
    /// # Panics
    /// When Lambda refuses.
    #[track_caller]
    pub fn set_function_variables(&self, function: &str, variables: &Map<String, Value>) {
        let change = json!({"Environment": {"Variables": variables}});
        self.configuration(function, Some(&change));
        wait::until("the function's new environment", CHANGED_WITHIN, || {
            let now = self.configuration(function, None);
            (now["LastUpdateStatus"] == "Successful").then_some(())
        });
    }

    /// Sets the reserved concurrency of a function; 0 stops it, `None` removes the limit.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    ///
    /// # Panics
    /// When Lambda refuses.
    #[track_caller]
    pub fn set_concurrency(&self, function: &str, most: Option<u32>) {
        let path = format!("/{function}/concurrency");
        let body = most.map(|most| json!({"ReservedConcurrentExecutions": most}));
        let method = if body.is_some() { "PUT" } else { "DELETE" };
        let answer = self.lambda_of(CONCURRENCY, method, &path, body.as_ref(), None);
        let text = answer.text();
        assert!(matches!(answer.status, 200 | 204), "concurrency: {text}");
    }

    /// URL of the queue that takes events whose every invocation failed.
    ///
    /// # Panics
    /// When there is no such queue.
    #[track_caller]
    pub fn on_failure(&self, function: &str) -> String {
        let path = format!("/{function}/event-invoke-config/list");
        let config = self
            .lambda_of(INVOKE_CONFIG, "GET", &path, None, None)
            .json();
        let config = &config["FunctionEventInvokeConfigs"][0];
        let arn = config["DestinationConfig"]["OnFailure"]["Destination"].as_str();
        let name = arn.and_then(|arn| arn.rsplit(':').next());
        let answer = self.call("sqs", "AmazonSQS.GetQueueUrl", &json!({"QueueName": name}));
        answer["QueueUrl"].as_str().unwrap_or_default().to_owned()
    }

    /// The configuration of a function, after a change if there is one.
    #[track_caller]
    fn configuration(&self, function: &str, change: Option<&Value>) -> Value {
        let method = if change.is_some() { "PUT" } else { "GET" };
        let answer = self.lambda(method, &format!("/{function}/configuration"), change);
        assert!(answer.status == 200, "configuration: {}", answer.text());
        answer.json()
    }

    fn lambda(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        self.lambda_of(FUNCTIONS, method, path, body, None)
    }

    fn lambda_of(
        &self,
        version: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        header: Option<(&str, &str)>,
    ) -> Response {
        let url = format!("{}/{version}/functions{path}", self.stack.s3);
        let mut request = Request::new(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        self.client.sign("lambda", request).send()
    }
}
