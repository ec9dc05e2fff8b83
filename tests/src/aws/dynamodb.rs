use serde_dynamo::{Item, from_item, to_item};
use serde_json::{Value, json};

use super::Aws;

impl Aws {
    /// The item of one upload, in plain JSON; `None` when there is none.
    #[track_caller]
    pub fn get_item(&self, owner: &str, id: &str) -> Option<Value> {
        let key = item(&json!({"owner": owner, "id": id}));
        let answer = self.dynamodb("GetItem", json!({"Key": key, "ConsistentRead": true}));
        answer.get("Item").map(plain)
    }

    /// Every upload of one owner, in plain JSON. The owner's quota and rate items are left out.
    #[track_caller]
    pub fn items_of(&self, owner: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut query = json!({
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":o": {"S": owner}},
            "ConsistentRead": true,
        });
        loop {
            let answer = self.dynamodb("Query", query.clone());
            let page = answer["Items"].as_array().into_iter().flatten().map(plain);
            let is_upload = |id: &str| !id.starts_with('#');
            items.extend(page.filter(|item| item["id"].as_str().is_some_and(is_upload)));
            match answer.get("LastEvaluatedKey") {
                Some(last) if !last.is_null() => query["ExclusiveStartKey"] = last.clone(),
                _ => return items,
            }
        }
    }

    /// Puts an item exactly as given, replacing any item there.
    #[track_caller]
    pub fn put_item(&self, fields: &Value) {
        self.dynamodb("PutItem", json!({"Item": item(fields)}));
    }

    /// Deletes the item of one upload, as its TTL does in the end:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>.
    #[track_caller]
    pub fn delete_item(&self, owner: &str, id: &str) {
        let key = item(&json!({"owner": owner, "id": id}));
        self.dynamodb("DeleteItem", json!({"Key": key}));
    }

    /// Calls an operation on the stack's table.
    #[track_caller]
    fn dynamodb(&self, operation: &str, mut body: Value) -> Value {
        body["TableName"] = json!(self.stack.table);
        self.call("dynamodb", &format!("DynamoDB_20120810.{operation}"), &body)
    }
}

/// Plain JSON from DynamoDB's typed form.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>
fn plain(typed: &Value) -> Value {
    let item: Item = serde_json::from_value(typed.clone()).expect("an item of DynamoDB");
    from_item(item).expect("an item is plain JSON")
}

/// DynamoDB's typed form of plain JSON.
fn item(fields: &Value) -> Value {
    let item: Item = to_item(fields).expect("an object");
    serde_json::to_value(item).expect("an item is JSON")
}
