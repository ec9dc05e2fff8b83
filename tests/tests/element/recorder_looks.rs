//! What people see of the recorder; each look read by axe.

use devkit::browser::Key;
use serde_json::json;

use crate::World;
use crate::looks::{DARK, LIGHT, emulate, read, script};

/// How a page is looked at: a name, its query, a media feature, and how wide a phone is.
type Look = (
    &'static str,
    &'static str,
    (&'static str, &'static str),
    Option<u32>,
);

const LOOKS: [Look; 5] = [
    ("light", "", LIGHT, None),
    ("phone, dark", "", DARK, Some(320)),
    ("from right to left", "page-dir=rtl", LIGHT, Some(360)),
    ("forced colours", "", ("forced-colors", "active"), None),
    ("the page's own tree", "light", DARK, None),
];

pub(crate) fn axe(world: &World) -> String {
    let script = script();
    for (name, query, feature, phone) in LOOKS {
        emulate(world, &[feature], false);
        if let Some(width) = phone {
            world.browser.screen(width, 844, 2.0, true);
        }
        world.open(&format!("/recorder.html?client=test&name=answer&sources=camera%20microphone%20screen&max-seconds=300&max-bytes=500000000&{query}"));
        world.until("what was left", "find('[part=prompt]')?.hidden === false");
        world.browser.screenshot(&format!("recorder idle {name}"));
        let rules = read(world, &script, name);
        world.record();
        world.script("window.client.testing.upload().progress({ sent: 5, confirmed: 5 }); find('[data-action=discard]').click(); return true;");
        world.script("await new Promise((done) => setTimeout(done, 400)); return true;");
        world
            .browser
            .screenshot(&format!("recorder recording {name}"));
        read(world, &script, name);
        let wide = world.see("document.documentElement.scrollWidth - innerWidth");
        assert!(
            wide.as_i64() <= Some(0),
            "{name}: {wide} too wide, {rules} rules"
        );
        world.script("host.cancel(); return true;");
    }
    emulate(world, &[], false);
    format!("{} looks", LOOKS.len())
}

pub(crate) fn korean(world: &World) -> String {
    world.open("/refused?page-lang=ko&sources=camera%20microphone&max-seconds=60");
    world.until(
        "Korean",
        "find('[data-action=start]').textContent === '녹화'",
    );
    world.press("[data-action=start]", Key::Enter);
    world.until(
        "the refusal",
        "find('[part=notice]').innerText.includes('허용되지 않았습니다')",
    );
    let latin =
        world.see("[find('[part=stage]').innerText, find('[part=notice]').innerText].join(' ').match(/[a-z]{2,}/gi) ?? []");
    assert_eq!(latin, json!([]));
    world.script("host.messages = { start: 'Aufnehmen' }; document.documentElement.lang = 'de'; return true;");
    world.until(
        "the page's words",
        "find('[data-action=start]').textContent === 'Aufnehmen'",
    );
    // Chromium writes down what a policy refuses.
    let _ = world.browser.console();
    world.see("find('[part=notice]').innerText").to_string()
}
