//! What the owner of an existing bucket or table is told to add: the outputs of the stack, and the commands of
//! docs/EXISTING.md.

use serde_json::{Value, json};

use crate::document::{list, properties, template};
use crate::resolve::with;

/// The JSON that an output prints, with its variables left as they are.
fn printed(output: &str) -> Value {
    let output = &template()["Outputs"][output];
    assert_eq!(output["Condition"], "GivenBucket");
    let text = match &output["Value"]["Fn::Sub"] {
        Value::Array(parts) => parts[0].as_str(),
        text => text.as_str(),
    };
    let text = text
        .unwrap()
        .replace(":${AbandonedPartsDays}", ":\"${AbandonedPartsDays}\"");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What the stack sets in its own bucket alone cannot be asked for with another one.
#[test]
fn an_existing_bucket_keeps_its_settings() {
    let existing = [("ExistingBucket", "films"), ("EventRoute", "eventbridge")];
    assert_eq!(with(&existing).refusals(), [""; 0]);
    let role = "arn:aws:iam::111122223333:role/restore";
    let distribution = "arn:aws:cloudfront::111122223333:distribution/E1ABC";
    for setting in [
        ("Versioning", "on"),
        ("ExpireAfterDays", "10"),
        ("TransitionToIaDays", "30"),
        ("ExemptRoleArn", role),
        ("DistributionArn", distribution),
    ] {
        let refusals = with(&[existing[0], existing[1], setting]).refusals();
        assert!(
            refusals.concat().contains(setting.0),
            "{setting:?}: {refusals:?}"
        );
        assert_eq!(with(&[setting]).refusals(), [""; 0]);
    }
}

#[test]
fn the_printed_policy_is_that_of_the_own_bucket_under_uploads() {
    let own = with(&[]).properties("BucketPolicy");
    let own = list(&own["PolicyDocument"]["Statement"]);
    let mut printed = printed("BucketPolicy");
    let statements = printed["Statement"].as_array_mut().unwrap();
    assert_eq!(statements.len(), own.len());
    for (printed, own) in statements.iter().zip(own) {
        let mut expected = own.clone();
        expected["Sid"] = json!(format!("Crowfly{}", own["Sid"].as_str().unwrap()));
        expected["Resource"] = json!("${Uploads}");
        assert_eq!(*printed, expected);
    }
    let uploads = &template()["Outputs"]["BucketPolicy"]["Value"]["Fn::Sub"][1]["Uploads"];
    assert_eq!(
        *uploads,
        json!({"Fn::Sub": "arn:${AWS::Partition}:s3:::${ExistingBucket}/uploads/*"})
    );
}

#[test]
fn the_printed_cors_and_lifecycle_are_those_of_the_own_bucket() {
    let own = &properties("Bucket")["CorsConfiguration"]["CorsRules"][0];
    let printed_cors = printed("BucketCors");
    let rule = &printed_cors["CORSRules"][0];
    assert_eq!(rule["AllowedOrigins"], json!(["${Origins}"]));
    let origins = &template()["Outputs"]["BucketCors"]["Value"]["Fn::Sub"][1]["Origins"];
    assert_eq!(
        *origins,
        json!({"Fn::Join": ["\",\"", {"Ref": "AllowedOrigins"}]})
    );
    // The names of the API differ from CloudFormation's.
    for (api, template) in [
        ("AllowedMethods", "AllowedMethods"),
        ("AllowedHeaders", "AllowedHeaders"),
        ("ExposeHeaders", "ExposedHeaders"),
        ("MaxAgeSeconds", "MaxAge"),
    ] {
        assert_eq!(rule[api], own[template], "{api}");
    }
    let own = &properties("Bucket")["LifecycleConfiguration"]["Rules"][0];
    let printed = printed("BucketLifecycle");
    let rule = &printed["Rules"][0];
    assert_eq!(rule["Filter"], json!({"Prefix": "uploads/"}));
    assert_eq!(
        own["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"],
        json!({"Ref": "AbandonedPartsDays"})
    );
    assert_eq!(
        rule["AbortIncompleteMultipartUpload"],
        json!({"DaysAfterInitiation": "${AbandonedPartsDays}"})
    );
}

/// The value of an option in the page's command, in shell words.
fn option<'a>(command: &'a str, name: &str) -> &'a str {
    let (_, rest) = command
        .split_once(name)
        .unwrap_or_else(|| panic!("no {name}"));
    rest.split("--")
        .next()
        .unwrap_or_default()
        .trim_matches([' ', '\\', '\n'])
}

/// `Name=value,Type=value` as the API has it.
fn pairs(words: &str) -> Value {
    let fields = |word: &str| {
        let fields = word.split(',').filter_map(|field| field.split_once('='));
        fields
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect()
    };
    let words = words.split_whitespace().filter(|word| *word != "\\");
    words.map(|word| Value::Object(fields(word))).collect()
}

#[test]
fn the_printed_table_is_the_own_one() {
    let page = std::fs::read_to_string(devkit::paths::root().join("docs/EXISTING.md")).unwrap();
    let (_, command) = page.split_once("aws dynamodb create-table").unwrap();
    let command = command.split("```").next().unwrap();
    let table = properties("Table");
    assert_eq!(
        pairs(option(command, "--attribute-definitions")),
        table["AttributeDefinitions"]
    );
    assert_eq!(pairs(option(command, "--key-schema")), table["KeySchema"]);
    let indexes = option(command, "--global-secondary-indexes");
    let indexes = indexes.split('\'').nth(1).unwrap();
    let indexes: Value = serde_json::from_str(indexes).unwrap();
    assert_eq!(indexes, table["GlobalSecondaryIndexes"]);
    assert!(command.contains(table["BillingMode"].as_str().unwrap()));
    let attribute = table["TimeToLiveSpecification"]["AttributeName"]
        .as_str()
        .unwrap();
    assert!(command.contains(&format!("Enabled=true,AttributeName={attribute}")));
}
