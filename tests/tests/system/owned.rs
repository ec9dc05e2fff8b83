//! A stack with what people already have: a KMS key, a former issuer, several audiences, a host name, a role that restores,
//! a permissions boundary; and with versions and a lifecycle.

mod bucket;

use crowfly_contract::{Grant, Record, UploadStatus};
use devkit::aws::{Client, IAM, QueryService, elements};
use devkit::env::{Env, Stack};
use devkit::http::Request;
use devkit::random::random_hex;
use e2e::api::{Api, crc64nvme, item};
use e2e::aws::Aws;
use e2e::issuer::{TokenRequest, token};
use serde_json::{Value, json};

use crate::common::RECORD_WITHIN;
use crate::parts::{self, Parts};

/// As `xtask/src/local/suite.rs` sets them.
const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const BOUNDARY: &str = "arn:aws:iam::aws:policy/PowerUserAccess";
const HOST: &str = "uploads.example.com";

const BYTES: &[u8] = b"what is mine";

fn stack() -> &'static Stack {
    Env::stack("owned")
}

fn account() -> Aws {
    Aws::new(stack())
}

fn caller() -> Api {
    Api::of_subject(stack(), &format!("owned-{}", random_hex(6)))
}

fn stored(api: &Api) -> Record {
    api.upload(&item("a.txt", "text/plain", BYTES), BYTES)
}

/// Root of the account.
fn root() -> Client {
    let stack = stack();
    Client {
        url: stack.s3.clone(),
        region: stack.region.clone(),
        key: stack.key.clone().expect("the local AWS has a root key"),
    }
}

#[track_caller]
fn query(service: QueryService, action: &str, with: &[(&str, &str)]) -> String {
    let answer = root().query(service, action, with.iter().copied()).send();
    assert_eq!(answer.status, 200, "{action}: {}", answer.text());
    answer.text()
}

/// Presign needs kms:GenerateDataKey for the PUT, record kms:Decrypt for the checksum, read kms:Decrypt for the download.
#[test]
fn a_file_goes_through_a_bucket_with_a_key() {
    let (api, aws) = (caller(), account());
    let record = stored(&api);
    assert!(record.verified, "the checksum is that of the bytes");
    let head = aws.head_object(&record.key.to_string());
    assert_eq!(head.header("x-amz-server-side-encryption"), Some("aws:kms"));
    let content = api.get(&format!("/uploads/{}/content", record.id)).json();
    let url = content["url"].as_str().expect("an address");
    let file = Request::new("GET", url).send();
    assert_eq!((file.status, file.body.as_slice()), (200, BYTES));
}

/// `UploadHosts=two`: here the two names of this computer.
#[test]
fn a_file_goes_to_storage_by_two_host_names() {
    let bytes = parts::bytes();
    let sent = Parts::begin(caller(), parts::create_item());
    let host = |url: &str| {
        let name = url.split(['/', ':']).nth(3).expect("a host");
        name.to_owned()
    };
    let numbers = 1..=sent.plan.part_count();
    assert!(numbers.end() >= &2, "two parts at least");
    for number in numbers {
        let part = sent.slice(&bytes, number);
        let grant = sent.sign(number, Some(crc64nvme(part)));
        let other = grant.other_url.clone().expect("another URL");
        let mut hosts = ["127.0.0.1", "localhost"];
        hosts.rotate_left(usize::from(number.is_multiple_of(2)));
        assert_eq!([host(&grant.url), host(&other)], hosts, "part {number}");
        for url in [grant.url.clone(), other] {
            let grant = Grant {
                url,
                ..grant.clone()
            };
            let answer = parts::put(&grant, part).send();
            assert_eq!(answer.status, 200, "part {number}: {}", answer.text());
        }
    }
    let answer = sent.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A part needs kms:Decrypt, besides.
#[test]
fn a_file_of_many_parts_goes_through_a_bucket_with_a_key() {
    let bytes = parts::bytes();
    let sent = Parts::begin(caller(), parts::create_item());
    sent.send(&bytes, 1..=sent.plan.part_count());
    let answer = sent.complete(&json!({"crc64nvme": crc64nvme(&bytes)}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let record = sent
        .api
        .wait_status(sent.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
}

#[test]
fn the_key_encrypts_queues_table_and_logs() {
    let aws = account();
    for queue in [&stack().queue, &stack().dlq] {
        let ask = json!({"QueueUrl": queue, "AttributeNames": ["All"]});
        let queue = aws.call("sqs", "AmazonSQS.GetQueueAttributes", &ask);
        assert_eq!(queue["Attributes"]["KmsMasterKeyId"], KEY);
    }
    let ask = json!({"TableName": stack().table});
    let table = aws.call("dynamodb", "DynamoDB_20120810.DescribeTable", &ask);
    assert_eq!(table["Table"]["SSEDescription"]["KMSMasterKeyArn"], KEY);
    for (prefix, count) in [("/crowfly", 5), ("/aws/vendedlogs/crowfly", 1)] {
        let ask = json!({"logGroupNamePrefix": format!("{prefix}/{}/", stack().name())});
        let groups = aws.call("logs", "Logs_20140328.DescribeLogGroups", &ask);
        let groups = groups["logGroups"].as_array().expect("log groups").clone();
        assert_eq!(groups.len(), count, "{groups:?}");
        assert!(
            groups.iter().all(|group| group["kmsKeyId"] == KEY),
            "{groups:?}"
        );
    }
}

#[test]
fn each_audience_of_the_list_is_accepted_and_no_other() {
    let subject = format!("owned-{}", random_hex(6));
    let with = |audience: Value| {
        let request = TokenRequest::of(&subject).claim("aud", audience);
        Api::with_token(stack(), &token(&request))
            .get("/uploads")
            .status
    };
    for audience in [
        json!("crowfly-test"),
        json!("crowfly-other"),
        json!(["x", "crowfly-other"]),
    ] {
        assert_eq!(with(audience.clone()), 200, "{audience}");
    }
    for audience in [
        json!("crowfly-test,crowfly-other"),
        json!("crowfly"),
        json!([]),
        json!(""),
    ] {
        assert_eq!(with(audience.clone()), 401, "{audience}");
    }
}

/// The owner is pinned in xtask's test of the same derivation, by coreutils.
#[test]
fn d10_the_owner_is_that_of_the_former_issuer() {
    let api = Api::of_subject(stack(), "denied");
    let upload = api.create_one(&item("a.txt", "text/plain", BYTES));
    assert_eq!(upload.key.owner().as_str(), "cgnb5d6cyfhcbukvma77iixnar");
    assert_eq!(api.delete(&format!("/uploads/{}", upload.id)).status, 204);
}

#[test]
fn d6_the_api_has_a_host_name_and_its_other_address_is_disabled() {
    let described = query(
        devkit::aws::CLOUDFORMATION,
        "DescribeStacks",
        &[("StackName", stack().name())],
    );
    let outputs = elements(&described, "Outputs").concat();
    let output = |name: &str| {
        let tag = format!("<OutputKey>{name}</OutputKey>");
        let members = elements(&outputs, "member");
        let found = members.iter().find(|member| member.contains(&tag));
        found
            .map(|member| elements(member, "OutputValue").concat())
            .unwrap_or_default()
    };
    assert_eq!(output("Api"), format!("https://{HOST}"));
    assert!(!output("ApiTargetDomain").is_empty(), "{outputs}");
    assert!(!output("ApiHostedZoneId").is_empty(), "{outputs}");
    let get = |path: &str| {
        let request = Request::new("GET", format!("{}/v2/{path}", stack().s3));
        let answer = root().sign("apigateway", request).send();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    };
    let id = output("ApiId");
    assert_eq!(
        get(&format!("apis/{id}"))["disableExecuteApiEndpoint"],
        true
    );
    let domain = get(&format!("domainnames/{HOST}"));
    assert_eq!(
        domain["domainNameConfigurations"][0]["securityPolicy"],
        "TLS_1_2"
    );
    let mappings = get(&format!("domainnames/{HOST}/apimappings"));
    let mapping = &mappings["items"][0];
    assert_eq!(
        (&mapping["apiId"], &mapping["stage"]),
        (&json!(id), &json!("$default"))
    );
}

#[test]
fn d14_the_stage_logs_the_callers_address_where_it_is_asked_for() {
    let format = |stack: &Stack| {
        let id = stack
            .api
            .split('/')
            .rev()
            .nth(1)
            .expect("the id of the API");
        let url = format!("{}/v2/apis/{id}/stages", stack.s3);
        let stages = root()
            .sign("apigateway", Request::new("GET", url))
            .send()
            .json();
        let format = &stages["items"][0]["accessLogSettings"]["format"];
        serde_json::from_str::<Value>(format.as_str().expect("a format")).expect("JSON")
    };
    assert_eq!(format(stack())["sourceIp"], "$context.identity.sourceIp");
    assert_eq!(format(crate::common::oidc())["sourceIp"], Value::Null);
}

#[test]
fn every_role_works_within_its_boundary() {
    let roles = query(IAM, "ListRoles", &[("MaxItems", "1000")]);
    let prefix = format!("{}-", stack().name());
    let names = elements(&roles, "RoleName");
    let own: Vec<&String> = names
        .iter()
        .filter(|name| name.starts_with(&prefix))
        .collect();
    assert_eq!(own.len(), 5, "{own:?}");
    for name in own {
        let role = query(IAM, "GetRole", &[("RoleName", name)]);
        let boundary = elements(&role, "PermissionsBoundaryArn").concat();
        assert_eq!(boundary, BOUNDARY, "{name}");
    }
}
