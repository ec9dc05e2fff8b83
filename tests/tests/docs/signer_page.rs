//! `docs/SIGNER.md` and the examples agree with each other and with the code.

use std::collections::BTreeMap;

use crowfly_contract::ErrorCode;
use data_encoding::HEXLOWER;
use devkit::aws::{Key, Moment, sign};
use devkit::hash::{hmac_sha256, sha256_hex};
use devkit::http::Request;
use serde_json::Value;

use crate::read;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-11-22T10:20:30Z.
const UNIX: u64 = 1_795_342_830;

/// The golden requests by their titles: each block of the section in turn.
fn golden() -> BTreeMap<String, Vec<String>> {
    let page = read("docs/SIGNER.md");
    let section = page
        .split("### Golden requests")
        .nth(1)
        .expect("the section");
    let section = section.split("\n### ").next().unwrap_or_default();
    let requests = section.split("\n#### ").skip(1).map(|request| {
        let title = request.lines().next().unwrap_or_default().to_owned();
        let blocks = request.split("```").skip(1).step_by(2);
        let blocks =
            blocks.filter_map(|block| Some(block.split_once('\n')?.1.trim_end().to_owned()));
        (title, blocks.collect())
    });
    requests.collect()
}

/// Each step follows from the one before, by the rules of
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.
#[test]
fn s2_every_golden_request_is_computed_from_its_parts() {
    let golden = golden();
    assert_eq!(golden.len(), 4, "{:?}", golden.keys());
    for (title, blocks) in &golden {
        let [.., canonical, to_sign, last] = blocks.as_slice() else {
            panic!("{title}: {} blocks", blocks.len());
        };
        let lines: Vec<&str> = to_sign.lines().collect();
        let [algorithm, _, scope, hash] = lines.as_slice() else {
            panic!("{title}: {to_sign}");
        };
        assert_eq!(*algorithm, "AWS4-HMAC-SHA256");
        assert_eq!(*hash, sha256_hex(canonical.as_bytes()), "{title}");
        let key = scope
            .split('/')
            .fold(format!("AWS4{SECRET}").into_bytes(), |key, step| {
                hmac_sha256(&key, step.as_bytes()).to_vec()
            });
        let signature = HEXLOWER.encode(&hmac_sha256(&key, to_sign.as_bytes()));
        assert!(
            last.ends_with(&format!("Signature={signature}")),
            "{title}: {signature}"
        );
    }
}

/// The requests that a server sends itself, signed from scratch. (Those of the browser are compared with the backend's
/// presigner by its own tests.)
#[test]
fn s2_the_golden_headers_are_those_of_our_signer() {
    let golden = golden();
    let at = Moment {
        key: Key {
            id: "AKIDEXAMPLE".into(),
            secret: SECRET.into(),
        },
        region: "eu-west-1".into(),
        service: "s3".into(),
        unix: UNIX,
    };
    for title in ["CreateMultipartUpload", "CompleteMultipartUpload"] {
        let blocks = golden.get(title).unwrap_or_else(|| panic!("no {title}"));
        let body = if blocks.len() == 4 {
            blocks[0].clone()
        } else {
            String::new()
        };
        let canonical = &blocks[blocks.len() - 3];
        let mut lines = canonical.lines();
        let [method, path, query] = [(); 3].map(|()| lines.next().unwrap_or_default());
        let headers: Vec<(&str, &str)> = lines.map_while(|line| line.split_once(':')).collect();
        let host = headers
            .iter()
            .find(|(name, _)| *name == "host")
            .expect("a host")
            .1;
        let mut request = Request::new(method, format!("http://{host}{path}?{query}")).body(body);
        let own = ["host", "x-amz-date", "x-amz-content-sha256"];
        for (name, value) in headers.iter().filter(|(name, _)| !own.contains(name)) {
            request = request.header(name, *value);
        }
        let signed = sign(request, &at).headers;
        let signed = signed.iter().find(|(name, _)| name == "authorization");
        assert_eq!(signed.map(|(_, value)| value), blocks.last(), "{title}");
    }
}

#[test]
fn s3_the_page_shows_the_browsers_side_of_the_example() {
    let page = read("docs/SIGNER.md");
    let shown = page
        .split("```js")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a script");
    let shown: Vec<&str> = shown.lines().map(str::trim).collect();
    let own = ["", "export const signer = {", "};"];
    let script = read("examples/signer-node/public/signer.js");
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !own.contains(line))
    {
        assert!(
            shown.contains(&line),
            "docs/SIGNER.md does not show: {line}"
        );
    }
    let lines = read("examples/signer-node/signer.mjs").lines().count();
    assert!(lines <= 100, "the signer has {lines} lines");
}

#[test]
fn every_refusal_of_the_page_has_a_known_code() {
    let page = read("docs/SIGNER.md");
    let section = page.split("\n## Refusals\n").nth(1).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let cells = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1));
    let mut codes = 0;
    for cell in cells.filter(|cell| cell.starts_with(|first: char| first.is_ascii_digit())) {
        for code in cell.split('`').skip(1).step_by(2) {
            codes += 1;
            let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
            let known = known.unwrap_or_else(|| panic!("there is no code {code}"));
            let status = known.http_status().expect("a status").to_string();
            assert!(
                cell.contains(&status),
                "{code} has the status {status}: {cell}"
            );
        }
    }
    assert!(codes >= 14, "{codes} codes were found");
}

#[test]
fn the_page_is_found_from_where_people_look() {
    for (file, link) in [
        ("README.md", "docs/SIGNER.md"),
        ("docs/SDK.md", "SIGNER.md"),
        ("client-wasm/npm/README.md", "docs/SIGNER.md"),
    ] {
        assert!(read(file).contains(link), "{file} does not link {link}");
    }
}

/// The suite runs the example with the packages of the tools.
#[test]
fn the_example_pins_the_packages_that_it_is_tested_with() {
    let lock = |path: &str| -> Value { serde_json::from_str(&read(path)).expect("a lock file") };
    let (example, tools) = (
        lock("examples/signer-node/package-lock.json"),
        lock("xtask/node/package-lock.json"),
    );
    let packages = example["packages"].as_object().expect("packages");
    assert!(packages.len() > 10, "{} packages", packages.len());
    for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        assert_eq!(
            package["version"], tools["packages"][path]["version"],
            "{path}"
        );
        assert_eq!(package["resolved"], Value::Null, "{path} names a registry");
    }
}
