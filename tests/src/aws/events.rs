use serde_json::json;

use super::Aws;

impl Aws {
    /// Makes a queue that gets every event of a source on a bus; returns its URL.
    #[track_caller]
    pub fn queue_of_events(&self, bus: &str, name: &str, source: &str) -> String {
        let made = self.call("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name}));
        let url = made["QueueUrl"].as_str().expect("a queue").to_owned();
        let wanted = json!({"QueueUrl": url, "AttributeNames": ["QueueArn"]});
        let answer = self.call("sqs", "AmazonSQS.GetQueueAttributes", &wanted);
        let arn = &answer["Attributes"]["QueueArn"];
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage", "Resource": arn}]});
        let allowed = json!({"QueueUrl": url, "Attributes": {"Policy": policy.to_string()}});
        self.call("sqs", "AmazonSQS.SetQueueAttributes", &allowed);
        let pattern = json!({"source": [source]}).to_string();
        let rule = json!({"Name": name, "EventBusName": bus, "EventPattern": pattern});
        self.call("events", "AWSEvents.PutRule", &rule);
        let targets = json!([{"Id": "queue", "Arn": arn}]);
        let target = json!({"Rule": name, "EventBusName": bus, "Targets": targets});
        self.call("events", "AWSEvents.PutTargets", &target);
        url
    }
}
