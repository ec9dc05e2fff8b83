//! Folders that are dropped on the page, and the files that systems leave in them.

use std::time::Duration;

use devkit::browser::Browser;
use devkit::env::Env;
use devkit::wait;
use e2e::page::Page;
use serde_json::json;

const WITHIN: Duration = Duration::from_secs(20);

/// Drops folders, given as `{name: [file names]}`, through the interface that browsers have for them.
const DROP: &str = "
    const file = (name) => ({ isFile: true, name, file: (resolve, reject) =>
        name === 'gone.txt' ? reject(new DOMException('', 'NotFoundError')) : resolve(new File([name], name)) });
    const folder = (name, files) => ({ isDirectory: true, name, createReader() {
        // Like Chromium's, it gives a part of the entries at a time, and nothing at the end.
        const left = files.map((name) => name.endsWith('/') ? folder(name.slice(0, -1), ['inside.txt']) : file(name));
        return { readEntries: (resolve) => setTimeout(() => resolve(left.splice(0, 2))) };
    } });
    const items = Object.entries(arguments[0]).map(([name, files]) => (
        { kind: 'file', getAsFile: () => null, webkitGetAsEntry: () => folder(name, files) }));
    const event = new Event('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], items, files: [] } });
    document.body.dispatchEvent(event);";

fn note(browser: &Browser) -> String {
    let script = "return document.querySelector('[part~=notice]').innerText;";
    let text = browser.run(script, &[]);
    text.as_str().unwrap_or_default().to_owned()
}

#[test]
fn u17_an_empty_folder_is_said_and_system_files_are_left_out() {
    let browser = Browser::start();
    let page = Page::open(&browser, Env::stack("main"));
    page.log_in();
    let shown = |wanted: &[&str]| {
        wait::until("the notice", WITHIN, || {
            let said = note(&browser);
            wanted
                .iter()
                .all(|words| said.contains(words))
                .then_some(())
        });
    };

    browser.run(DROP, &[json!({"empty": []})]);
    shown(&["1 file was left out", "The folder empty has no file in it."]);

    let of_system = "belongs to the operating system";
    for (folder, left_out) in [
        ("mac", ".DS_Store"),
        ("windows", "Thumbs.db"),
        ("archive", "__MACOSX/"),
    ] {
        browser.run(DROP, &[json!({folder: [left_out]})]);
        let left_out = left_out.trim_end_matches('/');
        shown(&[
            "2 files were left out",
            &format!("{folder}/{left_out} {of_system}"),
            &format!("The folder {folder} has no file in it."),
        ]);
    }
    assert!(page.rows().is_empty(), "nothing of it is sent");

    let folder = json!({"trip": ["a.txt", "._a.txt", "gone.txt", "gpj\u{202e}exe.txt", "desktop.ini", "further/"]});
    browser.run(DROP, &[folder]);
    shown(&[
        &format!("._a.txt {of_system}"),
        &format!("desktop.ini {of_system}"),
        "gone.txt cannot be read",
    ]);
    for name in ["a.txt", "inside.txt", "gpjexe.txt"] {
        page.wait_state(name, "processed", WITHIN);
    }
    let rows = page.rows();
    assert_eq!(rows.len(), 3, "{rows:?}");
    let inside = page.wait_state("inside.txt", "processed", WITHIN);
    let script =
        "return document.querySelector(`[data-upload='${arguments[0]}'] [part~=name]`).title;";
    let title = browser.run(script, &[json!(inside.id)]);
    assert_eq!(title, json!("trip/further/inside.txt"));
    assert!(page.wait_record(&inside.id).contains("trip/further"));
}
