//! What a derived schema has and a reader of the document does not want.

use serde_json::{Map, Value};

use crate::limits::MAX_SAFE_INTEGER;

/// Removes `null` from the types of fields: an answer leaves out what it does not have.
pub(super) fn never_null(schemas: &mut Map<String, Value>) {
    for schema in schemas.values_mut() {
        let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
        for field in fields.into_iter().flat_map(Map::values_mut) {
            without_null(field);
        }
    }
}

fn without_null(field: &mut Value) {
    let Some(field) = field.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = field.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            field.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(forms)) = field.get_mut("anyOf") {
        forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = forms.as_slice() {
            let only = only.clone();
            field.remove("anyOf");
            field.extend(only);
        }
    }
}

/// Removes Rust's integer formats and its links in descriptions; an integer is one that a JavaScript number can hold.
pub(super) fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let unsigned =
                |format: &Value| format.as_str().is_some_and(|name| name.starts_with("uint"));
            if members.get("format").is_some_and(unsigned) {
                members.remove("format");
                members
                    .entry("maximum")
                    .or_insert_with(|| MAX_SAFE_INTEGER.into());
            }
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = plain(text);
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// Replaces the links of rustdoc by what they show, and joins its lines: [`Name`](path) becomes `Name`.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let (name, after) = link.split_once("`]").unwrap_or((link, ""));
        plain.extend([before, "`", name, "`"]);
        let target = after
            .strip_prefix('(')
            .and_then(|path| path.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain.push_str(rest);
    let paragraphs = plain.split("\n\n").map(|lines| lines.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{plain, without_null};

    #[test]
    fn a_link_of_rustdoc_becomes_what_it_shows() {
        assert_eq!(
            plain("Read as\n[`A`](crate::A), or [`B`]."),
            "Read as `A`, or `B`."
        );
        assert_eq!(plain("One.\n\nTwo\nlines."), "One.\n\nTwo lines.");
    }

    #[test]
    fn a_field_that_may_be_absent_is_never_null() {
        for (mut field, expected) in [
            (
                json!({"type": ["string", "null"]}),
                json!({"type": "string"}),
            ),
            (
                json!({"description": "d", "anyOf": [{"$ref": "#/a"}, {"type": "null"}]}),
                json!({"description": "d", "$ref": "#/a"}),
            ),
            (json!({"type": "integer"}), json!({"type": "integer"})),
        ] {
            without_null(&mut field);
            assert_eq!(field, expected);
        }
    }
}
