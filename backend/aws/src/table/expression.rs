use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::Item;

/// The name placeholders of `expressions`: `#name` refers to the attribute `name`. All names are
/// aliased, since `name`, `size`, `type`, `status` and `owner` are reserved words:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>.
pub(super) fn names(expressions: &[&str]) -> HashMap<String, String> {
    let named = expressions.iter().flat_map(|text| text.split('#').skip(1));
    named
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            (format!("#{name}"), name.to_owned())
        })
        .collect()
}

/// The value placeholders of expressions: `:name` refers to the value `name`.
pub(super) fn values<'a>(values: impl IntoIterator<Item = (&'a str, AttributeValue)>) -> Item {
    let values = values.into_iter();
    values
        .map(|(name, value)| (format!(":{name}"), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn every_placeholder_maps_to_its_name() {
        let found = names(&[
            "SET #s3UploadId = :new, #size=:size REMOVE #counted",
            "(attribute_not_exists(#id) OR #size <= :size) AND #status IN (:a)",
            "a = :b",
        ]);
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort();
        let expected = ["counted", "id", "s3UploadId", "size", "status"];
        assert_eq!(
            found,
            expected.map(|name| (format!("#{name}"), name.to_owned()))
        );
    }
}
