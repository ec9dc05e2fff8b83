//! `cargo xtask dev --issuer`: which options fit each other, and what a stack and its page get of them. S11.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use devkit::env::Env;
use devkit::http::{Reply, Request, Server, Serving};
use devkit::paths;
use serde_json::{Value, json};

use crate::provider::{AUDIENCE, Provider};

/// The program of `cargo xtask`, which cargo may have to link again first.
fn xtask() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let help = Command::new("cargo")
            .args(["xtask", "help"])
            .current_dir(paths::root())
            .output();
        assert!(help.expect("cargo starts").status.success(), "xtask builds");
        paths::cargo_target().join("debug/xtask")
    })
}

/// What `dev` with these options says before it starts anything, and ends with.
#[track_caller]
fn refusal(options: &[&str]) -> String {
    let mut child = Command::new(xtask())
        .arg("dev")
        .args(options)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xtask");
    let started = Instant::now();
    while child.try_wait().expect("its state").is_none() {
        if started.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            panic!("{options:?}: it has started something");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = child.wait_with_output().expect("its output");
    assert_eq!(ended.status.code(), Some(1), "{options:?}");
    assert!(ended.stdout.is_empty(), "{options:?}: nothing was started");
    let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    assert!(
        said.starts_with("error: ") && said.lines().count() == 1,
        "{options:?}: {said}"
    );
    said
}

/// A provider that says what `change` makes of a good document.
fn saying(change: impl Fn(&mut Value, &str) + Send + Sync + 'static) -> (Serving, String) {
    let server = Server::bind(0).expect("a free port");
    let issuer = server.url().trim_end_matches('/').to_owned();
    let name = issuer.clone();
    let serving = server.serve(move |request| {
        if request.path == "/keys" {
            return Reply::json(200, &json!({"keys": [{"kty": "EC", "kid": "curve"}]}));
        }
        let mut document = json!({
            "issuer": name, "authorization_endpoint": format!("{name}/auth"),
            "token_endpoint": format!("{name}/token"), "jwks_uri": format!("{name}/keys"),
        });
        change(&mut document, &name);
        Reply::json(200, &document)
    });
    (serving.expect("a server"), issuer)
}

#[test]
fn s11_options_that_do_not_fit_are_told_before_anything_starts() {
    let audience = ["--audience", "https://uploads.example/"];
    for (options, words) in [
        (&audience[..], "need --issuer URL"),
        (&["--scope", "uploads"], "need --issuer URL"),
        (&["--client-id", "page"], "need --issuer URL"),
        (
            &["--issuer", "https://p.example"],
            "--issuer needs --audience",
        ),
        (&["--issuer"], "issuer"),
    ] {
        let said = refusal(options);
        assert!(said.contains(words), "{said}");
    }
    let at = |issuer: &str, more: &[&str]| {
        refusal(&[&["--issuer", issuer], &audience[..], more].concat())
    };
    for issuer in [
        "p.example",
        "http://p.example",
        "https://p.example/?x",
        "ftp://127.0.0.1",
    ] {
        let said = at(issuer, &[]);
        assert!(said.contains(issuer) && said.contains("https"), "{said}");
    }
    assert!(at("http://127.0.0.1:1", &["--scope", "a b"]).contains("--scope takes one scope"));
    // Port 1 belongs to no server.
    let said = at("http://127.0.0.1:1", &[]);
    assert!(
        said.contains("no discovery document at http://127.0.0.1:1/.well-known/"),
        "{said}"
    );

    let (_other, issuer) = saying(|document, name| document["issuer"] = json!(format!("{name}/")));
    let said = at(&issuer, &[]);
    assert!(
        said.contains("names another issuer") && said.contains("a slash at the end"),
        "{said}"
    );
    let (_open, issuer) =
        saying(|document, _| document["token_endpoint"] = json!("http://p.example/token"));
    let said = at(&issuer, &[]);
    assert!(
        said.contains("token_endpoint") && said.contains("https"),
        "{said}"
    );
    let (_keys, issuer) = saying(|_, _| {});
    let said = at(&issuer, &[]);
    assert!(said.contains("no RSA key"), "{said}");
}

/// `dev` and the tests deploy and serve by the same functions.
#[test]
fn s11_stack_page_and_description_name_the_issuer() {
    let stack = Env::stack("strict");
    assert_eq!(
        (stack.audience.as_str(), stack.scope.as_str()),
        (AUDIENCE, "uploads")
    );
    assert_eq!(
        (stack.client_id.as_str(), stack.user.as_str()),
        ("page", "")
    );
    let config = Request::new("GET", format!("{}config.json", stack.page)).send();
    assert_eq!(
        config.json()["auth"],
        json!({
            "kind": "oidc", "issuer": stack.issuer, "clientId": "page", "audience": AUDIENCE,
            "scope": "openid profile offline_access uploads",
        })
    );
    let policy = config.header("content-security-policy").unwrap_or_default();
    let connect = policy
        .split(';')
        .find(|part| part.trim().starts_with("connect-src"));
    let connect = connect.expect("connect-src");
    assert!(
        connect.split(' ').any(|origin| origin == stack.issuer),
        "{connect}"
    );

    // A provider that is as it must be: the options are good, and the port is the next thing that is looked at.
    let provider = Provider::start(0, &stack.page);
    let taken = Server::bind(0).expect("a free port");
    let port = taken.address().port().to_string();
    let said = refusal(&[
        "--port",
        &port,
        "--issuer",
        &provider.issuer,
        "--audience",
        AUDIENCE,
    ]);
    assert!(said.contains(&format!("port {port}")), "{said}");
}
