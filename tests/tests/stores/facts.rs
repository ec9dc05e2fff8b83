//! What a store does with the requests of a signer: measured, and printed as a row of `docs/SIGNER.md`.

use devkit::aws::{Moment, elements, presign};
use devkit::http::{Request, Response};

use crate::bucket::{CRC, crc64nvme};
use crate::store::Store;

const MIB: usize = 1024 * 1024;

/// What was measured.
#[derive(Debug)]
pub(crate) struct Facts {
    /// A wrong checksum of a PUT is refused, and by which code.
    put: Option<String>,
    /// The same of a part.
    part: Option<String>,
    /// `If-None-Match: *` is refused for a key that exists.
    keeps: bool,
    /// A wrong checksum of the whole object is refused at completion.
    whole: bool,
    /// ListParts states the checksum of a part.
    lists: bool,
    /// Status and code of an expired URL.
    expired: String,
    /// Parts of different sizes are refused.
    equal: bool,
}

impl Facts {
    pub(crate) fn measure(store: &Store) -> Self {
        Self {
            put: put(store),
            part: part(store),
            keeps: keeps(store),
            whole: whole(store),
            lists: lists(store),
            expired: expired(store),
            equal: equal(store),
        }
    }

    /// Whether it proves the bytes of what it stores.
    pub(crate) fn proves(&self) -> bool {
        self.put.is_some() && self.part.is_some()
    }

    /// Whether a reload finds checksums of the parts that are there.
    pub(crate) fn lists(&self) -> bool {
        self.lists
    }

    /// A row of the table under "What each store verifies".
    pub(crate) fn row(&self, version: &str) -> String {
        let checked = |refused: &Option<String>| {
            if refused.is_some() {
                "checked"
            } else {
                "ignored"
            }
        };
        let yes = |is: bool| if is { "yes" } else { "no" };
        let code = self
            .put
            .as_deref()
            .map_or("none".to_owned(), |code| format!("400 `{code}`"));
        let cells = [
            version.to_owned(),
            checked(&self.put).into(),
            checked(&self.part).into(),
            if self.keeps { "412" } else { "ignored" }.into(),
            if self.whole { "checked" } else { "ignored" }.into(),
            yes(self.lists).into(),
            code,
            self.expired.clone(),
            yes(self.equal).into(),
            "measured".into(),
        ];
        format!("| {} |", cells.join(" | "))
    }
}

/// The code of a refusal; nothing for a success.
fn refusal(answer: &Response, what: &str) -> Option<String> {
    let code = elements(&answer.text(), "Code").concat();
    match answer.status {
        200..=299 => None,
        400 => Some(code),
        other => panic!("{what}: {other} {}", answer.text()),
    }
}

fn put(store: &Store) -> Option<String> {
    let request = Request::new("PUT", store.url("facts/put")).body("other bytes");
    let answer = store.send(request.header(CRC, crc64nvme(b"these bytes").to_string()));
    refusal(&answer, "a PUT with a wrong checksum")
}

fn part(store: &Store) -> Option<String> {
    let id = store.begin("facts/part");
    let answer = store.put_part(
        "facts/part",
        &id,
        1,
        b"other bytes",
        crc64nvme(b"these bytes"),
    );
    refusal(&answer, "a part with a wrong checksum")
}

fn keeps(store: &Store) -> bool {
    let put = || {
        let request = Request::new("PUT", store.url("facts/twice")).header("if-none-match", "*");
        store.send(request.body("bytes")).status
    };
    assert_eq!(put(), 200, "the first PUT of a key");
    match put() {
        412 => true,
        200 => false,
        other => panic!("the second PUT of a key: {other}"),
    }
}

fn whole(store: &Store) -> bool {
    let id = store.begin("facts/whole");
    let bytes = b"these bytes";
    let sent = store.put_part("facts/whole", &id, 1, bytes, crc64nvme(bytes));
    let etag = sent.header("etag").expect("an entity tag").to_owned();
    let answer = store.complete("facts/whole", &id, &[etag], crc64nvme(b"other bytes"));
    refusal(&answer, "a completion with a wrong checksum").is_some()
}

fn lists(store: &Store) -> bool {
    let id = store.begin("facts/lists");
    let bytes = b"these bytes";
    let sent = store.put_part("facts/lists", &id, 1, bytes, crc64nvme(bytes));
    assert_eq!(sent.status, 200, "{}", sent.text());
    let listed = store.list_parts("facts/lists", &id);
    assert!(listed.contains("<PartNumber>1</PartNumber>"), "{listed}");
    listed.contains(&format!("<ChecksumCRC64NVME>{}<", crc64nvme(bytes)))
}

fn expired(store: &Store) -> String {
    let now = store.client.now("s3");
    let at = Moment {
        unix: now.unix - 60,
        ..now
    };
    let url = presign("PUT", &store.url("facts/late"), &[], 5, &at);
    let answer = Request::new("PUT", url).body("bytes").send();
    let xml = answer.text();
    assert!(
        (400..500).contains(&answer.status),
        "an expired URL: {} {xml}",
        answer.status
    );
    let said = [
        elements(&xml, "Code").concat(),
        elements(&xml, "Message").concat(),
    ];
    let [code, message] = said;
    match message.is_empty() {
        true => format!("{} `{code}`", answer.status),
        false => format!(
            "{} `{code}`, \"{}\"",
            answer.status,
            message.trim_start_matches("Bad request: ")
        ),
    }
}

fn equal(store: &Store) -> bool {
    let id = store.begin("facts/equal");
    let pieces = [vec![1; 6 * MIB], vec![2; 5 * MIB], vec![3; 1]];
    let etags = pieces.iter().zip(1..).map(|(bytes, number)| {
        let sent = store.put_part("facts/equal", &id, number, bytes, crc64nvme(bytes));
        sent.header("etag").expect("an entity tag").to_owned()
    });
    let etags: Vec<String> = etags.collect();
    let answer = store.complete("facts/equal", &id, &etags, crc64nvme(&pieces.concat()));
    refusal(&answer, "parts of different sizes").is_some()
}
