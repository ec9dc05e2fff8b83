//! What people do with files.

use devkit::browser::Key;
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::{Case, World};

/// Bytes a second while something has to last.
const SLOW: u64 = 1_500_000;
/// Files of a long list.
const MANY: usize = 1_000;
/// Rows that a long list may have in the document.
const MOST_ROWS: u64 = 60;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("a_dropped_folder_keeps_its_paths", folder),
    ("a_pasted_picture_is_uploaded", paste),
    ("limits_are_told_before_anything_is_sent", limits),
    ("a_file_without_multiple_replaces_the_one_before", single),
    ("a_thousand_files_make_few_rows", many),
    ("all_uploads_are_paused_resumed_and_cancelled", all),
    ("a_failed_upload_looks_failed_and_is_tried_again", failed),
    ("what_was_left_goes_on_after_a_reload", reload),
    (
        "manual_uploads_wait_and_prepare_makes_what_is_sent",
        prepared,
    ),
    (
        "a_picture_has_a_preview_whose_address_is_given_back",
        preview,
    ),
    ("a_screen_reader_is_told_rarely_and_in_sums", announcements),
    (
        "a_page_that_refuses_inline_code_and_styles_is_as_any",
        strict,
    ),
    ("a_page_without_an_api_says_so", not_set_up),
];

fn folder(world: &World) -> String {
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

fn paste(world: &World) -> String {
    world.element("multiple&paste=page");
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

fn limits(world: &World) -> String {
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
    let told = "PDF, images · at least 10 bytes each · up to 1 kB each · at most 2 files · 900 bytes in all";
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
    assert_eq!(
        world.sink.stats().creates.min(2),
        world.sink.stats().creates
    );
    notice.to_string()
}

fn single(world: &World) -> String {
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

fn many(world: &World) -> String {
    world.element("multiple");
    let add = format!(
        "const files = Array.from({{ length: {MANY} }}, (_, index) => new File([`${{index}}`], `file ${{index}}.txt`));
         const begun = performance.now();
         await host.add(files);
         return Math.round(performance.now() - begun);"
    );
    let took = world.script(&add);
    let most = "Math.max(window.most ?? 0, all('*').length, 0)";
    let rows = world
        .see("all('[data-upload]').length")
        .as_u64()
        .expect("a number");
    assert!((1..=MOST_ROWS).contains(&rows), "{rows} rows");
    world.until("all of them", &format!("host.value.length === {MANY}"));
    world.script("find('[part=list]').scrollTop = 1e9; return true;");
    world.until(
        "the last row",
        &format!(
            "all('[part=name]').some(({{ textContent }}) => textContent === 'file {}.txt')",
            MANY - 1
        ),
    );
    let rows = world
        .see("all('[data-upload]').length")
        .as_u64()
        .expect("a number");
    assert!((1..=MOST_ROWS).contains(&rows), "{rows} rows");
    let place = "all('[data-upload]').at(-1).getAttribute('aria-posinset')";
    assert_eq!(world.see(place), MANY.to_string());
    // Focus on a row keeps it, however far the list is scrolled.
    world.script("all('[data-upload]').at(-1).querySelector('[data-action=remove]').focus(); find('[part=list]').scrollTop = 0; return true;");
    world.until(
        "the first row",
        "all('[part=name]').some(({ textContent }) => textContent === 'file 0.txt')",
    );
    let label = world.see("active().getAttribute('aria-label')");
    assert_eq!(label, format!("Remove: file {}.txt", MANY - 1));
    let (long, nodes) = (world.see("window.longTasks"), world.see(most));
    format!("{rows} rows, {nodes} elements, {took} ms to start, long tasks {long}")
}

fn all(world: &World) -> String {
    let files = ["a.bin", "b.bin", "c.bin"].map(|name| TestFile::new(name, 3 * MIB));
    world.element("multiple");
    world.browser.limit_upload(SLOW);
    world.pick(&files.each_ref().map(|file| file.path.as_path()));
    world.until("a start", "all('[data-state=uploading]').length > 0");
    world.until("the sums", "/left$/.test(find('[part=sums]').textContent)");
    let sums = world.see("find('[part=sums]').textContent");
    world.press("[data-action=pause-all]", Key::Enter);
    world.wait_for("paused", 3);
    world.press("[data-action=resume-all]", Key::Enter);
    world.until("all going on", "all('[data-state=paused]').length === 0");
    world.press("[data-action=abort-all]", Key::Enter);
    world.wait_for("aborted", 3);
    world.press("[data-action=clear]", Key::Enter);
    world.until("an empty list", "all('[data-upload]').length === 0");
    world.until(
        "the focus on the button",
        "active()?.matches('[data-action=browse]') ?? false",
    );
    sums.to_string()
}

fn failed(world: &World) -> String {
    let file = TestFile::of("full.bin", b"full");
    world.element("multiple");
    world.site.refuse(Some("quota_bytes"));
    world.pick(&[&file.path]);
    world.wait_for("failed", 1);
    let said = "Your storage is full. Delete something, then try again.";
    world.until(
        "why",
        &format!("find('[data-state=failed] [part=detail]').textContent === '{said}'"),
    );
    assert_eq!(
        world.see("find('[data-action=retry]').innerText"),
        "Try again"
    );
    world.site.refuse(None);
    world.press("[data-action=retry]", Key::Enter);
    world.wait_for("stored", 1);
    // What stays the same for the same file is not offered again.
    world.site.refuse(Some("type_not_allowed"));
    world.pick(&[&TestFile::of("b.xyz", b"b").path]);
    world.wait_for("failed", 1);
    assert_eq!(
        world.see("find('[data-state=failed] [data-action=retry]')?.hidden ?? true"),
        true
    );
    world
        .see("find('[data-state=failed] [part=detail]').textContent")
        .to_string()
}

fn reload(world: &World) -> String {
    let file = TestFile::new("left.bin", 6 * MIB);
    world.element("multiple&name=files");
    world.browser.limit_upload(SLOW);
    world.pick(&[&file.path]);
    world.wait_for("uploading", 1);
    world.browser.reload();
    world.browser.limit_upload(0);
    world.until("the prompt", "find('[part=prompt]')?.hidden === false");
    let prompt = world.see("find('[part=prompt]').innerText.replaceAll(/\\n+/g, ' ')");
    // Another file is none of them.
    world.pick_by_keyboard(
        "[data-action=resume-earlier]",
        &[&TestFile::of("other.bin", b"other").path],
    );
    world.until(
        "a word on it",
        "find('[part=notice]').innerText.includes('other.bin is not one of these files')",
    );
    world.pick_by_keyboard("[data-action=resume-earlier]", &[&file.path]);
    world.wait_for("stored", 1);
    world.until("no prompt", "find('[part=prompt]').hidden");
    let stats = world.sink.stats();
    assert_eq!((stats.uploads, stats.completed), (1, 1));
    prompt.to_string()
}

fn prepared(world: &World) -> String {
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

fn preview(world: &World) -> String {
    world.element("multiple");
    world.script(
        "window.addresses = [];
         const [make, give] = [URL.createObjectURL, URL.revokeObjectURL];
         URL.createObjectURL = (blob) => { const address = make(blob); window.addresses.push(address); return address; };
         URL.revokeObjectURL = (address) => { window.addresses = window.addresses.filter((one) => one !== address); give(address); };
         const canvas = document.createElement('canvas');
         canvas.width = canvas.height = 300;
         canvas.getContext('2d').fillRect(0, 0, 150, 300);
         const blob = await new Promise((done) => canvas.toBlob(done));
         const wav = Uint8Array.from(atob('UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='), (c) => c.charCodeAt(0));
         await host.add([new File([blob], 'a.png', { type: 'image/png' }), new File([wav], 'b.wav', { type: 'audio/wav' })]);
         return true;",
    );
    world.until(
        "a small picture",
        "Boolean(find('[data-action=preview] canvas'))",
    );
    world.press("[data-action=preview]", Key::Enter);
    world.until(
        "a large picture",
        "find('dialog')?.querySelector('canvas')?.width === 300",
    );
    world.browser.press(Key::Escape);
    world.until("no dialog", "!find('dialog')");
    world.until(
        "the focus",
        "active()?.matches('[data-action=preview]') ?? false",
    );
    world.press(
        "[data-action=preview][aria-label=\"Preview: b.wav\"]",
        Key::Enter,
    );
    world.until("a player", "Boolean(find('dialog audio'))");
    assert_eq!(world.see("window.addresses.length"), 1);
    world.browser.press(Key::Escape);
    world.until("no dialog", "!find('dialog')");
    assert_eq!(world.see("window.addresses"), json!([]));
    world
        .see("find('[data-action=preview]').getAttribute('aria-label')")
        .to_string()
}

fn announcements(world: &World) -> String {
    world.element("multiple&client=test");
    let said = world.script(
        "const said = [];
         const status = find('[role=status]');
         new MutationObserver(() => said.push([performance.now(), status.textContent])).observe(status, { childList: true, characterData: true, subtree: true });
         await host.add(Array.from({ length: 30 }, (_, index) => new File(['x'], `${index}.txt`)));
         for (const upload of window.client.testing.uploads) {
             upload.release();
             await new Promise((done) => setTimeout(done, 120));
         }
         await new Promise((done) => setTimeout(done, 3300));
         return said;",
    );
    let said: Vec<Value> = said.as_array().cloned().unwrap_or_default();
    let at = |entry: &Value| entry[0].as_f64().unwrap_or_default();
    assert!((2..=4).contains(&said.len()), "{said:?}");
    for pair in said.windows(2) {
        let gap = at(&pair[1]) - at(&pair[0]);
        assert!(gap > 2_500.0, "{said:?}");
    }
    let texts: Vec<&str> = said.iter().filter_map(|entry| entry[1].as_str()).collect();
    assert_eq!(texts.first(), Some(&"30 files added."));
    assert_eq!(texts.last(), Some(&"All 30 files are uploaded."));
    texts.join(" | ")
}

fn strict(world: &World) -> String {
    world.open("/strict?multiple");
    let file = TestFile::of("strict.txt", b"strict");
    world.pick(&[&file.path]);
    world.wait_for("stored", 1);
    let look = "const style = getComputedStyle(find('[part=zone]')); return [style.borderTopStyle, style.display];";
    assert_eq!(world.script(look), json!(["dashed", "grid"]));
    let sizes = "getComputedStyle(find('[role=progressbar] i')).width !== 'auto'";
    world.see(sizes).to_string()
}

fn not_set_up(world: &World) -> String {
    world.element("multiple&api=");
    world.script("host.api = ''; return true;");
    world.pick(&[&TestFile::of("a.txt", b"a").path]);
    world.wait_for("failed", 1);
    let said = world.see("find('[part=detail]').textContent");
    let expected = "Uploads are not set up on this page yet. Tell the people who run it.";
    assert_eq!(said, expected);
    said.to_string()
}
