//! `cargo xtask config`: points the demo page at a deployed stack, and puts the npm package beside it, so that any web
//! server of static files can serve `www/`.
//!
//! The stack is described by the AWS CLI, with the region and the credentials that it finds: a profile, SSO, or the
//! environment.

use std::collections::BTreeMap;

use lexopt::{Arg, Parser, ValueExt};
use serde_json::{Value, json};

use crate::error::Error;
use crate::process::Cmd;
use crate::setup::python;
use crate::{files, package, paths, step};

#[derive(Debug, PartialEq, Eq)]
struct Asked {
    stack: String,
    region: Option<String>,
    /// The AWS CLI's profile, static or by SSO.
    profile: Option<String>,
    /// The page's client at an issuer that is not the stack's own pool.
    client_id: Option<String>,
}

pub(crate) fn run(arguments: Parser) -> Result<(), Error> {
    let asked = parse(arguments)?;
    let outputs = outputs(&describe(&asked)?);
    let endpoint = std::env::var("AWS_ENDPOINT_URL").ok();
    let config = config(&outputs, asked.client_id.as_deref(), endpoint.as_deref())?;
    let www = paths::root().join("www");
    files::write(&www.join("config.json"), format!("{config:#}\n"))?;
    package::build()?;
    let beside = www.join("crowfly");
    files::empty(&beside)?;
    files::copy_all(&paths::npm_package(), &beside)?;
    step::clear();
    println!(
        "www/config.json points at the stack {}; to serve the page:\n",
        asked.stack
    );
    println!("  python3 -m http.server 8080 --bind 127.0.0.1 --directory www\n");
    println!(
        "The stack's AllowedOrigins must have the page's origin, such as http://127.0.0.1:8080"
    );
    Ok(())
}

fn parse(mut arguments: Parser) -> Result<Asked, Error> {
    let mut asked = Asked {
        stack: "crowfly".to_owned(),
        region: None,
        profile: None,
        client_id: None,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("stack") => asked.stack = arguments.value()?.string()?,
            Arg::Long("region") => asked.region = Some(arguments.value()?.string()?),
            Arg::Long("profile") => asked.profile = Some(arguments.value()?.string()?),
            Arg::Long("client-id") => asked.client_id = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(asked)
}

fn describe(asked: &Asked) -> Result<Value, Error> {
    let mut command = Cmd::new(python::aws_cli()?.join("aws"))
        .words("cloudformation describe-stacks --output json --stack-name")
        .arg(&asked.stack)
        .log("config");
    for (option, value) in [("--region", &asked.region), ("--profile", &asked.profile)] {
        if let Some(value) = value {
            command = command.args([option, value]);
        }
    }
    files::json("what the AWS CLI wrote", command.output()?)
}

/// The outputs of the one stack that was described.
fn outputs(described: &Value) -> BTreeMap<String, String> {
    let all = described["Stacks"][0]["Outputs"].as_array();
    let pair = |output: &Value| {
        let text = |name: &str| output[name].as_str().map(str::to_owned);
        Some((text("OutputKey")?, text("OutputValue")?))
    };
    all.into_iter().flatten().filter_map(pair).collect()
}

/// The page's configuration, as `www/README.md` describes it.
fn config(
    outputs: &BTreeMap<String, String>,
    client_id: Option<&str>,
    endpoint: Option<&str>,
) -> Result<Value, Error> {
    let output = |name: &str| {
        let missing = format!("the stack has no output {name}; is it one of Crowfly?");
        outputs
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Error::failed(missing))
    };
    let issuer = output("Issuer")?;
    let auth = match (outputs.get("ClientId"), client_id) {
        (Some(own), _) => {
            let of_the_pool = issuer
                .rsplit_once('/')
                .map_or(issuer, |(endpoint, _)| endpoint);
            let endpoint = endpoint.unwrap_or(of_the_pool);
            json!({"kind": "cognito", "endpoint": endpoint, "clientId": own})
        }
        (None, Some(client)) => {
            // A sign-in asks for one audience: the first that the stack accepts.
            let audience = output("Audience")?.split(',').next();
            json!({"kind": "oidc", "issuer": issuer, "clientId": client, "audience": audience})
        }
        (None, None) => {
            return Err(Error::Usage(format!(
                "the stack trusts {issuer}: --client-id names the page's client there"
            )));
        }
    };
    Ok(json!({"api": output("Api")?, "region": output("Region")?, "auth": auth}))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{config, outputs};

    fn described(pairs: &[(&str, &str)]) -> Value {
        let outputs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| json!({"OutputKey": key, "OutputValue": value, "Description": ""}))
            .collect();
        json!({"Stacks": [{"StackName": "crowfly", "Outputs": outputs}]})
    }

    const OWN: [(&str, &str); 5] = [
        ("Api", "https://abc.execute-api.eu-west-1.amazonaws.com"),
        ("Region", "eu-west-1"),
        (
            "Issuer",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x",
        ),
        ("Audience", "client"),
        ("ClientId", "client"),
    ];

    #[test]
    fn d3_a_stack_with_its_own_pool_needs_no_more() {
        let outputs = outputs(&described(&OWN));
        let config = config(&outputs, None, None).expect("it is enough");
        let endpoint = "https://cognito-idp.eu-west-1.amazonaws.com";
        let auth = json!({"kind": "cognito", "endpoint": endpoint, "clientId": "client"});
        let expected = json!({"api": OWN[0].1, "region": "eu-west-1", "auth": auth});
        assert_eq!(config, expected);
    }

    #[test]
    fn d3_another_issuer_needs_the_pages_client() {
        let mut pairs = OWN[..4].to_vec();
        pairs[2].1 = "https://id.example.com/";
        let outputs = outputs(&described(&pairs));
        let error = config(&outputs, None, None)
            .expect_err("no client")
            .to_string();
        assert!(error.contains("--client-id"), "{error}");
        let config = config(&outputs, Some("page"), None).expect("it is enough");
        assert_eq!(config["auth"]["issuer"], "https://id.example.com/");
        assert_eq!(config["auth"]["audience"], "client");
    }

    #[test]
    fn of_several_audiences_the_page_asks_for_the_first() {
        let mut pairs = OWN[..4].to_vec();
        pairs[3].1 = "page,app";
        let config = config(&outputs(&described(&pairs)), Some("page"), None);
        let config = config.expect("it is enough");
        assert_eq!(config["auth"]["audience"], "page");
    }

    #[test]
    fn d3_a_stack_of_something_else_is_named() {
        let error = config(&outputs(&described(&[])), None, None).expect_err("none");
        assert!(error.to_string().contains("Issuer"), "{error}");
    }
}
