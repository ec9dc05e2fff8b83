//! The recorder's panel on the demo page, used as a person uses it.

use std::time::Duration;

use crowfly_contract::{Record, UploadStatus};
use devkit::browser::Browser;
use devkit::env::{Env, Stack};
use devkit::wait;
use e2e::api::{Api, crc64nvme};
use e2e::aws::Aws;
use e2e::page::Page;
use serde_json::json;

pub(crate) const WITHIN: Duration = Duration::from_secs(30);
/// <https://www.rfc-editor.org/rfc/rfc8794#section-11.2.1>
const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// The recorder's panel.
pub(crate) struct Recorder<'a>(&'a Browser);

impl<'a> Recorder<'a> {
    /// Signs in on the page of `main`.
    #[track_caller]
    pub(crate) fn open(browser: &'a Browser) -> Self {
        Page::open(browser, stack()).log_in();
        Self(browser)
    }

    pub(crate) fn press(&self, action: &str) {
        let button = format!("#recorder [data-action={action}]");
        self.0.wait_for(&button).click();
    }

    pub(crate) fn choose(&self, kind: &str) {
        let script = "const input = document.querySelector(`[name=source][value=${arguments[0]}]`); input.click();";
        self.0.run(script, &[json!(kind)]);
    }

    pub(crate) fn text(&self, id: &str) -> String {
        let script = "const { hidden, textContent } = document.getElementById(arguments[0]); return hidden ? '' : textContent;";
        let text = self.0.run(script, &[json!(id)]);
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn state(&self) -> String {
        let state = "return document.getElementById('recorder').dataset.state;";
        let state = self.0.run(state, &[]);
        state.as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub(crate) fn wait_state(&self, wanted: &str) {
        let start = std::time::Instant::now();
        while self.state() != wanted {
            let said = ["recorder-words", "recorder-problem"].map(|id| self.text(id));
            assert!(
                start.elapsed() < WITHIN,
                "{}, not {wanted}: {said:?}",
                self.state()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts, and waits until bytes have come.
    #[track_caller]
    pub(crate) fn record(&self) {
        self.press("record");
        self.wait_state("recording");
        wait::until("the first bytes", WITHIN, || {
            let recorded = self.text("recorder-recorded");
            (!["", "0 bytes"].contains(&recorded.as_str())).then_some(())
        });
    }

    pub(crate) fn picture(&self, name: &str) {
        let look = "document.getElementById('recorder').scrollIntoView();";
        self.0.run(look, &[]);
        self.0.screenshot(&format!("recorder-{name}"));
    }

    /// The record of that recording.
    #[track_caller]
    pub(crate) fn stored(&self) -> Record {
        stored(&self.id()).0
    }

    /// The id of the recording that the panel shows.
    pub(crate) fn id(&self) -> String {
        let id = "return document.getElementById('recorder').dataset.recording;";
        let id = self.0.run(id, &[]);
        id.as_str().expect("an id").to_owned()
    }
}

fn stack() -> &'static Stack {
    Env::stack("main")
}

/// The verified record of a recording, and its bytes in storage, once.
#[track_caller]
pub(crate) fn stored(id: &str) -> (Record, Vec<u8>) {
    let api = Api::demo_user(stack());
    let id = id.parse().expect("an id");
    let record = api.wait_status(id, UploadStatus::Stored, WITHIN);
    assert!(record.verified && record.live, "{record:?}");
    let (aws, key) = (Aws::new(stack()), record.key.to_string());
    let object = aws.get_object(&key);
    assert_eq!(aws.open_multiparts(&key), 0);
    assert_eq!(object.body.len() as u64, record.size);
    assert_eq!(record.crc64nvme, Some(crc64nvme(&object.body)));
    assert_eq!(object.body.get(..4), Some(&EBML[..]), "WebM");
    (record, object.body)
}
