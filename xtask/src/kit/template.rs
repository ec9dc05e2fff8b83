//! The templates of the kit: `template.yaml` for one processor, with built functions instead of their source.

use crate::error::Error;

const PARAMETER: &str = "  Architecture:";
/// Where the console's groups and labels name it.
const SHOWN: [&str; 2] = ["          - Architecture", "      Architecture: {"];
const SOURCE: &str = "    CodeUri: backend/lambdas";
const PROCESSOR: &str = "    Architectures: [!Ref Architecture]";
const METADATA: &str = "    Metadata:";
const PROPERTIES: &str = "    Properties:";

/// The template for functions of this architecture, whose zips lie in `functions/<architecture>/`.
///
/// # Errors
/// If the template does not have the form that this relies on.
pub(super) fn for_architecture(template: &str, architecture: &str) -> Result<String, Error> {
    let mut out = String::with_capacity(template.len());
    let mut lines = template.lines().peekable();
    let mut replaced = 0;
    while let Some(line) = lines.next() {
        match line {
            PARAMETER => while lines.next_if(|line| line.starts_with("   ")).is_some() {},
            shown if SHOWN.iter().any(|start| shown.starts_with(start)) => replaced += 1,
            SOURCE => replaced += 1,
            PROCESSOR => {
                out.push_str(&format!("    Architectures: [{architecture}]\n"));
                replaced += 1;
            }
            METADATA => {
                let build = std::iter::from_fn(|| lines.next_if(|line| *line != PROPERTIES));
                let binary = build
                    .filter_map(|line| line.trim().strip_prefix("Binary: "))
                    .last();
                let binary = binary.ok_or_else(|| wrong("metadata without a Binary"))?;
                lines.next();
                out.push_str(&format!(
                    "{PROPERTIES}\n      CodeUri: functions/{architecture}/{binary}.zip\n"
                ));
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    if replaced != 4 || out.contains("!Ref Architecture") || out.contains("BuildMethod") {
        return Err(wrong("another use of Architecture, CodeUri or BuildMethod"));
    }
    Ok(out)
}

fn wrong(what: &str) -> Error {
    Error::failed(format!("template.yaml has {what} than the kit knows"))
}

#[cfg(test)]
mod tests {
    use crate::lambdas::BINS;
    use crate::{files, paths};

    use super::for_architecture;

    fn template() -> String {
        files::text(&paths::root().join("template.yaml")).unwrap()
    }

    /// The kit's template is the one template, line by line, without the parameter and the builds.
    #[test]
    fn a_kit_has_the_whole_template() {
        let template = template();
        for architecture in ["arm64", "x86_64"] {
            let made = for_architecture(&template, architecture).unwrap();
            let mut own = made.lines().peekable();
            let mut left_out = Vec::new();
            let mut added = Vec::new();
            for line in template.lines() {
                while let Some(new) = own.next_if(|new| *new != line && is_new(new)) {
                    added.push(new.trim().to_owned());
                }
                if own.next_if_eq(&line).is_none() {
                    left_out.push(line.trim());
                }
            }
            assert_eq!(own.next(), None);
            let mut functions: Vec<_> = BINS
                .iter()
                .map(|bin| format!("CodeUri: functions/{architecture}/{bin}.zip"))
                .collect();
            functions.push(format!("Architectures: [{architecture}]"));
            functions.sort();
            added.sort();
            assert_eq!(added, functions);
            let builds = left_out
                .iter()
                .filter(|line| **line == "BuildMethod: rust-cargolambda");
            assert_eq!(builds.count(), BINS.len());
            // The parameter's lines, two that show it, two of the globals, and four of each function.
            let parameter = left_out.len() - 4 - 4 * BINS.len();
            assert!((2..=8).contains(&parameter), "{left_out:#?}");
        }
    }

    fn is_new(line: &str) -> bool {
        line.contains("CodeUri: functions/") || line.starts_with("    Architectures: [")
    }

    #[test]
    fn a_template_of_another_form_is_refused() {
        let template = template();
        for (text, other) in [
            ("    CodeUri: backend/lambdas\n", ""),
            ("        Binary: presign\n", ""),
            ("MemorySize: 256", "MemorySize: !Ref Architecture"),
        ] {
            let changed = template.replace(text, other);
            assert_ne!(changed, template, "{text}");
            assert!(for_architecture(&changed, "arm64").is_err(), "{text}");
        }
    }
}
