//! The template as JSON, with its short forms expanded: `!Ref X` is `{"Ref": "X"}`, `!GetAtt X.Arn` is
//! `{"Fn::GetAtt": "X.Arn"}`.

use std::sync::OnceLock;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// The whole template.
pub(crate) fn template() -> &'static Value {
    static TEMPLATE: OnceLock<Value> = OnceLock::new();
    TEMPLATE.get_or_init(|| read("template.yaml"))
}

/// A template of this repository.
pub(crate) fn read(path: &str) -> Value {
    parse(&std::fs::read_to_string(devkit::paths::root().join(path)).unwrap())
}

/// A template in YAML.
pub(crate) fn parse(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1);
    value(&documents[0])
}

/// Every resource of a type, with its logical id.
pub(crate) fn of_type(kind: &str) -> Vec<(&'static str, &'static Value)> {
    let resources = template()["Resources"].as_object().unwrap();
    let found: Vec<_> = resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name.as_str(), resource))
        .collect();
    assert!(!found.is_empty(), "the template has no {kind}");
    found
}

/// The properties of a resource.
pub(crate) fn properties(name: &str) -> &'static Value {
    let properties = &template()["Resources"][name]["Properties"];
    assert!(
        properties.is_object(),
        "the template has no resource {name}"
    );
    properties
}

/// Every value in `value`, itself first.
pub(crate) fn all(value: &Value) -> Vec<&Value> {
    let mut found = vec![value];
    match value {
        Value::Array(items) => found.extend(items.iter().flat_map(all)),
        Value::Object(fields) => found.extend(fields.values().flat_map(all)),
        _ => {}
    }
    found
}

/// A list; a single value is a list of one.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// `value` where these conditions hold and no others.
pub(crate) fn resolved(value: &Value, hold: &[&str]) -> Value {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| resolved(item, hold))
            .filter(|item| *item != json!({"Ref": "AWS::NoValue"}))
            .collect(),
        Value::Object(fields) => {
            if let Some(choice) = fields.get("Fn::If").and_then(Value::as_array) {
                let holds = hold.contains(&choice[0].as_str().unwrap());
                return resolved(&choice[if holds { 1 } else { 2 }], hold);
            }
            let fields = fields.iter();
            let fields = fields.map(|(name, field)| (name.clone(), resolved(field, hold)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// The statements of all policies in the template, of roles and of resources; both branches of `!If`.
pub(crate) fn statements() -> Vec<&'static Value> {
    all(template())
        .into_iter()
        .filter(|value| value["Effect"].is_string())
        .collect()
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(boolean) => Value::from(*boolean),
            Scalar::Integer(integer) => Value::from(*integer),
            Scalar::FloatingPoint(float) => Value::from(float.into_inner()),
            Scalar::String(text) => Value::from(text.as_ref()),
        },
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(fields) => fields
            .iter()
            .map(|(key, field)| {
                (
                    key.as_str().expect("keys are text").to_owned(),
                    value(field),
                )
            })
            .collect::<Map<_, _>>()
            .into(),
        Yaml::Tagged(tag, inner) => {
            let name = match tag.suffix.as_str() {
                plain @ ("Ref" | "Condition") => plain.to_owned(),
                function => format!("Fn::{function}"),
            };
            Value::from(Map::from_iter([(name, value(inner))]))
        }
        // CloudFormation has no YAML aliases.
        other => panic!("not a value: {other:?}"),
    }
}

#[test]
fn short_forms_are_written_out() {
    let documents =
        Yaml::load_from_str("[!Ref A, !GetAtt A.Arn, !If [C, 1, !Sub \"${A}\"]]").unwrap();
    let expected = serde_json::json!([
        {"Ref": "A"},
        {"Fn::GetAtt": "A.Arn"},
        {"Fn::If": ["C", 1, {"Fn::Sub": "${A}"}]}
    ]);
    assert_eq!(value(&documents[0]), expected);
}

#[test]
fn there_are_no_aliases_because_cloudformation_takes_none() {
    let text = std::fs::read_to_string(devkit::paths::root().join("template.yaml")).unwrap();
    for line in text.lines().filter(|line| !line.trim().starts_with('#')) {
        let value = line
            .split_once(": ")
            .map_or(line.trim(), |(_, value)| value);
        let value = value.trim_start_matches("- ");
        assert!(!value.starts_with(['&', '*']), "{line}");
    }
}
