//! What `sam package` does: uploads each function's zip to a bucket, writes its URL into the template, and uploads the
//! template too, because CloudFormation accepts at most 51,200 bytes in the call:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.

use devkit::hash::sha256_hex;

use super::server::Aws;
use crate::error::Error;
use crate::lambdas::{self, Functions};
use crate::{files, paths};

const BUCKET: &str = "crowfly-artifacts";

/// Uploads each function's zip, and `template.yaml` with their URLs; returns the URL of the template.
pub(crate) fn package(aws: &Aws, functions: &Functions) -> Result<String, Error> {
    aws.create_bucket(BUCKET)?;
    package_of(aws, functions, "template.yaml", lambdas::BINS)
}

/// The same for the example scanner's template, in the same bucket.
pub(crate) fn package_scanner(aws: &Aws, functions: &Functions) -> Result<String, Error> {
    let template = "examples/scanner/template.yaml";
    package_of(aws, functions, template, &[lambdas::SCANNER])
}

fn package_of(
    aws: &Aws,
    functions: &Functions,
    file: &str,
    bins: &[&str],
) -> Result<String, Error> {
    let template = files::text(&paths::root().join(file))?;
    let mut addresses = Vec::new();
    for bin in bins {
        let bytes = files::read(&functions.zip(bin))?;
        let key = format!("{bin}-{}.zip", sha256_hex(&bytes));
        aws.put_object(BUCKET, &key, bytes)?;
        addresses.push((*bin, format!("s3://{BUCKET}/{key}")));
    }
    let packaged = with_addresses(&template, &addresses)?.into_bytes();
    let key = format!("template-{}.yaml", sha256_hex(&packaged));
    aws.put_object(BUCKET, &key, packaged)?;
    Ok(format!("{}/{BUCKET}/{key}", aws.url()))
}

/// Writes `CodeUri` into the properties of each function, which is found by its `Binary`.
fn with_addresses(template: &str, addresses: &[(&str, String)]) -> Result<String, Error> {
    let mut out = String::with_capacity(template.len() + 512);
    let mut pending: Option<&str> = None;
    let mut written = 0;
    for line in template.lines() {
        out.push_str(line);
        out.push('\n');
        if let Some(bin) = line.trim().strip_prefix("Binary: ") {
            let address = addresses.iter().find(|(name, _)| *name == bin);
            let missing = format!("template.yaml has the function `{bin}`, which is not built");
            let (_, address) = address.ok_or_else(|| Error::failed(missing))?;
            pending = Some(address);
        } else if line == "    Properties:"
            && let Some(address) = pending.take()
        {
            out.push_str(&format!("      CodeUri: {address}\n"));
            written += 1;
        }
    }
    if written == addresses.len() {
        Ok(out)
    } else {
        Err(Error::failed(format!(
            "template.yaml has {written} functions with a Binary before their Properties, but {} are built",
            addresses.len()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::with_addresses;

    const TEMPLATE: &str = "Resources:\n  A:\n    Metadata:\n      BuildProperties:\n        Binary: a\n    \
                            Properties:\n      Role: r\n  B:\n    Properties:\n      Name: b\n";

    #[test]
    fn a_function_gets_the_address_of_its_zip() {
        let made = with_addresses(TEMPLATE, &[("a", "s3://b/a.zip".to_owned())]).unwrap();
        let expected = TEMPLATE.replace(
            "      Role: r",
            "      CodeUri: s3://b/a.zip\n      Role: r",
        );
        assert_eq!(made, expected);
    }

    #[test]
    fn functions_and_binaries_must_be_the_same() {
        let unknown = with_addresses(TEMPLATE, &[("b", "s3://b/b.zip".to_owned())]);
        assert!(unknown.unwrap_err().to_string().contains("`a`"));
        let both = [
            ("a", "s3://b/a.zip".to_owned()),
            ("b", "s3://b/b.zip".to_owned()),
        ];
        assert!(with_addresses(TEMPLATE, &both).is_err());
    }
}
