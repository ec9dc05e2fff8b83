//! What requests to the services are billed as.

use serde_json::Value;

use super::relay::Relayed;

/// Bytes of a write unit, and of a read unit:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>.
const WRITE: usize = 1024;
const READ: usize = 4096;

/// Billed requests of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Units {
    /// Write units of the table and its indexes.
    pub(super) write: usize,
    /// Read units, in halves: an eventually consistent read is half of one.
    pub(super) half_reads: usize,
    /// PUT, POST and LIST requests of S3. DELETE is free.
    pub(super) s3_write: usize,
    /// GET and HEAD requests of S3.
    pub(super) s3_read: usize,
    /// Requests of SQS.
    pub(super) sqs: usize,
}

impl Units {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            write: self.write + other.write,
            half_reads: self.half_reads + other.half_reads,
            s3_write: self.s3_write + other.s3_write,
            s3_read: self.s3_read + other.s3_read,
            sqs: self.sqs + other.sqs,
        }
    }

    /// Of one request; `item` looks up an item of the table as it is now, by owner and id.
    pub(super) fn of(call: &Relayed, item: impl Fn(&str, &str) -> Option<Value>) -> Self {
        let none = Self::default();
        match (call.method.as_str(), call.operation.as_str()) {
            (_, "UpdateItem") => Self {
                write: update(&call.request, call.succeeded(), &item),
                ..none
            },
            (_, "TransactWriteItems") => Self {
                write: transaction(call, &item),
                ..none
            },
            (_, "GetItem") => Self {
                half_reads: read(&[&call.answer["Item"]], strong(&call.request)),
                ..none
            },
            (_, "Query") => {
                let items = call.answer["Items"].as_array();
                let size = items.into_iter().flatten().map(typed_item).sum::<usize>();
                let halves = if strong(&call.request) { 2 } else { 1 };
                Self {
                    half_reads: size.div_ceil(READ).max(1) * halves,
                    ..none
                }
            }
            (_, "BatchGetItem") => Self {
                half_reads: batch(call),
                ..none
            },
            (_, operation) if operation.ends_with("Batch") => Self { sqs: 1, ..none },
            ("PUT" | "POST", "") => Self {
                s3_write: 1,
                ..none
            },
            ("GET", "") if call.query.contains("uploadId=") => Self {
                s3_write: 1,
                ..none
            },
            ("GET" | "HEAD", "") => Self { s3_read: 1, ..none },
            ("DELETE", "") => none,
            other => panic!("what does {other:?} cost?"),
        }
    }
}

fn strong(request: &Value) -> bool {
    request["ConsistentRead"] == true
}

/// Each item of a read is rounded up by itself; one that does not exist costs as much as a small one.
fn read(items: &[&Value], strong: bool) -> usize {
    let halves = if strong { 2 } else { 1 };
    let units = items
        .iter()
        .map(|item| typed_item(item).div_ceil(READ).max(1));
    units.sum::<usize>() * halves
}

fn batch(call: &Relayed) -> usize {
    let tables = call.request["RequestItems"].as_object();
    let asked = tables
        .and_then(|tables| tables.values().next())
        .expect("a table");
    let keys = asked["Keys"].as_array().map_or(0, Vec::len);
    let found = call.answer["Responses"].as_object();
    let found: Vec<&Value> = found
        .into_iter()
        .flat_map(|tables| tables.values())
        .filter_map(Value::as_array)
        .flatten()
        .collect();
    let missing = vec![&Value::Null; keys - found.len()];
    read(&[found, missing].concat(), strong(asked))
}

/// The table, and each index that holds the item: `byCreatedAt` all of it, `byOpen` some attributes, in
/// which a new `sweepAt` is a new key, so one entry is deleted and another written. A write whose condition
/// fails costs the table as much as one that succeeds:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>.
fn update(request: &Value, succeeded: bool, item: &impl Fn(&str, &str) -> Option<Value>) -> usize {
    let key = |name: &str| request["Key"][name]["S"].as_str().expect("a key");
    let Some(item) = item(key("owner"), key("id")) else {
        return 1;
    };
    let table = plain_item(&item).div_ceil(WRITE);
    if !succeeded {
        return table;
    }
    let changes = request["UpdateExpression"].as_str().expect("a change");
    let listed = item.get("createdAt").is_some();
    let open = item.get("openShard").is_some();
    let moved = open && changes.contains("#sweepAt =");
    let removed = changes.contains("#openShard");
    let by_open = usize::from(open || removed) + usize::from(moved);
    table + if listed { table } else { 0 } + by_open
}

/// The table is written twice for each item of a transaction, also of one that is cancelled; an index once:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>.
fn transaction(call: &Relayed, item: &impl Fn(&str, &str) -> Option<Value>) -> usize {
    let items = call.request["TransactItems"].as_array().expect("items");
    let of = |step: &Value| {
        let put = &step["Put"]["Item"];
        if put.is_object() {
            let table = typed_item(put).div_ceil(WRITE);
            // Every new upload is in both indexes.
            return if call.succeeded() {
                3 * table + 1
            } else {
                2 * table
            };
        }
        let update = &step["Update"];
        let once = self::update(update, false, item);
        let all = self::update(update, call.succeeded(), item);
        all + once
    };
    items.iter().map(of).sum()
}

/// Size of an item in DynamoDB's typed JSON:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>.
fn typed_item(item: &Value) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| name.len() + typed(value))
        .sum()
}

fn typed(value: &Value) -> usize {
    let (kind, value) = value
        .as_object()
        .and_then(|one| one.iter().next())
        .expect("a value");
    match kind.as_str() {
        "S" => value.as_str().map_or(0, str::len),
        "N" => digits(value.as_str().unwrap_or_default()),
        "M" => {
            let members = value.as_object().into_iter().flatten();
            3 + members
                .map(|(name, value)| 1 + name.len() + typed(value))
                .sum::<usize>()
        }
        "BOOL" | "NULL" => 1,
        other => panic!("how long is {other}?"),
    }
}

/// Size of an item in plain JSON.
pub(super) fn plain_item(item: &Value) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| name.len() + plain(value))
        .sum()
}

fn plain(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Number(number) => digits(&number.to_string()),
        Value::Object(members) => {
            3 + members
                .iter()
                .map(|(name, value)| 1 + name.len() + plain(value))
                .sum::<usize>()
        }
        _ => 1,
    }
}

/// A byte for two digits, and one more.
fn digits(number: &str) -> usize {
    number.len().div_ceil(2) + 1
}
