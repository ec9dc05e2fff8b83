/// The text between `<tag>` and `</tag>`, for each such pair in turn, without entities when it is not XML itself.
pub fn elements(xml: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    xml.split(open.as_str())
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(close.as_str())?.0))
        .map(|inner| match inner.contains('<') {
            true => inner.to_owned(),
            false => unescaped(inner),
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{elements, unescaped};

    #[test]
    fn elements_are_found_in_turn() {
        let xml = "<Outputs><member><K>a</K></member><member><K>b&amp;</K></member></Outputs>";
        assert_eq!(elements(xml, "member"), ["<K>a</K>", "<K>b&amp;</K>"]);
        assert_eq!(elements(xml, "K"), ["a", "b&"]);
        assert!(elements(xml, "missing").is_empty());
        assert_eq!(unescaped("&amp;lt; &lt;a&gt; &quot;"), "&lt; <a> \"");
    }
}
