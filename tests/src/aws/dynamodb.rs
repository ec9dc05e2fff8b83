use serde_json::{Map, Value, json};

use super::Aws;

impl Aws {
    /// The item of one upload, in plain JSON; `None` when there is none.
    #[track_caller]
    pub fn get_item(&self, owner: &str, id: &str) -> Option<Value> {
        let answer = self.call(
            "dynamodb",
            "DynamoDB_20120810.GetItem",
            &json!({
                "TableName": self.stack.table,
                "Key": {"owner": {"S": owner}, "id": {"S": id}},
                "ConsistentRead": true,
            }),
        );
        answer.get("Item").map(plain)
    }

    /// Every upload of one owner, in plain JSON. The owner's quota and rate items are left out.
    #[track_caller]
    pub fn items_of(&self, owner: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut query = json!({
            "TableName": self.stack.table,
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":o": {"S": owner}},
            "ConsistentRead": true,
        });
        loop {
            let answer = self.call("dynamodb", "DynamoDB_20120810.Query", &query);
            let page = answer["Items"].as_array().into_iter().flatten().map(plain);
            items.extend(
                page.filter(|item| item["id"].as_str().is_some_and(|id| !id.starts_with('#'))),
            );
            match answer.get("LastEvaluatedKey") {
                Some(last) if !last.is_null() => query["ExclusiveStartKey"] = last.clone(),
                _ => return items,
            }
        }
    }

    /// Puts an item exactly as given, replacing any item there.
    #[track_caller]
    pub fn put_item(&self, fields: &Value) {
        let body = json!({"TableName": self.stack.table, "Item": item(fields)});
        self.call("dynamodb", "DynamoDB_20120810.PutItem", &body);
    }

    /// Deletes the item of one upload, as its TTL does in the end:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>.
    #[track_caller]
    pub fn delete_item(&self, owner: &str, id: &str) {
        let key = item(&json!({"owner": owner, "id": id}));
        let body = json!({"TableName": self.stack.table, "Key": key});
        self.call("dynamodb", "DynamoDB_20120810.DeleteItem", &body);
    }
}

/// Plain JSON from DynamoDB's typed form; numbers that are not integers stay text.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>
pub fn plain(typed: &Value) -> Value {
    let Some(fields) = typed.as_object() else {
        return Value::Null;
    };
    Value::Object(
        fields
            .iter()
            .map(|(name, value)| (name.clone(), plain_value(value)))
            .collect(),
    )
}

fn plain_value(typed: &Value) -> Value {
    let Some((kind, value)) = typed.as_object().and_then(|fields| fields.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), value) {
        ("N", Value::String(digits)) => digits
            .parse::<i64>()
            .map_or_else(|_| value.clone(), Value::from),
        ("M", fields) => plain(fields),
        ("L", Value::Array(items)) => items.iter().map(plain_value).collect(),
        ("NULL", _) => Value::Null,
        _ => value.clone(),
    }
}

/// DynamoDB's typed form of plain JSON.
pub fn item(fields: &Value) -> Value {
    let typed = |value: &Value| match value {
        Value::String(text) => json!({"S": text}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::Bool(truth) => json!({"BOOL": truth}),
        Value::Object(_) => json!({"M": item(value)}),
        Value::Array(items) => {
            json!({"L": items.iter().map(|value| item(&json!({"v": value}))["v"].clone()).collect::<Vec<_>>()})
        }
        Value::Null => json!({"NULL": true}),
    };
    let fields: Map<String, Value> = fields
        .as_object()
        .map(|fields| {
            fields
                .iter()
                .map(|(name, value)| (name.clone(), typed(value)))
                .collect()
        })
        .unwrap_or_default();
    Value::Object(fields)
}
