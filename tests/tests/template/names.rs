//! Names that contain the name of the stack: how long that may be.

use serde_json::Value;

use super::document::template;

/// Where a name contains that of the stack, and how long AWS lets it be. Roles, functions and rules have no name here:
/// CloudFormation makes one, and shortens the stack's in it
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>).
const LIMITS: &[(&str, &str, usize)] = &[
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    ("AWS::SQS::Queue", "QueueName", 80),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html: the name is that of the stack.
    ("AWS::ApiGatewayV2::Api", "Name", 128),
];

/// The longest name of a region, such as `ap-southeast-1`.
const REGION: usize = 14;

/// What CloudFormation itself allows.
const LONGEST: usize = 128;

/// How many characters the stack's name may have in this name.
fn left(limit: usize, name: &Value) -> Option<usize> {
    let text = match name["Ref"].as_str() {
        Some("AWS::StackName") => "${AWS::StackName}",
        _ => name["Fn::Sub"].as_str()?,
    };
    let rest = text.strip_suffix("-${AWS::Region}");
    let used = rest.map_or(0, |_| 1 + REGION);
    let (before, after) = rest.unwrap_or(text).split_once("${AWS::StackName}")?;
    assert!(!before.contains('$') && !after.contains('$'), "{text}");
    Some(limit - used - before.len() - after.len())
}

#[test]
fn d16_the_documents_say_how_long_the_name_of_a_stack_may_be() {
    let mut most = LONGEST;
    for (name, resource) in template()["Resources"].as_object().unwrap() {
        let properties = resource["Properties"].as_object().unwrap();
        for (property, value) in properties.iter().filter(|(key, _)| key.ends_with("Name")) {
            let kind = resource["Type"].as_str().unwrap();
            let known = LIMITS.iter().find(|one| (one.0, one.1) == (kind, property));
            let of_the_stack = value.to_string().contains("AWS::StackName");
            match known {
                Some((.., limit)) => most = most.min(left(*limit, value).unwrap_or(most)),
                None => assert!(!of_the_stack, "{name}: how long may {property} be?"),
            }
        }
    }
    assert!(most < LONGEST);
    for page in ["docs/STACKS.md", "xtask/kit/README.md"] {
        let text = std::fs::read_to_string(devkit::paths::root().join(page)).unwrap();
        let said = format!("at most {most} characters");
        assert!(text.contains(&said), "{page} must say: {said}");
    }
}

#[test]
fn d16_what_a_name_leaves_for_the_stack_is_counted() {
    let sub = |text: &str| serde_json::json!({"Fn::Sub": text});
    assert_eq!(left(80, &sub("${AWS::StackName}-events")), Some(73));
    assert_eq!(left(80, &sub("${AWS::StackName}-${AWS::Region}")), Some(65));
    assert_eq!(left(80, &sub("fixed")), None);
}
