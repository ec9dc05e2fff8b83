//! What an operator can observe from a terminal, for `cargo xtask doctor` and `dev`.

mod curl;
mod issuer;
mod provider;

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use crate::probe::{create_refused, element, new_id, origin_of, request};
use crate::token::{Claims, judge_token};
use crate::{Finding, Reach, judge_api, judge_storage};
use curl::{Answer, Curl};
pub use provider::{Provider, examine_provider};

/// Bytes of the probe.
const BODY: &str = "0000000000000000";

/// Looks at the API at this address, for pages of this origin, as the owner of this token. `now_ms` is the time in
/// milliseconds since 1970, `random` any number.
#[must_use]
pub fn examine(api: &str, origin: &str, token: &str, now_ms: u64, random: u128) -> Vec<Finding> {
    let api = api.trim_end_matches('/');
    let curl = Curl::new(origin);
    let claims = part(token, 1);
    let now = i64::try_from(now_ms / 1000).unwrap_or(i64::MAX);
    let mut findings = judge_token(claims.as_ref().map(read_claims).as_ref(), now);
    let text = |value: &Option<Value>, name: &str| {
        let found = value.as_ref().and_then(|value| value.get(name)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    let (issuer, key) = (text(&claims, "iss"), text(&part(token, 0), "kid"));
    if !issuer.is_empty() {
        findings.push(issuer::judge(&curl, &issuer, &key));
    }
    let uploads = format!("{api}/uploads");
    let bearer = format!("authorization: Bearer {token}");
    let read = curl.ask("GET", &format!("{uploads}?limit=1"), &[&bearer], None);
    let finding = judge_api(api, origin, &reach(read.as_ref(), true));
    let reached = finding.ok;
    findings.push(finding);
    if read.is_some() && !curl.allows(&uploads, "POST", "authorization,content-type") {
        findings.push(judge_api(api, origin, &Reach::Hidden));
    }
    if reached {
        findings.extend(probe(&curl, &uploads, &bearer, now_ms, random));
    }
    findings
}

/// The probe of storage: created, sent with a wrong checksum, cancelled.
fn probe(curl: &Curl, uploads: &str, bearer: &str, now_ms: u64, random: u128) -> Vec<Finding> {
    let id = new_id(now_ms, random);
    let body = request(&id, BODY.len() as u64);
    let json = "content-type: application/json";
    let created = curl.ask("POST", uploads, &[bearer, json], Some(&body));
    let result = created.as_ref().and_then(Answer::json).unwrap_or_default();
    let put = &result["uploads"][0]["plan"]["put"];
    let Some(url) = put["url"].as_str() else {
        let why = created.map_or("nothing answers".to_owned(), |answer| answer.summary());
        return vec![create_refused(&why)];
    };
    let headers = put["headers"].as_object().into_iter().flatten();
    let headers: Vec<String> = headers
        .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default()))
        .collect();
    let names: Vec<&str> = headers
        .iter()
        .filter_map(|line| line.split(':').next())
        .collect();
    let lines: Vec<&str> = headers.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for url in [Some(url), put["otherUrl"].as_str()].into_iter().flatten() {
        let sent = curl.ask("PUT", url, &lines, Some(BODY));
        let place = origin_of(url);
        let reached = reach(sent.as_ref(), false);
        findings.push(judge_storage(place, &curl.origin, &reached));
        if sent.is_some() && !curl.allows(url, "PUT", &names.join(",")) {
            findings.push(judge_storage(place, &curl.origin, &Reach::Hidden));
        }
    }
    curl.ask("DELETE", &format!("{uploads}/{id}"), &[bearer], None);
    findings
}

/// How far a request came; CORS is looked at apart.
fn reach(answer: Option<&Answer>, api: bool) -> Reach {
    let Some(answer) = answer else {
        return Reach::Nothing;
    };
    if api {
        let json = answer.json().unwrap_or_default();
        let text = |name: &str| json["error"][name].as_str().unwrap_or_default().to_owned();
        return Reach::Answered {
            status: answer.status,
            code: text("code"),
            message: text("message"),
            expected: json.is_object(),
        };
    }
    Reach::Answered {
        status: answer.status,
        code: element(&answer.body, "Code"),
        message: element(&answer.body, "Message"),
        expected: true,
    }
}

/// One part of a JWT, unverified.
fn part(token: &str, place: usize) -> Option<Value> {
    let text = token.split('.').nth(place)?;
    let bytes = BASE64URL_NOPAD
        .decode(text.trim_end_matches('=').as_bytes())
        .ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

fn read_claims(claims: &Value) -> Claims {
    let seconds = |name: &str| claims[name].as_f64().map(|seconds| seconds as i64);
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    Claims {
        expires: seconds("exp"),
        issued: seconds("iat"),
        issuer: text("iss"),
        kind: text("token_use"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_parts_of_a_token_are_read_and_what_is_none_is_not() {
        let token = format!(
            "{}.{}.x",
            BASE64URL_NOPAD.encode(b"{\"kid\":\"1\"}"),
            BASE64URL_NOPAD.encode(b"{\"iss\":\"i\",\"exp\":5}")
        );
        assert_eq!(part(&token, 0), Some(json!({"kid": "1"})));
        let claims = read_claims(&part(&token, 1).expect("claims"));
        assert_eq!((claims.issuer.as_str(), claims.expires), ("i", Some(5)));
        for other in ["", "secret", "a.b.c", "..", "a.W10.c"] {
            assert_eq!(part(other, 1), None, "{other}");
        }
    }

    #[test]
    fn an_api_that_nobody_serves_is_named() {
        let found = examine("http://127.0.0.1:9/", "https://app.test", "secret", 1, 1);
        let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["token_invalid", "api_unreachable"]);
        assert!(!format!("{found:?}").contains("secret"));
    }
}
