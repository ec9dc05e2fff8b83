//! The template for given parameters, as CloudFormation resolves it: conditions decided, parameters filled in, and what a
//! rule refuses. Intrinsic functions over other resources stay as they are.

use serde_json::{Map, Value, json};

use crate::document::template;

/// The values of the parameters: those given, and the defaults of all others.
pub(crate) struct Resolved<'a>(&'a [(&'a str, &'a str)]);

/// The template for these parameters.
pub(crate) fn with<'a>(parameters: &'a [(&'a str, &'a str)]) -> Resolved<'a> {
    for (name, _) in parameters {
        assert!(
            template()["Parameters"][name].is_object(),
            "the template has no parameter {name}"
        );
    }
    Resolved(parameters)
}

impl Resolved<'_> {
    /// The properties of a resource; null if its condition leaves it out.
    pub(crate) fn properties(&self, name: &str) -> Value {
        self.resource(name)["Properties"].clone()
    }

    /// A resource; null if its condition leaves it out.
    pub(crate) fn resource(&self, name: &str) -> Value {
        let resource = &template()["Resources"][name];
        assert!(resource.is_object(), "the template has no resource {name}");
        let wanted = resource["Condition"].as_str();
        match wanted.is_none_or(|condition| self.condition(condition)) {
            true => self.value(resource).unwrap_or_default(),
            false => Value::Null,
        }
    }

    /// The value of an output; null if its condition leaves it out.
    pub(crate) fn output(&self, name: &str) -> Value {
        let output = &template()["Outputs"][name];
        assert!(output.is_object(), "the template has no output {name}");
        let wanted = output["Condition"].as_str();
        match wanted.is_none_or(|condition| self.condition(condition)) {
            true => self.value(&output["Value"]).unwrap_or_default(),
            false => Value::Null,
        }
    }

    /// What the rules say against these parameters.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let rules = template()["Rules"].as_object().unwrap().values();
        let asked = rules
            .filter(|rule| rule["RuleCondition"].is_null() || self.holds(&rule["RuleCondition"]));
        let assertions = asked.flat_map(|rule| rule["Assertions"].as_array().unwrap());
        assertions
            .filter(|assertion| !self.holds(&assertion["Assert"]))
            .map(|assertion| assertion["AssertDescription"].as_str().unwrap().to_owned())
            .collect()
    }

    /// A value; none for `AWS::NoValue`.
    pub(crate) fn value(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => Some(items.iter().filter_map(|one| self.value(one)).collect()),
            Value::Object(fields) => match fields.iter().next() {
                Some((name, inner)) if fields.len() == 1 => self.function(name, inner, value),
                _ => Some(self.fields(fields)),
            },
            other => Some(other.clone()),
        }
    }

    fn function(&self, name: &str, inner: &Value, whole: &Value) -> Option<Value> {
        match (name, inner) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => None,
            ("Ref", Value::String(name)) => {
                Some(self.parameter(name).unwrap_or_else(|| whole.clone()))
            }
            ("Fn::If", Value::Array(choice)) => {
                let first = self.condition(choice[0].as_str().unwrap());
                self.value(&choice[if first { 1 } else { 2 }])
            }
            ("Fn::Split", Value::Array(split)) => {
                let separator = split[0].as_str().unwrap();
                match self.value(&split[1])?.as_str() {
                    Some(text) => Some(text.split(separator).collect()),
                    None => Some(whole.clone()),
                }
            }
            _ => Some(self.fields(&Map::from_iter([(name.to_owned(), inner.clone())]))),
        }
    }

    fn fields(&self, fields: &Map<String, Value>) -> Value {
        let kept = fields
            .iter()
            .filter_map(|(name, field)| Some((name.clone(), self.value(field)?)));
        kept.collect::<Map<_, _>>().into()
    }

    fn parameter(&self, name: &str) -> Option<Value> {
        let parameter = template()["Parameters"].get(name)?;
        let given = self.0.iter().find(|(given, _)| *given == name);
        Some(match given {
            Some((_, value)) => json!(value),
            None => parameter["Default"].clone(),
        })
    }

    fn condition(&self, name: &str) -> bool {
        let condition = &template()["Conditions"][name];
        assert!(
            condition.is_object(),
            "the template has no condition {name}"
        );
        self.holds(condition)
    }

    fn holds(&self, condition: &Value) -> bool {
        let (name, inner) = condition.as_object().unwrap().iter().next().unwrap();
        let mut each = inner.as_array().into_iter().flatten();
        match name.as_str() {
            "Condition" => self.condition(inner.as_str().unwrap()),
            "Fn::Not" => !each.any(|one| self.holds(one)),
            "Fn::Or" => each.any(|one| self.holds(one)),
            "Fn::And" => each.all(|one| self.holds(one)),
            "Fn::Equals" => text(self.value(&inner[0])) == text(self.value(&inner[1])),
            other => panic!("not a condition: {other}"),
        }
    }
}

/// CloudFormation compares texts: a number is its digits.
fn text(value: Option<Value>) -> String {
    match value.unwrap_or_default() {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[test]
fn conditions_are_decided_by_the_parameters() {
    let direct = with(&[]);
    assert_eq!(direct.resource("ForwardFunction"), Value::Null);
    assert!(direct.refusals().is_empty());
    let tags = &direct.properties("Bucket")["Tags"];
    assert_eq!(*tags, Value::Null, "AWS::NoValue leaves a property out");
    let lambda = with(&[("EventRoute", "lambda"), ("JwtIssuer", "https://i.example")]);
    assert!(lambda.resource("ForwardFunction").is_object());
    let key = &lambda.properties("Bucket")["Tags"][0]["Key"];
    assert_eq!(key, "crowfly:notifies");
    assert_eq!(lambda.output("Issuer"), "https://i.example");
    assert_eq!(lambda.refusals().len(), 1, "an issuer without an audience");
}
