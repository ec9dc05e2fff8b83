//! What people see: in light, dark, on a phone, from right to left, in forced colours, in Korean, and in the page's own tree;
//! each read by axe with uploads in all states.

use e2e::package_page::node_modules;
use serde_json::{Value, json};

use crate::World;

/// Uploads in every state, and something that was left out.
const STATES: &str = "
    const of = (name, type, size) => Object.defineProperty(new File(['x'], name, { type }), 'size', { value: size });
    const names = ['stored.pdf', 'sent.mp4', 'paused.zip', 'failed.zip', 'cancelled.wav', 'waiting.txt', 'queued.txt'];
    await host.add([...names.map((name) => of(name, '', 4e7)), of('too large.bin', '', 9e12)]);
    const { testing } = window.client;
    const at = (name) => testing.upload(name);
    at('stored.pdf').store();
    at('sent.mp4').progress({ sent: 2e7, confirmed: 2e7, hashed: 4e7, bytesPerSecond: 3e6, etaMs: 7e3 });
    at('paused.zip').progress(0.5);
    at('paused.zip').upload.pause();
    at('failed.zip').fail('network');
    at('cancelled.wav').upload.abort();
    at('waiting.txt').retrying('network');
    // Until everything is drawn, and no transition runs.
    await new Promise((done) => setTimeout(done, 500));
    return all('[data-upload]').map(({ dataset }) => dataset.state);";

/// How a page is looked at.
struct Look {
    name: &'static str,
    /// The page's query.
    query: &'static str,
    /// A media feature, and its value.
    feature: (&'static str, &'static str),
    phone: bool,
}

pub(crate) const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
pub(crate) const DARK: (&str, &str) = ("prefers-color-scheme", "dark");

const fn look(
    name: &'static str,
    query: &'static str,
    feature: (&'static str, &'static str),
) -> Look {
    Look {
        name,
        query,
        feature,
        phone: false,
    }
}

const LOOKS: [Look; 7] = [
    look("light", "", LIGHT),
    look("dark", "", DARK),
    Look {
        phone: true,
        ..look("phone", "camera=environment", LIGHT)
    },
    Look {
        phone: true,
        ..look("phone, dark", "camera=environment", DARK)
    },
    look("from right to left", "page-dir=rtl", LIGHT),
    look("forced colours", "", ("forced-colors", "active")),
    look("the page's own tree", "light", DARK),
];

pub(crate) fn axe(world: &World) -> String {
    let script = script();
    let mut rules = Value::Null;
    for Look {
        name,
        query,
        feature,
        phone,
    } in LOOKS
    {
        emulate(world, &[feature], phone);
        world.element(&format!(
            "client=test&multiple&folders&max-bytes=1000000000&{query}"
        ));
        world.until("what was left", "find('[part=prompt]')?.hidden === false");
        let states = world.script(STATES);
        let expected = [
            "stored",
            "uploading",
            "paused",
            "failed",
            "aborted",
            "waiting",
            "queued",
        ];
        assert_eq!(states, json!(expected), "{name}");
        world.browser.screenshot(&format!("element {name}"));
        rules = read(world, &script, name);
    }
    emulate(world, &[], false);
    format!("{} looks, {rules} rules hold", LOOKS.len())
}

/// Has axe read what is seen now, which finds nothing; how many of its rules hold.
#[track_caller]
pub(crate) fn read(world: &World, script: &str, name: &str) -> Value {
    world.browser.run(script, &[]);
    let look = "const { violations, passes } = await window.axe.run();
        return [violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), passes.length];";
    let found = world.browser.run_async(look, &[]);
    assert_eq!(found[0], json!([]), "{name}");
    found[1].clone()
}

/// The script of axe.
pub(crate) fn script() -> String {
    std::fs::read_to_string(node_modules().join("axe-core/axe.min.js")).expect("axe")
}

pub(crate) fn emulate(world: &World, features: &[(&str, &str)], phone: bool) {
    let features: Vec<Value> = features
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let media = json!({ "features": features });
    world.browser.devtools("Emulation.setEmulatedMedia", media);
    let touch = json!({"enabled": phone, "maxTouchPoints": 5});
    world
        .browser
        .devtools("Emulation.setTouchEmulationEnabled", touch);
    if phone {
        let screen = json!({"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true});
        world
            .browser
            .devtools("Emulation.setDeviceMetricsOverride", screen);
    } else {
        world
            .browser
            .devtools("Emulation.clearDeviceMetricsOverride", json!({}));
    }
}

pub(crate) fn words(world: &World) -> String {
    world.element("multiple&client=test&page-lang=ko&max-bytes=1000000000");
    world.until(
        "Korean",
        "find('[data-action=browse]').textContent === '파일 선택'",
    );
    world.script(STATES);
    let failed = "find('[data-state=failed] [part=detail]').textContent";
    assert_eq!(
        world.see(failed),
        "서비스에 연결할 수 없습니다. 연결을 확인한 뒤 다시 시도해 주세요."
    );
    let latin = world.see("root.querySelector('[part=frame]').innerText.match(/[a-z]{4,}/gi)?.filter((word) => !/stored|sent|paused|failed|cancelled|waiting|queued|large|left/.test(word)) ?? []");
    assert_eq!(latin, json!([]));
    world.script("document.documentElement.lang = 'de'; return true;");
    world.until(
        "English",
        "find('[data-action=browse]').textContent === 'Choose files'",
    );
    assert_eq!(world.see("find('[part=frame]').lang"), "en");
    world.script(
        "host.messages = { browse: 'Dateien wählen', upTo: 'je höchstens {size}' }; return true;",
    );
    world.until(
        "the page's words",
        "find('[data-action=browse]').textContent === 'Dateien wählen'",
    );
    let limits = world.see("find('[part=limits]').textContent");
    assert_eq!(limits, "je höchstens 1\u{a0}GB");
    world.see("find('[part=sums]').textContent").to_string()
}

pub(crate) fn mirrored(world: &World) -> String {
    world.element("multiple&client=test&page-dir=rtl");
    world.script(STATES);
    let places = "
        const row = find('[data-state=uploading]').getBoundingClientRect();
        const part = (css) => find(`[data-state=uploading] ${css}`).getBoundingClientRect();
        const [thumbnail, name, actions, bar] = ['[part=thumbnail]', '[part=name]', '[part=actions]', '[part=bar]'].map(part);
        const fill = find('[data-state=uploading] [part=bar] i').getBoundingClientRect();
        return [thumbnail.left > name.left, actions.right < name.left, Math.abs(fill.right - bar.right) < 1, fill.width < bar.width, row.width > 0];";
    let seen = world.script(places);
    assert_eq!(seen, json!([true, true, true, true, true]));
    "thumbnail, name, actions, bar".into()
}

pub(crate) fn phone(world: &World) -> String {
    let shown = "getComputedStyle(find('[data-action=camera]')).display !== 'none'";
    world.element("multiple&camera=environment&accept=image/*,.pdf");
    assert_eq!(world.see(shown), false);
    emulate(world, &[], true);
    world.element("multiple&camera=environment&accept=image/*,.pdf");
    assert_eq!(world.see(shown), true);
    assert_eq!(world.see("find('[part=label]').innerText"), "Add files");
    world.watch_picker();
    world.press("[data-action=camera]", devkit::browser::Key::Enter);
    // At the moment of the click: the picker is as before right after it.
    let asked = world.see("window.askedFor");
    assert_eq!(asked, json!(["environment", "image/*", false]));
    let small = world.see("all('button').filter((button) => button.offsetParent && button.getBoundingClientRect().height < 44).length");
    emulate(world, &[], false);
    assert_eq!(small, 0);
    asked.to_string()
}

pub(crate) fn load(world: &World) -> String {
    world.fresh("multiple&folders");
    world.script("await new Promise((done) => setTimeout(done, 500)); return true;");
    let long = world.see("window.longTasks");
    let count = long.as_array().map_or(0, Vec::len);
    assert!(count <= 1, "{long}");
    let loaded = world.see("performance.getEntriesByType('resource').filter(({ name }) => name.includes('/crowfly/')).map(({ name }) => name.split('/').pop())");
    // Neither the client nor any other part before it is needed.
    assert_eq!(loaded, json!(["element.js"]));
    format!("long tasks {long}, loads {loaded}")
}
