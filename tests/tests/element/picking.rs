//! How files come in, and what is made of them.

use devkit::browser::Key;
use e2e::files::TestFile;
use serde_json::json;

use crate::World;

pub(crate) fn folder(world: &World) -> String {
    let above = devkit::paths::temporary("trip");
    let trip = above.path().join("trip");
    std::fs::create_dir_all(trip.join("day 1")).expect("a folder");
    for name in ["a.txt", "day 1/b.txt", ".DS_Store"] {
        std::fs::write(trip.join(name), name).expect("a file");
    }
    world.element("multiple&folder=2026");
    world.drop_on_zone(&[&trip]);
    world.wait_for("stored", 2);
    let paths =
        world.see("host.uploads.length && all('[part=name]').map(({ title }) => title).sort()");
    assert_eq!(paths, json!(["trip/a.txt", "trip/day 1/b.txt"]));
    let notice = world.see("find('[part=notice]').innerText");
    let notice = notice.as_str().unwrap_or_default();
    assert!(
        notice.contains("trip/.DS_Store belongs to the operating system."),
        "{notice}"
    );
    let list = world
        .see("(await (await fetch('/api/uploads')).json()).uploads.map(({ path }) => path).sort()");
    assert_eq!(list, json!(["2026/trip", "2026/trip/day 1"]));
    list.to_string()
}

pub(crate) fn paste(world: &World) -> String {
    world.element("multiple&paste=page");
    let focused = json!({"enabled": true});
    world
        .browser
        .devtools("Emulation.setFocusEmulationEnabled", focused);
    let origin = &world.site.origin;
    let permissions =
        json!({"origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    world
        .browser
        .devtools("Browser.grantPermissions", permissions);
    world.script(
        "const canvas = document.createElement('canvas');
         canvas.width = canvas.height = 8;
         const blob = await new Promise((done) => canvas.toBlob(done));
         await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
         return true;",
    );
    let key = json!({"type": "keyDown", "key": "v", "code": "KeyV", "modifiers": 2, "commands": ["paste"]});
    world.browser.devtools("Input.dispatchKeyEvent", key);
    world.wait_for("stored", 1);
    // In a text field the clipboard is for the text.
    world.script("const field = document.createElement('input'); document.body.append(field); field.focus(); return true;");
    let key = json!({"type": "keyDown", "key": "v", "code": "KeyV", "modifiers": 2, "commands": ["paste"]});
    world.browser.devtools("Input.dispatchKeyEvent", key);
    std::thread::sleep(std::time::Duration::from_millis(200));
    world.wait_for("stored", 1);
    world
        .see("all('[part=name]').map(({ textContent }) => textContent)")
        .to_string()
}

pub(crate) fn limits(world: &World) -> String {
    let good = TestFile::of("good.pdf", &[1; 100]);
    let others = [
        TestFile::of("notes.txt", &[1; 100]),
        TestFile::of("large.pdf", &[1; 2_000]),
        TestFile::of("small.pdf", &[1; 5]),
        TestFile::of("second.pdf", &[1; 850]),
        TestFile::of("third.pdf", &[1; 100]),
        TestFile::of("fourth.pdf", &[1; 100]),
    ];
    world.element(
        "multiple&accept=.pdf,image/*&max-bytes=1000&min-bytes=10&max-files=2&max-total-bytes=900",
    );
    let told = "PDF, images · at least 10\u{a0}bytes each · up to 1\u{a0}kB each · at most 2 files · 900\u{a0}bytes in all";
    assert_eq!(world.see("find('[part=limits]').textContent"), told);
    let mut paths = vec![good.path.as_path()];
    paths.extend(others.iter().map(|file| file.path.as_path()));
    world.pick(&paths);
    world.wait_for("stored", 2);
    let refused = world.see(
        "window.told.find(([name]) => name === 'refused')[1].rejected.map(({ code }) => code)",
    );
    let expected = [
        "type_not_accepted",
        "too_large",
        "too_small",
        "too_large_in_all",
        "too_many",
    ];
    assert_eq!(refused, json!(expected));
    // Those of the list count, too.
    world.pick(&[&others[4].path]);
    let code = "window.told.filter(([name]) => name === 'refused')[1]?.[1].rejected[0].code === 'too_many'";
    world.until("a refusal", code);
    let notice = world.see("find('[part=notice]').innerText");
    // What is no file is left out, too, and said.
    world.script("await element.add([null, 5, {}]); return true;");
    let refused = world.see(
        "window.told.findLast(([name]) => name === 'refused')[1].rejected.map(({ code }) => code)",
    );
    assert_eq!(refused, json!(["unreadable", "unreadable", "unreadable"]));
    assert_eq!(
        world.sink.stats().creates.min(2),
        world.sink.stats().creates
    );
    notice.to_string()
}

pub(crate) fn single(world: &World) -> String {
    let files = ["first.txt", "second.txt"].map(|name| TestFile::of(name, name.as_bytes()));
    world.element("name=file");
    for file in &files {
        world.pick(&[&file.path]);
        world.until(
            "the file",
            &format!(
                "find('[data-state=stored] [part=name]')?.textContent === '{}'",
                file.name
            ),
        );
        assert_eq!(
            world.see("[all('[data-upload]').length, host.value.length]"),
            json!([1, 1])
        );
    }
    world
        .see("find('[data-action=browse]').textContent")
        .to_string()
}

pub(crate) fn prepared(world: &World) -> String {
    world.element("multiple&manual&max-bytes=1000");
    world.script(
        "host.prepare = async (file) => {
             if (file.name === 'secret.txt') return null;
             if (file.name === 'broken.txt') throw new Error('no');
             return new File([(await file.text()).slice(0, 10)], `small ${file.name}`);
         };
         await host.add(['long.txt', 'secret.txt', 'broken.txt'].map((name) => new File(['x'.repeat(5000)], name)));
         return true;",
    );
    world.wait_for("ready", 3);
    assert_eq!(world.sink.stats().creates, 0);
    world.press("[data-action=start]", Key::Enter);
    world.wait_for("stored", 1);
    world.wait_for("failed", 1);
    let rows = world
        .see("all('[data-upload]').map((row) => row.querySelector('[part=name]').textContent)");
    assert_eq!(rows, json!(["small long.txt", "broken.txt"]));
    let size = world.see("(await host.uploads[0].done).size");
    assert_eq!(size, 10);
    rows.to_string()
}

pub(crate) fn strict(world: &World) -> String {
    world.open("/strict?multiple");
    let file = TestFile::of("strict.txt", b"strict");
    world.pick(&[&file.path]);
    world.wait_for("stored", 1);
    let look = "const style = getComputedStyle(find('[part=zone]')); return [style.borderTopStyle, style.display];";
    assert_eq!(world.script(look), json!(["dashed", "grid"]));
    let sizes = "getComputedStyle(find('[role=progressbar] i')).width !== 'auto'";
    world.see(sizes).to_string()
}

pub(crate) fn not_set_up(world: &World) -> String {
    world.element("multiple&api=");
    world.script("host.api = ''; return true;");
    world.pick(&[&TestFile::of("a.txt", b"a").path]);
    world.wait_for("failed", 1);
    let said = world.see("find('[part=detail]').textContent");
    let expected = "Uploads are not set up on this page yet. Tell the people who run it.";
    assert_eq!(said, expected);
    said.to_string()
}
