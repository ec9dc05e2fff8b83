//! What `EventBusName` switches on, and the recipes of `docs/EVENTS.md`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{all, properties, read, template};

#[test]
fn without_a_bus_nobody_has_a_right_or_an_alarm_more() {
    let told = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "EventBusName"}, ""]}]});
    assert_eq!(template()["Conditions"]["Told"], told);
    let resources = template()["Resources"].as_object().unwrap();
    let mut conditional = BTreeSet::new();
    for (name, resource) in resources {
        for value in all(resource) {
            if value["Fn::If"][0] == "Told" {
                assert_eq!(value["Fn::If"][1]["Action"], "events:PutEvents", "{name}");
                assert_eq!(value["Fn::If"][2], json!({"Ref": "AWS::NoValue"}), "{name}");
                conditional.insert(name.as_str());
            }
        }
        if resource["Condition"] == "Told" {
            let kind = resource["Type"].as_str().unwrap();
            let known = ["AWS::CloudWatch::Alarm", "AWS::Events::Rule"];
            assert!(known.contains(&kind), "{name}");
            conditional.insert(name);
        }
    }
    let expected = [
        "BusRule",
        "NotificationAlarm",
        "OutboxAlarm",
        "RecordRole",
        "SweepRole",
    ];
    assert_eq!(conditional, BTreeSet::from(expected));
}

/// EventBridge accepts events for a missing bus and drops them: the stack must not be deployed without the bus.
#[test]
fn the_stack_has_a_rule_on_the_bus_which_sends_nothing_anywhere() {
    let rule = properties("BusRule");
    assert_eq!(rule["EventBusName"], json!({"Ref": "EventBusName"}));
    assert_eq!(rule["EventPattern"], json!({"source": ["crowfly"]}));
    assert_eq!(rule["Targets"], Value::Null);
}

/// `remove` enters notifications and cannot send them.
#[test]
fn the_functions_that_write_notifications_know_of_the_bus() {
    let mut knowing = BTreeSet::new();
    for (name, resource) in template()["Resources"].as_object().unwrap() {
        let bus = &resource["Properties"]["Environment"]["Variables"]["EVENT_BUS"];
        if !bus.is_null() {
            assert_eq!(*bus, json!({"Ref": "EventBusName"}), "{name}");
            knowing.insert(name.as_str());
        }
    }
    let expected = ["RecordFunction", "RemoveFunction", "SweepFunction"];
    assert_eq!(knowing, BTreeSet::from(expected));
    let globals = &template()["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(globals["EVENT_BUS"], Value::Null);
}

/// The index projects what it did: a new attribute in it would need a new index in each stack.
#[test]
fn the_outbox_changes_no_index() {
    let indexes = properties("Table")["GlobalSecondaryIndexes"]
        .as_array()
        .unwrap();
    let names: Vec<&str> = indexes
        .iter()
        .map(|index| index["IndexName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["byCreatedAt", "byOpen"]);
    let projected = &indexes[1]["Projection"]["NonKeyAttributes"];
    let expected = [
        "status",
        "key",
        "s3UploadId",
        "activeAt",
        "counted",
        "clientSize",
        "createdAt",
    ];
    assert_eq!(*projected, json!(expected));
}

#[test]
fn a_bus_is_named_and_not_an_arn() {
    let pattern = template()["Parameters"]["EventBusName"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for name in ["", "default", "my-app.uploads_1", "a/b"] {
        assert!(pattern.is_match(name), "{name}");
    }
    let arn = "arn:aws:events:eu-west-1:111122223333:event-bus/default";
    for other in [arn, "two words", "*", "${x}", &"a".repeat(257)] {
        assert!(!pattern.is_match(other), "{other}");
    }
}

/// The rules of the recipes match events that are sent, and nothing else; each target keeps what it could not be given.
#[test]
fn the_recipes_match_what_is_sent() {
    let example = read("examples/events/template.yaml");
    let kinds = crowfly_contract::NotificationKind::ALL.iter();
    let sent: BTreeSet<&str> = kinds.map(|kind| kind.detail_type()).collect();
    let golden = devkit::paths::root().join("contract/tests/golden/notification_stored.json");
    let mut detail: Value =
        serde_json::from_str(&std::fs::read_to_string(golden).unwrap()).unwrap();
    detail["record"]["withheld"] = json!("infected");
    let mut rules = 0;
    for (name, resource) in example["Resources"].as_object().unwrap() {
        if resource["Type"] != "AWS::Events::Rule" {
            continue;
        }
        rules += 1;
        let pattern = &resource["Properties"]["EventPattern"];
        let source = json!([crowfly_contract::Notification::SOURCE]);
        assert_eq!(pattern["source"], source, "{name}");
        for wanted in pattern["detail-type"].as_array().unwrap() {
            assert!(sent.contains(wanted.as_str().unwrap()), "{name}: {wanted}");
        }
        if let Some(fields) = pattern["detail"]["record"].as_object() {
            for field in fields.keys() {
                assert!(!detail["record"][field].is_null(), "{name}: {field}");
            }
        }
        for target in resource["Properties"]["Targets"].as_array().unwrap() {
            assert!(target["DeadLetterConfig"]["Arn"].is_object(), "{name}");
        }
    }
    assert_eq!(rules, 3);
}

/// What the page shows is what `cfn-lint` checks and a reader deploys.
#[test]
fn the_page_shows_the_recipes_and_an_event_as_they_are() {
    let text = |path: &str| std::fs::read_to_string(devkit::paths::root().join(path)).unwrap();
    let (page, example) = (
        text("docs/EVENTS.md"),
        text("examples/events/template.yaml"),
    );
    let mut recipes = 0;
    for block in page.split("```yaml\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for resource in block.split("\n\n") {
            assert!(example.contains(resource.trim_end()), "{resource}");
        }
        recipes += 1;
    }
    assert_eq!(recipes, 3);
    let event = page.split("```json\n").nth(1).unwrap();
    let event: Value = serde_json::from_str(event.split("```").next().unwrap()).unwrap();
    let golden = text("contract/tests/golden/notification_stored.json");
    let golden: Value = serde_json::from_str(&golden).unwrap();
    assert_eq!(event["detail"], golden);
    assert_eq!(event["source"], crowfly_contract::Notification::SOURCE);
    assert_eq!(event["detail-type"], "Upload Stored");
    for kind in crowfly_contract::NotificationKind::ALL {
        let row = format!("| `{}` | `{kind}` |", kind.detail_type());
        assert!(page.contains(&row), "{row}");
    }
}
