//! The recorder, with a camera and a microphone that exist in Chromium alone.

use devkit::browser::Key;
use serde_json::json;

use crate::World;

const START: &str = "[data-action=start]";
const STOP: &str = "[data-action=stop]";

/// What the form has of the field.
const SENT: &str = "[...new FormData(document.forms[0])].flat()";
const NOTICE: &str = "find('[part=notice]').innerText";

/// How many uploads are noted in all journals.
const NOTED: &str =
    "(await Promise.all((await indexedDB.databases()).map(({ name }) => new Promise((done) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => {
        const counted = asked.result.transaction('uploads').objectStore('uploads').count();
        counted.onsuccess = () => { asked.result.close(); done(counted.result); };
    };
})))).reduce((sum, count) => sum + count, 0)";

impl World {
    /// Opens the page of a recorder with these attributes, as a query.
    fn recorder(&self, attributes: &str) {
        self.open(&format!("/recorder.html?{attributes}"));
    }

    #[track_caller]
    pub(crate) fn wait_state(&self, state: &str) {
        self.until(state, &format!("host.state === '{state}'"));
    }

    /// Starts, and waits until bytes have come.
    #[track_caller]
    pub(crate) fn record(&self) {
        // The state is known before it is drawn, and another recorder of the page has such a button, too.
        self.until("the button", "!find('[data-action=start]').hidden");
        self.press(START, Key::Enter);
        self.wait_state("recording");
        self.until("the first bytes", "host.upload.progress.recorded > 0");
    }

    /// Whether the devices of the last recording are given back.
    fn is_released(&self) -> bool {
        self.see("window.tracks.every(({ readyState }) => readyState === 'ended') && find('video').srcObject === null") == true
    }

    /// Notes the devices that a page is given from now on.
    fn watch_devices(&self) {
        self.script(
            "const { mediaDevices } = navigator;
             const ask = mediaDevices.getUserMedia.bind(mediaDevices);
             mediaDevices.getUserMedia = async (wanted) => {
                 const stream = await ask(wanted);
                 window.tracks = stream.getTracks();
                 return stream;
             };
             return true;",
        );
    }
}

pub(crate) fn field(world: &World) -> String {
    world.recorder("name=answer&required&folder=answers");
    world.watch_devices();
    let says = || {
        world.see("[document.forms[0].checkValidity(), host.validity.valueMissing, host.validationMessage]")
    };
    assert_eq!(says(), json!([false, true, "Record something."]));
    world.record();
    let wait = "Wait until the recording is over and stored.";
    assert_eq!(says(), json!([false, false, wait]));
    world.until("a picture", "find('video').videoWidth > 0");
    // Chromium's microphone beeps.
    world.until(
        "a sound",
        "Number(find('[role=meter]').getAttribute('aria-valuenow')) > 20",
    );
    // As in a browser without a device to play sound: Firefox suspends the context, which hears nothing then.
    world.script("Object.defineProperty(AudioContext.prototype, 'state', { configurable: true, get: () => 'suspended' }); return true;");
    world.until("no level", "find('[role=meter]').hidden");
    world.script("delete AudioContext.prototype.state; return true;");
    world.until("the level", "!find('[role=meter]').hidden");
    let seen = "[find('video').hidden, find('video').muted, active().dataset.action]";
    assert_eq!(world.see(seen), json!([false, true, "stop"]));
    world.press("[data-action=pause]", Key::Space);
    world.until(
        "the pause",
        "find('[part=detail]').textContent === 'Recording. Sending is paused.'",
    );
    assert_eq!(world.see("active().textContent"), "Go on sending");
    world.press(STOP, Key::Enter);
    world.wait_state("sending");
    assert!(world.is_released());
    world.press("[data-action=resume]", Key::Enter);
    world.wait_state("stored");
    let id = world.see("host.value");
    assert_eq!(world.see(SENT), json!(["answer", id]));
    assert_eq!(says(), json!([true, false, ""]));
    world.until("the focus", "active()?.textContent === 'Record again'");
    assert_eq!(world.told(), json!(["upload", "input", "change", "stored"]));
    world.browser.screenshot("recorder stored");
    let stored = world.see("window.told.at(-1)[1].result");
    assert_eq!(stored["verified"], true, "{stored}");
    assert_eq!(world.sink.stats().completed, 1);
    world.script("document.forms[0].reset(); return true;");
    assert_eq!(world.see(SENT), json!([]));
    assert_eq!(world.see("host.state"), "idle");
    stored["size"].to_string()
}

pub(crate) fn refused(world: &World) -> String {
    world.open("/refused?sources=camera%20microphone%20screen");
    world.press(START, Key::Enter);
    world.until(
        "the refusal",
        &format!("{NOTICE}.includes('not allowed to use the camera')"),
    );
    world.browser.screenshot("recorder refused");
    assert_eq!(world.see("host.state"), "idle");
    assert_eq!(
        world.see("window.told.at(-1)[1].error.name"),
        "NotAllowedError"
    );
    assert_eq!(world.see("active().dataset.action"), "start");
    // Those that this browser cannot be brought to make by itself.
    for (kind, name, words) in [
        ("microphone", "NotReadableError", "another program"),
        ("camera", "NotFoundError", "There is no camera here"),
    ] {
        world.script(&format!(
            "find('[value={kind}]').click();
             navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'));
             return host.start();"
        ));
        world.until(name, &format!("{NOTICE}.includes('{words}')"));
    }
    world.script("navigator.mediaDevices.getDisplayMedia = undefined; find('[value=screen]').click(); return true;");
    world.until(
        "the word on screens",
        &format!("{NOTICE}.includes('shares its screen with no page')"),
    );
    let told = world.told();
    assert_eq!(told, json!(["failed", "failed", "failed"]));
    // Chromium writes down what a policy refuses.
    let _ = world.browser.console();
    world.see(NOTICE).to_string()
}

pub(crate) fn lost(world: &World) -> String {
    world.recorder("");
    world.record();
    // What a page cannot do by itself: https://w3c.github.io/mediacapture-main/#event-mediastreamtrack-ended
    world.script(
        "const [track] = find('video').srcObject.getVideoTracks();
         track.stop(); track.dispatchEvent(new Event('ended'));
         return true;",
    );
    world.wait_state("stored");
    let said = world.see(NOTICE);
    assert!(
        said.as_str()
            .is_some_and(|said| said.starts_with("The camera has gone")),
        "{said}"
    );
    assert_eq!(world.sink.stats().completed, 1);
    said.to_string()
}

pub(crate) fn longest(world: &World) -> String {
    world.recorder("sources=microphone&max-seconds=1");
    assert_eq!(world.see("[all('[part=source]').length, find('[part=sources]').hidden, find('[part=limits]').textContent]"), json!([1, true, "up to 0:01"]));
    world.press(START, Key::Enter);
    world.wait_state("stored");
    world.until(
        "a word on it",
        &format!("{NOTICE}.includes('longest time')"),
    );
    let name = world.see("host.upload.id && find('[part=detail]').textContent");
    assert_eq!(world.sink.stats().completed, 1);
    name.to_string()
}

pub(crate) fn failed(world: &World) -> String {
    world.recorder("sources=microphone&name=answer");
    world.watch_devices();
    world.site.refuse(Some("quota_bytes"));
    world.press(START, Key::Enter);
    world.wait_state("failed");
    world.until(
        "a word on it",
        &format!("{NOTICE}.includes('Your storage is full')"),
    );
    world.until(
        "the end",
        "window.tracks.every(({ readyState }) => readyState === 'ended')",
    );
    assert_eq!(
        world.see("host.validationMessage"),
        "The recording was not stored. Try again, or discard it."
    );
    world.site.refuse(None);
    world.press("[data-action=retry]", Key::Enter);
    world.until(
        "its end",
        "host.state === 'stored' || host.state === 'idle'",
    );
    // The same of one that is discarded: the question has the focus, and keeps it from a slip.
    world.script("host.start(); return true;");
    world.wait_state("recording");
    world.press("[data-action=discard]", Key::Enter);
    world.until("the question", "active()?.dataset.action === 'keep'");
    world.press("[data-action=discard-now]", Key::Enter);
    world.until(
        "its end",
        "host.state === 'idle' && find('[part=detail]').textContent.startsWith('Discarded')",
    );
    world.until("the focus", "active()?.dataset.action === 'start'");
    world.told().to_string()
}

pub(crate) fn removed(world: &World) -> String {
    world.recorder("");
    world.watch_devices();
    world.record();
    world.script("document.querySelector('main').append(host); return true;");
    world.script("await new Promise((done) => setTimeout(done, 100)); return true;");
    assert_eq!(world.see("host.state"), "recording");
    world.script("window.recorder = host; host.remove(); return true;");
    world.until(
        "the camera given back",
        "window.tracks.every(({ readyState }) => readyState === 'ended')",
    );
    world.until(
        "the end of the upload",
        "window.recorder.state === 'stored'",
    );
    assert_eq!(world.sink.stats().completed, 1);
    "moved, removed, stored".into()
}

pub(crate) fn reload(world: &World) -> String {
    // At another origin, where no other case leaves a recording.
    let origin = world.site.origin.replace("localhost", "127.0.0.1");
    world
        .browser
        .open(&format!("{origin}/recorder.html?name=answer&recorders=2"));
    world.until(
        "the recorder",
        "Boolean(find('[data-action=start]')?.textContent)",
    );
    let noted = world.see(NOTED);
    let prompt = "all('[part=prompt]')[0]";
    for (action, state) in [("resume-earlier", "stored"), ("discard-earlier", "idle")] {
        world.record();
        world.browser.reload();
        world.until("the question", &format!("{prompt}?.hidden === false"));
        let other = "document.querySelectorAll('crowfly-recorder')[1].shadowRoot.querySelector('[part=prompt]').hidden";
        assert_eq!(world.see(other), true);
        world.press(&format!("[data-action={action}]"), Key::Enter);
        if state == "idle" {
            world.press("[data-action=discard-now]", Key::Enter);
        }
        world.until("no question", &format!("{prompt}.hidden"));
        world.wait_state(state);
    }
    let stats = world.sink.stats();
    assert_eq!((stats.uploads, stats.completed), (2, 1));
    world.until("the journal as before", &format!("{NOTED} === {noted}"));
    world.browser.reload();
    world.until(
        "the recorder",
        "Boolean(find('[data-action=start]')?.textContent)",
    );
    world.script("await new Promise((done) => setTimeout(done, 400)); return true;");
    assert_eq!(world.see(&format!("{prompt}.hidden")), true);
    format!("{} recordings", stats.uploads)
}

pub(crate) fn other_client(world: &World) -> String {
    world.recorder("client=plain");
    world.press(START, Key::Enter);
    world.until("a word on it", &format!("{NOTICE}.includes('not set up')"));
    let message = world.see("window.told.at(-1)[1].error.message");
    assert!(
        message
            .as_str()
            .is_some_and(|message| message.contains("crowfly/live")),
        "{message}"
    );
    message.to_string()
}
