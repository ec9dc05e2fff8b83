use serde_json::json;

/// `count` different malformed messages of all kinds, each with the mark in it.
pub fn bodies(bucket: &str, mark: &str, count: usize) -> Vec<String> {
    let event = |n: usize, object: serde_json::Value| {
        json!({"Records": [{
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "eventTime": "2026-11-22T09:30:00.000Z", "mark": format!("{mark}-{n}"),
            "s3": {"bucket": {"name": bucket}, "object": object},
        }]})
        .to_string()
    };
    (0..count)
        .map(|n| match n % 6 {
            0 => format!("poison {mark}-{n}"),
            1 => format!("{{\"Records\":[{{\"poison\":\"{mark}-{n}\""),
            2 => json!({"hello": format!("{mark}-{n}")}).to_string(),
            3 => event(n, json!({"key": "uploads/a", "sequencer": "A1"})),
            4 => event(
                n,
                json!({"key": "uploads/%FF", "size": 1, "sequencer": "A1"}),
            ),
            _ => json!({"v": 9, "key": format!("{mark}-{n}")}).to_string(),
        })
        .collect()
}
