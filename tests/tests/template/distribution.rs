//! The CloudFront distribution that `docs/guides/cdn.md` starts from.

use serde_json::{Value, json};

use crate::document::parse;

fn resources() -> Value {
    let page = devkit::paths::root().join("docs/guides/cdn.md");
    let text = std::fs::read_to_string(page).unwrap();
    let (_, rest) = text.split_once("```yaml\n").expect("a template");
    parse(rest.split("```").next().unwrap())["Resources"].clone()
}

/// CloudFront asks no record, so that it may serve only what a server has signed, and nothing that a browser would run.
#[test]
fn d8_the_distribution_of_the_guide_serves_signed_attachments() {
    let resources = resources();
    let config = &resources["Distribution"]["Properties"]["DistributionConfig"];
    let behavior = &config["DefaultCacheBehavior"];
    assert_eq!(behavior["TrustedKeyGroups"], json!([{"Ref": "Signers"}]));
    assert_eq!(behavior["ViewerProtocolPolicy"], "redirect-to-https");
    assert_eq!(
        behavior["ResponseHeadersPolicyId"],
        json!({"Ref": "Headers"})
    );
    assert_eq!(config["CacheBehaviors"], Value::Null);
    let origins = config["Origins"].as_array().unwrap();
    assert_eq!(origins.len(), 1);
    let control = json!({"Fn::GetAtt": "AccessControl.Id"});
    assert_eq!(origins[0]["OriginAccessControlId"], control);
    let headers = &resources["Headers"]["Properties"]["ResponseHeadersPolicyConfig"];
    let security = &headers["SecurityHeadersConfig"];
    assert_eq!(security["ContentTypeOptions"]["Override"], true);
    let attachment =
        json!({"Header": "Content-Disposition", "Value": "attachment", "Override": true});
    assert_eq!(headers["CustomHeadersConfig"]["Items"], json!([attachment]));
}
