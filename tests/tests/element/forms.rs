//! The element in pages and forms, by the keyboard alone.

use devkit::browser::Key;
use e2e::files::{MIB, TestFile};
use serde_json::json;

use crate::World;

/// Bytes a second while something has to last.
const SLOW: u64 = 1_500_000;

const SEND: &str = "form > button";

pub(crate) fn readme(world: &World) -> String {
    let files = [
        TestFile::new("first.bin", MIB),
        TestFile::of("second.txt", b"two"),
    ];
    world.open("/readme");
    // Without a file the form is not sent, and the focus is where one is chosen.
    world.press(SEND, Key::Enter);
    world.until(
        "the focus on the button",
        "active()?.matches('[data-action=browse]') ?? false",
    );
    assert_eq!(world.site.letters(), Vec::<String>::new());
    world.pick_by_keyboard("[data-action=browse]", &[&files[0].path, &files[1].path]);
    world.wait_for("stored", 2);
    let ids = world.see("host.value");
    world.press(SEND, Key::Enter);
    world.until("the answer", "document.title === 'Thanks'");
    let ids: Vec<&str> = ids
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str())
        .collect();
    let expected: Vec<String> = ids.iter().map(|id| format!("files={id}")).collect();
    assert_eq!(world.site.letters(), [expected.join("&")]);
    assert_eq!(world.sink.stats().completed, 2);
    format!("{} ids in the form", ids.len())
}

pub(crate) fn react(world: &World) -> String {
    let files = [
        TestFile::new("long.bin", 6 * MIB),
        TestFile::of("cancelled.bin", &vec![7; 3 * MIB]),
        TestFile::of("left out.tmp", b"x"),
    ];
    let paths: Vec<&std::path::Path> = files.iter().map(|file| file.path.as_path()).collect();
    world.open("/app/");
    world.browser.limit_upload(SLOW);
    world.pick_by_keyboard("[data-action=browse]", &paths);
    world.until("two rows", "all('[data-upload]').length === 2");
    let named =
        |action: &str, name: &str| format!("[data-action={action}][aria-label$=\"{name}\"]");
    world.press(&named("pause", "long.bin"), Key::Space);
    world.wait_for("paused", 1);
    // The button is another one now, and has the focus still.
    let label = world.see("active().getAttribute('aria-label')");
    assert_eq!(label, "Resume: long.bin");
    world.press(&named("abort", "cancelled.bin"), Key::Enter);
    world.wait_for("aborted", 1);
    world.press(&named("resume", "long.bin"), Key::Enter);
    world.browser.limit_upload(0);
    world.wait_for("stored", 1);
    world.until("React's state", "find('#ids').textContent !== '' && find('#ids').textContent === find('#stored').textContent");
    assert_eq!(world.see("host.maxFiles"), 3);
    assert_eq!(world.sink.stats().completed, 1);
    world.press(&named("remove", "long.bin"), Key::Enter);
    world.until("React without it", "find('#ids').textContent === ''");
    world.see("find('#stored').textContent").to_string()
}

pub(crate) fn validity(world: &World) -> String {
    let file = TestFile::new("slow.bin", 4 * MIB);
    world.element("name=files&required&multiple");
    world.script("const form = document.createElement('form'); host.parentNode.append(form); form.append(host); return true;");
    let says = || {
        world.see("[document.forms[0].checkValidity(), host.validity.valueMissing, host.validationMessage]")
    };
    assert_eq!(says(), json!([false, true, "Choose a file."]));
    world.browser.limit_upload(SLOW);
    world.pick(&[&file.path]);
    world.wait_for("uploading", 1);
    assert_eq!(
        says(),
        json!([false, false, "Wait until the files are uploaded."])
    );
    world.browser.limit_upload(0);
    world.wait_for("stored", 1);
    assert_eq!(says(), json!([true, false, ""]));
    let told = world.told();
    assert_eq!(told, json!(["upload", "input", "change", "stored"]));
    world.site.refuse(Some("quota_bytes"));
    let other = TestFile::of("too much.bin", b"more");
    world.pick(&[&other.path]);
    world.wait_for("failed", 1);
    let said = "A file was not uploaded. Try again, or remove it.";
    assert_eq!(says(), json!([false, false, said]));
    world
        .see("[...new FormData(document.forms[0]).keys()]")
        .to_string()
}

pub(crate) fn reset(world: &World) -> String {
    world.element("name=files&multiple");
    world.script(
        "const form = document.createElement('form');
         form.innerHTML = '<fieldset></fieldset>';
         host.parentNode.append(form);
         form.firstChild.append(host);
         return true;",
    );
    let file = TestFile::of("a.txt", b"a");
    world.pick(&[&file.path]);
    world.wait_for("stored", 1);
    world.script("document.querySelector('fieldset').disabled = true; return true;");
    world.until("a disabled button", "find('[data-action=browse]').disabled");
    assert_eq!(
        world.see("[...new FormData(document.forms[0]).keys()].length"),
        0
    );
    world.script("document.querySelector('fieldset').disabled = false; return true;");
    world.until("the button", "!find('[data-action=browse]').disabled");
    world.script("document.forms[0].reset(); return true;");
    world.until("an empty list", "all('[data-upload]').length === 0");
    let left = world.see("[...new FormData(document.forms[0]).keys()].length");
    assert_eq!(left, 0);
    "reset, disabled, enabled".into()
}

pub(crate) fn restored(world: &World) -> String {
    let file = TestFile::of("kept.txt", b"kept");
    world.open("/readme");
    world.pick(&[&file.path]);
    world.wait_for("stored", 1);
    let ids = world.see("host.value");
    // A page that listens to this is not kept as it is, but loaded again.
    world.script(
        "addEventListener('unload', () => {}); document.forms[0].requestSubmit(); return true;",
    );
    world.until("the answer", "document.title === 'Thanks'");
    world.script("history.back(); return true;");
    world.until(
        "the form",
        "Boolean(find('[data-action=browse]')?.textContent)",
    );
    world.wait_for("stored", 1);
    assert_eq!(world.see("host.value"), ids);
    assert_eq!(world.see("find('[part=name]').textContent"), "kept.txt");
    ids.to_string()
}

pub(crate) fn focus(world: &World) -> String {
    let files = ["a.txt", "b.txt", "c.txt"].map(|name| TestFile::of(name, name.as_bytes()));
    let paths = files.each_ref().map(|file| file.path.as_path());
    world.element("multiple");
    world.pick(&paths);
    world.wait_for("stored", 3);
    let mut seen = Vec::new();
    for _ in 0..3 {
        world.press("[data-upload] [data-action=remove]", Key::Enter);
        let before = 3 - seen.len();
        world.until(
            "one row less",
            &format!("all('[data-upload]').length === {}", before - 1),
        );
        world.until("a focus", "active() !== document.body");
        seen.push(world.see("active().getAttribute('aria-label') ?? active().textContent"));
    }
    assert_eq!(
        json!(seen),
        json!(["Remove: b.txt", "Remove: c.txt", "Choose files"])
    );
    json!(seen).to_string()
}
