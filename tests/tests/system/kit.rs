//! The kit for people without Rust: deployed by its own instructions, and uploaded through.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use devkit::env::Env;
use devkit::random::random_hex;
use serde_json::{Value, json};

use crate::commands::{commands, run_in};
use crate::deploy::{binaries_are_for_their_processor, output, upload_through};

const README: &str = "xtask/kit/README.md";
const NAME: &str = concat!("crowfly-", env!("CARGO_PKG_VERSION"));

/// The kit, unpacked into an empty folder.
fn unpacked() -> PathBuf {
    let target = devkit::paths::root().join("target");
    let zip = target.join(format!("kit/{NAME}.zip"));
    assert!(
        zip.is_file(),
        "there is no kit; the step sam-build makes it, and `cargo xtask kit`"
    );
    let folder = target.join("test").join(format!("kit-{}", random_hex(4)));
    let unzip = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .args([&zip, &folder])
        .status()
        .expect("python3");
    assert!(unzip.success());
    folder.join(NAME)
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

#[test]
fn d3_the_kit_is_deployed_by_its_own_page_without_a_build() {
    let account = Env::stack("main");
    let started = Instant::now();
    let kit = unpacked();
    run_in(&kit, account, "sha256sum --quiet --check SHA256SUMS", &[]);
    let (name, bucket) = (
        format!("kit-{}", random_hex(4)),
        format!("artefacts-{}", random_hex(4)),
    );
    run_in(&kit, account, &format!("aws s3 mb s3://{bucket}"), &[]);
    let words = [
        ("template-arm64", format!("template-{}", architecture())),
        ("ARTEFACTS", bucket.clone()),
        ("--stack-name crowfly", format!("--stack-name {name}")),
        (
            "https://app.example.com",
            account.page.trim_end_matches('/').to_owned(),
        ),
    ];
    let deploy = commands(README, "deploy");
    run_in(&kit, account, &deploy, &words);
    binaries_are_for_their_processor(account, &name, &bucket);

    let script = commands(README, "try");
    let (script, serve) = script
        .split_once("python3 -m http.server")
        .expect("the page is served");
    assert!(serve.contains("--directory page"), "{serve}");
    let words = [
        ("--stack-name crowfly", format!("--stack-name {name}")),
        ("configure.sh crowfly", format!("configure.sh {name}")),
    ];
    let made = run_in(&kit, account, script, &words);
    assert!(made.contains("FORCE_CHANGE_PASSWORD"), "{made}");
    let config = std::fs::read(kit.join("page/config.json")).expect("the page's configuration");
    let config: Value = serde_json::from_slice(&config).expect("JSON");
    let client = output(account, &name, "ClientId");
    let auth = json!({"kind": "cognito", "endpoint": account.s3, "clientId": client});
    assert_eq!(config["auth"], auth);
    assert_eq!(config["api"], *output(account, &name, "Api"));
    assert!(kit.join("page/crowfly/index.js").is_file());

    upload_through(account, &name, "ada");
    println!(
        "from the zip to a record: {} ms",
        started.elapsed().as_millis()
    );
    let _ = std::fs::remove_dir_all(kit.parent().unwrap_or(&kit));
}
