//! Requests by `curl`, which every system has, with its certificates and proxies. What is secret goes to its standard
//! input, so that no list of processes shows it. <https://curl.se/docs/manpage.html#-K>

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Sends requests as a page of this origin would.
pub(super) struct Curl {
    pub(super) origin: String,
}

/// An answer: its status, headers and body.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Curl {
    pub(super) fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
        }
    }

    /// The answer to a request; `None` if nothing answers.
    pub(super) fn ask(
        &self,
        method: &str,
        url: &str,
        headers: &[&str],
        body: Option<&str>,
    ) -> Option<Answer> {
        let mut config = format!("url = {}\nrequest = {}\n", quoted(url), quoted(method));
        let origin = format!("origin: {}", self.origin);
        for header in headers.iter().copied().chain([origin.as_str()]) {
            config.push_str(&format!("header = {}\n", quoted(header)));
        }
        if let Some(body) = body {
            config.push_str(&format!("data-binary = {}\n", quoted(body)));
            if !headers
                .iter()
                .any(|header| header.starts_with("content-type:"))
            {
                config.push_str("header = \"content-type:\"\n");
            }
        }
        let mut child = Command::new("curl")
            .args(["--silent", "--include", "--max-time", "30", "--config", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(config.as_bytes()).ok()?;
        let output = child.wait_with_output().ok()?;
        Answer::read(&String::from_utf8_lossy(&output.stdout))
    }

    /// Whether a page of the origin may send such a request: the preflight.
    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    pub(super) fn allows(&self, url: &str, method: &str, names: &str) -> bool {
        let method_line = format!("access-control-request-method: {method}");
        let names = format!("access-control-request-headers: {names}");
        let answer = self.ask("OPTIONS", url, &[&method_line, &names], None);
        answer.is_some_and(|answer| {
            let allowed = answer.header("access-control-allow-origin");
            answer.status < 300 && (allowed == self.origin || allowed == "*")
        })
    }
}

impl Answer {
    /// Skips interim answers, such as `100 Continue`.
    fn read(output: &str) -> Option<Self> {
        let mut rest = output;
        loop {
            let (head, body) = rest.split_once("\r\n\r\n")?;
            let status: u16 = head.split(' ').nth(1)?.parse().ok()?;
            if status >= 200 {
                let (head, body) = (head.to_owned(), body.to_owned());
                return Some(Self { status, head, body });
            }
            rest = body;
        }
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// A header; empty if it is missing.
    fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }

    /// Status, code and message of a refusal.
    pub(super) fn summary(&self) -> String {
        let json = self.json().unwrap_or_default();
        let error = if json["error"].is_object() {
            &json["error"]
        } else {
            &json["uploads"][0]["error"]
        };
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        format!(
            "status {} {} {}",
            self.status,
            text("code"),
            text("message")
        )
    }
}

/// A value of curl's configuration file.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            // A line of its own would be another option.
            '\n' | '\r' => {}
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::element;

    #[test]
    fn an_answer_is_read_past_interim_ones() {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/2 400 \r\nX-Amz-Request-Id: 5\r\n\r\n<Error><Code>BadDigest</Code><Message>see https://b/?x=secret</Message></Error>";
        let answer = Answer::read(text).expect("an answer");
        assert_eq!(
            (answer.status, answer.header("x-amz-request-id")),
            (400, "5")
        );
        assert_eq!(element(&answer.body, "Code"), "BadDigest");
        assert_eq!(element(&answer.body, "Message"), "see https://b/");
        assert!(Answer::read("").is_none() && Answer::read("no answer\r\n\r\n").is_none());
    }

    #[test]
    fn no_text_ends_its_line_of_the_configuration() {
        assert_eq!(quoted("a\"b\\c\nurl = x"), r#""a\"b\\curl = x""#);
    }
}
