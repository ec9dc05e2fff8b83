//! The rows of the list, and what is done about uploads there.

use devkit::browser::Key;
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::World;

/// Bytes a second while something has to last.
const SLOW: u64 = 1_500_000;
/// Files of a long list.
const MANY: usize = 1_000;
/// Rows that a long list may have in the document.
const MOST_ROWS: u64 = 60;

pub(crate) fn many(world: &World) -> String {
    world.element("multiple&client=test");
    let add = format!(
        "const files = Array.from({{ length: {MANY} }}, (_, index) => new File([`${{index}}`], `file ${{index}}.txt`));
         const begun = performance.now();
         await host.add(files);
         const took = Math.round(performance.now() - begun);
         window.client.testing.release();
         return took;"
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

pub(crate) fn all(world: &World) -> String {
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

pub(crate) fn failed(world: &World) -> String {
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
    let other = TestFile::of("b.xyz", b"b");
    world.pick(&[&other.path]);
    world.wait_for("failed", 1);
    assert_eq!(
        world.see("find('[data-state=failed] [data-action=retry]')?.hidden ?? true"),
        true
    );
    world
        .see("find('[data-state=failed] [part=detail]').textContent")
        .to_string()
}

pub(crate) fn reload(world: &World) -> String {
    let file = TestFile::new("left.bin", 6 * MIB);
    world.fresh("multiple&name=files");
    world.browser.limit_upload(SLOW);
    world.pick(&[&file.path]);
    world.wait_for("uploading", 1);
    world.browser.reload();
    world.browser.limit_upload(0);
    world.until("the prompt", "find('[part=prompt]')?.hidden === false");
    let prompt = world.see("find('[part=prompt]').innerText.replaceAll(/\\n+/g, ' ')");
    // A dialog that was closed asks for nothing.
    world.watch_picker();
    world.press("[data-action=resume-earlier]", Key::Enter);
    world.script("window.asked.dispatchEvent(new Event('cancel')); return true;");
    assert_eq!(world.see("all('[data-upload]').length"), 0);
    let other = TestFile::of("new.bin", b"new");
    world.pick(&[&other.path]);
    world.wait_for("stored", 1);
    world.script("host.clear(); return true;");
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
    assert_eq!((stats.uploads, stats.completed), (2, 2));
    prompt.to_string()
}

pub(crate) fn preview(world: &World) -> String {
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

pub(crate) fn announcements(world: &World) -> String {
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
    let first = texts.first().copied().unwrap_or_default();
    assert!(first.starts_with("30 files added."), "{texts:?}");
    assert_eq!(texts.last(), Some(&"All 30 files are uploaded."));
    texts.join(" | ")
}

pub(crate) fn withheld(world: &World) -> String {
    world.element("multiple&client=test");
    world.script(
        "await host.add([new File(['<!doctype html>'], 'odd.webm', { type: 'video/webm' })]);
         const { upload, store, process } = window.client.testing.upload('odd.webm');
         store();
         await upload.done;
         upload.processed();
         process({ withheld: 'active_content', typeMismatch: true });
         return true;",
    );
    world.until(
        "its state",
        "Boolean(find('[data-withheld=active_content][data-state=processed]'))",
    );
    world.until(
        "why",
        "find('[part=detail]').innerText.includes('cannot be downloaded')",
    );
    assert_eq!(
        world.see("find('[part=badge]').textContent.trim()"),
        "Withheld"
    );
    world.see("find('[part=detail]').innerText").to_string()
}
