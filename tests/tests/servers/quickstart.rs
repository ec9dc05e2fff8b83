//! A stranger's first file: `docs/QUICKSTART.md`, "Your own server", from its first line, with a clock.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use devkit::browser::Browser;
use devkit::paths::{log, root, scratch, target};
use e2e::files::TestFile;

use crate::app::variables;
use crate::process::{Process, free_port};
use crate::project::run;
use crate::store::{self, Store};

/// The promise of the page's title, on a machine whose npm cache knows the packages.
const WITHIN: Duration = Duration::from_secs(5 * 60);

/// The blocks of the page between its markers, each with its language.
fn blocks() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(root().join("docs/QUICKSTART.md")).expect("the page");
    let (_, rest) = page.split_once("<!-- quickstart:start -->").expect("start");
    let (part, _) = rest.split_once("<!-- quickstart:end -->").expect("end");
    let fenced = part.split("\n```").skip(1).step_by(2);
    let blocks = fenced.filter_map(|block| {
        let (language, text) = block.split_once('\n')?;
        Some((language.to_owned(), format!("{text}\n")))
    });
    blocks.collect()
}

/// Of a block that is a file: its path, which its first line names.
fn path(text: &str) -> Option<&str> {
    let first = text.lines().next()?;
    let starts = ["// ", "# ", "<!-- "];
    let named = starts.iter().find_map(|start| first.strip_prefix(start))?;
    named.split(' ').next()
}

/// The page's commands, with what would ask the network for versions replaced by what is tested.
fn commands() -> [String; 2] {
    let all = blocks().into_iter();
    let commands = all.filter(|(language, text)| language == "sh" && path(text).is_none());
    let commands: Vec<String> = commands.map(|(_, text)| text).collect();
    let [install, start] = commands
        .try_into()
        .expect("commands to install and to start");
    let package = target().join("npm/crowfly.tgz");
    let ours = format!(
        "npm install --prefer-offline --no-audit --no-fund {}",
        package.display()
    );
    assert!(install.contains("npm install crowfly "), "{install}");
    [
        install.replace("npm install crowfly ", &format!("{ours} ")),
        start,
    ]
}

/// The files of the page, with the variables filled in, and another port: that of the page may be taken.
fn write(app: &Path, variables: &[(&str, String)], port: u16) {
    let mut files = 0;
    for (language, text) in blocks() {
        let Some(name) = path(&text) else { continue };
        let text = match name {
            ".env" => filled(&text, variables),
            _ => text.replace("3000", &port.to_string()),
        };
        assert!(language != "sh" || name == ".env", "{name}");
        std::fs::write(app.join(name), text).expect("a file of the app");
        files += 1;
    }
    assert_eq!(files, 3, "files of the page");
}

/// The variables that the page names, and the address of the store.
fn filled(env: &str, variables: &[(&str, String)]) -> String {
    let known = |name: &str| variables.iter().find(|(known, _)| *known == name);
    let named = env.lines().filter(|line| !line.starts_with('#'));
    let mut text = String::new();
    for line in named {
        let name = line.split('=').next().unwrap_or_default();
        let (_, value) = known(name).unwrap_or_else(|| panic!("{name}"));
        text += &format!("{name}={value}\n");
    }
    let (name, address) = known("AWS_ENDPOINT_URL_S3").expect("the store's address");
    text + &format!("{name}={address}\n")
}

/// From an empty folder to a file that storage holds and the server was told of.
pub(crate) fn from_the_first_line_to_a_stored_file() -> String {
    let store = Store::start(store::Kind::Local);
    let port = free_port();
    let origin = format!("http://127.0.0.1:{port}");
    store.set_cors(&origin);
    let folder: PathBuf = scratch("quickstart");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let [install, start] = commands();

    let since = Instant::now();
    run(Command::new("bash")
        .args(["-e", "-c", &install])
        .current_dir(&folder)
        .env("npm_config_update_notifier", "false"));
    let installed = since.elapsed();
    let app = folder.join("my-app");
    write(&app, &variables(&store), port);
    let output = log("quickstart-server");
    let mut server = Process::start(
        Command::new("bash")
            .args(["-c", &format!("exec {}", start.trim())])
            .current_dir(&app)
            .env_remove("AWS_SESSION_TOKEN"),
        &output,
    );
    server.wait_for_port(port, Duration::from_secs(30));
    let browser = Browser::start();
    browser.open(&format!("{origin}/"));
    let file = TestFile::new("first.txt", 100_000);
    browser.pick(&browser.wait_for("input[type=file]"), &[&file.path]);
    let said = devkit::wait::until("the page's word", Duration::from_secs(30), || {
        let output = browser.find("output").map(|output| output.text());
        output.filter(|text| !text.is_empty())
    });
    assert!(said.starts_with("uploads/ada/"), "the page says {said}");
    let told = format!("stored {said}, {} bytes, verified: true", file.bytes.len());
    devkit::wait::until("the server's line", Duration::from_secs(10), || {
        let lines = std::fs::read_to_string(&output).unwrap_or_default();
        lines.contains(&told).then_some(())
    });
    let all = since.elapsed();
    assert!(
        store.get(&said).body == file.bytes,
        "other bytes in storage"
    );
    assert!(all < WITHIN, "{all:?}");
    drop(server);
    // Its `.env` has the store's key.
    let _ = std::fs::remove_dir_all(&folder);
    format!(
        "{:.1} s from the first line to a stored file, {:.1} s of them npm install",
        all.as_secs_f64(),
        installed.as_secs_f64()
    )
}
