//! What each adapter promises.

use std::time::Duration;

use devkit::http::Request;
use e2e::files::{MIB, TestFile};
use serde_json::{Value, json};

use crate::World;

/// Bytes a second while something has to last.
const SLOW: u64 = 1_000_000;
/// More files than a reader of a folder gives at a time in Chromium.
const MANY: usize = 104;

pub(crate) type Case = fn(&World) -> String;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("a_built_app_uploads_a_picked_file", built),
    (
        "it_renders_on_a_server_and_is_hydrated_without_a_mismatch",
        server,
    ),
    ("the_same_file_can_be_picked_twice_in_a_row", twice),
    (
        "a_dropped_folder_keeps_its_paths_and_says_what_is_left_out",
        folder,
    ),
    ("the_zone_is_a_button_to_the_keyboard", keyboard),
    ("axe_finds_nothing_in_an_app", axe),
    (
        "an_upload_survives_a_hot_update_of_its_component",
        hot_update,
    ),
    ("a_later_page_goes_on_with_what_was_left", resumed),
    (
        "components_share_one_client_and_only_what_changed_renders",
        shared,
    ),
    ("an_upload_goes_on_when_its_component_is_left", left),
];

fn built(world: &World) -> String {
    let file = TestFile::new("built.bin", MIB);
    let address = world.app.build(&world.api);
    world.browser.open(&address);
    world.ready();
    world.pick(&[&file.path]);
    world.wait_for("processed", 1);
    world.text("[role=status]")
}

fn server(world: &World) -> String {
    let page = Request::new("GET", format!("{}/server/", world.app.origin)).send();
    let html = page.text();
    assert_eq!(page.status, 200, "{html}");
    for part in [
        "Drop files or folders here",
        "No uploads yet",
        "type=\"file\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert_eq!(
        world.sink.stats().requests,
        0,
        "a server asks the API for nothing"
    );
    let file = TestFile::new("hydrated.bin", MIB);
    world.open("/server/");
    assert_eq!(
        world.browser.run("return window.hydrated === true;", &[]),
        true
    );
    world.pick(&[&file.path]);
    world.wait_for("processed", 1);
    format!("{} bytes of HTML", html.len())
}

fn twice(world: &World) -> String {
    let file = TestFile::of("twice.txt", b"twice");
    world.open("/");
    for count in 1..=2 {
        world.pick(&[&file.path]);
        world.wait_for("processed", count);
    }
    // Of a list that was given, one is dropped again.
    world.click("Remove");
    world.wait_for("processed", 1);
    format!("{} creates", world.sink.stats().creates)
}

fn folder(world: &World) -> String {
    let above = devkit::paths::temporary("trip");
    let trip = above.path().join("trip");
    std::fs::create_dir_all(trip.join("day 1")).expect("a folder");
    for number in 0..MANY {
        std::fs::write(trip.join(format!("day 1/{number}.txt")), number.to_string())
            .expect("a file");
    }
    std::fs::write(trip.join("a.txt"), "a").expect("a file");
    std::fs::write(trip.join(".DS_Store"), "left behind").expect("a file");
    world.open("/");
    world.drop_on_zone(&trip);
    world.until("a word on what is left out", || {
        world.text(".problem").starts_with("trip/.DS_Store: ")
    });
    world.wait_for("processed", MANY + 1);
    let records = world.records();
    let of = |name: &str| {
        let record = records.iter().find(|record| record["name"] == name);
        record.map(|record| record["path"].clone())
    };
    // The list has the newest hundred.
    let last = format!("{}.txt", MANY - 1);
    let nested = of(&last)
        .or_else(|| of("99.txt"))
        .expect("a record of the inner folder");
    assert_eq!(nested, "trip/day 1");
    world.text("[role=status]")
}

fn keyboard(world: &World) -> String {
    world.open("/");
    // Chromium would open its dialog; what matters is that the input is asked to.
    let watch = "window.asked = 0;
        const zone = document.querySelector('.zone');
        zone.querySelector('input').click = () => { window.asked += 1; };
        zone.focus();
        return [zone.getAttribute('role'), zone.tabIndex, document.activeElement === zone];";
    assert_eq!(world.browser.run(watch, &[]), json!(["button", 0, true]));
    world.browser.press(devkit::browser::Key::Enter);
    world.browser.press(devkit::browser::Key::Space);
    let asked = world.browser.run("return window.asked;", &[]);
    assert_eq!(asked, 2);
    format!("{asked} dialogs")
}

fn axe(world: &World) -> String {
    let axe = e2e::package_page::node_modules().join("axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("axe");
    let files = [TestFile::of("Thumbs.db", b"x"), TestFile::of("a.txt", b"a")];
    for scheme in ["dark", "light"] {
        world.browser.prefer_color_scheme(scheme);
        world.open("/");
        world.pick(&[&files[0].path, &files[1].path]);
        world.wait_for("processed", 1);
        world.browser.run(&axe, &[]);
        let look = "return (await window.axe.run()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);";
        let found = world.browser.run_async(look, &[]);
        assert_eq!(found, json!([]), "{scheme}");
    }
    "in light and in dark".into()
}

fn hot_update(world: &World) -> String {
    let file = TestFile::new("while edited.bin", 6 * MIB);
    world.open("/");
    world.browser.run("window.mark = true;", &[]);
    world.browser.limit_upload(SLOW);
    world.pick(&[&file.path]);
    world.wait_for("uploading", 1);
    let component = world.framework.component();
    let [old, new] = ["<h1>Uploads</h1>", "<h1>My uploads</h1>"];
    world.app.edit(component, old, new);
    world.until("the hot update", || world.text("h1") == "My uploads");
    let running = world.in_state("uploading");
    world.app.edit(component, new, old);
    world.until("the hot update", || world.text("h1") == "Uploads");
    assert_eq!(running, 1, "the upload is not shown any more");
    let mark = world.browser.run("return window.mark === true;", &[]);
    assert_eq!(mark, true, "the page was loaded again");
    world.click("Pause all");
    world.wait_for("paused", 1);
    world.browser.limit_upload(0);
    world.click("Resume all");
    world.wait_for("processed", 1);
    let stats = world.sink.stats();
    assert_eq!((stats.creates, stats.completed), (1, 1));
    world.text("[role=status]")
}

fn resumed(world: &World) -> String {
    let file = TestFile::new("left.bin", 6 * MIB);
    world.open("/");
    world.browser.limit_upload(SLOW);
    world.pick(&[&file.path]);
    world.wait_for("uploading", 1);
    world.browser.reload();
    world.browser.limit_upload(0);
    world.until("what was left", || {
        world.text("main").contains("Left unfinished")
    });
    let again = world.browser.find_all("label input");
    world
        .browser
        .pick(again.first().expect("an input"), &[&file.path]);
    world.wait_for("processed", 1);
    world.until("an empty list", || {
        !world.text("main").contains("Left unfinished")
    });
    let stats = world.sink.stats();
    assert_eq!((stats.uploads, stats.completed), (1, 1));
    format!("{} creates", stats.creates)
}

/// Uploads a small file and a large one from the test's own components.
const BOTH: &str = "
    const files = [new File(['small'], 'small.txt'), new File([new Uint8Array(6e6)], 'large.bin')];
    window.ids = (await window.lab.crow.upload(files)).map(({ id }) => id);
    return window.ids.length;";
const RENDERS: &str = "return window.ids.map((id) => window.lab.renders[id]);";

fn shared(world: &World) -> String {
    world.open("/lab/");
    world.browser.limit_upload(SLOW);
    assert_eq!(world.browser.run_async(BOTH, &[]), 2);
    world.wait_for("stored", 1);
    // Until the page has rendered that.
    std::thread::sleep(Duration::from_millis(300));
    let renders = || -> Vec<u64> {
        let found = world.browser.run(RENDERS, &[]);
        let counts = found.as_array().into_iter().flatten();
        counts.filter_map(Value::as_u64).collect()
    };
    let before = renders();
    world.until("progress of the large one", || {
        renders().get(1) > before.get(1)
    });
    let after = renders();
    assert_eq!(before.first(), after.first(), "{before:?} {after:?}");
    world.browser.limit_upload(0);
    world.wait_for("stored", 2);
    assert_eq!(world.text("#count"), "2");
    assert_eq!(
        world.browser.run("return window.lab.made;", &[]),
        1,
        "clients"
    );
    assert_eq!(world.sink.stats().uploads, 2);
    format!("renders {before:?}, then {after:?}")
}

fn left(world: &World) -> String {
    world.open("/lab/");
    world.browser.limit_upload(SLOW);
    assert_eq!(world.browser.run_async(BOTH, &[]), 2);
    world.wait_for("uploading", 1);
    world.browser.run("window.lab.show(false);", &[]);
    world.until("the other page", || world.text("#away") == "away");
    world.browser.run("window.lab.show(true);", &[]);
    world.until("both", || world.text("#count") == "2");
    world.browser.run("window.lab.show(false);", &[]);
    world.until("the other page", || world.text("#away") == "away");
    world.browser.limit_upload(0);
    world.until("the end of both", || world.sink.stats().completed == 2);
    world.browser.run("window.lab.show(true);", &[]);
    world.wait_for("stored", 2);
    assert_eq!(
        world.browser.run("return window.lab.made;", &[]),
        1,
        "clients"
    );
    let stats = world.sink.stats();
    format!("{} creates, {} completed", stats.creates, stats.completed)
}
