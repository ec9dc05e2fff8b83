//! Clients of `crowfly` and of `crowfly/live` at one journal: a page may have begun with the other module, of this version or
//! of one before.

use e2e::files::MIB;
use serde_json::{Value, json};

use crate::case::{Case, checksum};
use crate::harness::{Place, Seen, Test, tests};
use crate::world::World;

pub(crate) const TESTS: &[Test] = tests![Place::Alone:
    f25_a_client_without_recordings_leaves_one_to_those_that_have_them,
    f25_a_client_with_recordings_goes_on_with_the_files_of_one_without,
];

/// Two parts of a recording, and a part of a third.
const RECORDED: u64 = 11 * MIB as u64;
/// A file of two parts.
const PARTS: u64 = 20 * MIB as u64;
/// Enough that entries leave the journal by ranges of ids.
const SMALL: u64 = 12;

/// What the scripts share: `open` makes a client of an entry of the package, `look` reads journal and spools.
const HELPERS: &str = "
    const [key, given] = arguments;
    const until = async (what, check) => {
        for (let tries = 0; !(await check()); tries += 1) {
            if (tries > 500) throw new Error(`never: ${what}`);
            await new Promise((done) => setTimeout(done, 20));
        }
    };
    const open = async (entry) => {
        const { createClient } = await import(`/crowfly/${entry}.js`);
        return createClient({ api: given.api, token: () => 'token', scope: key, onWarning() {} });
    };
    const settled = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const inJournal = async (mode, work) => {
        const { name } = (await indexedDB.databases()).find(({ name }) => name.endsWith(` ${key}`));
        const db = await settled(indexedDB.open(name));
        const found = await settled(work(db.transaction('uploads', mode).objectStore('uploads')));
        db.close();
        return found;
    };
    const entries = () => inJournal('readonly', (table) => table.getAll());
    const look = async (id) => {
        const entry = (await entries()).find((one) => one.id === id);
        const root = await navigator.storage.getDirectory();
        const folder = await (await root.getDirectoryHandle('crowfly')).getDirectoryHandle(id);
        const spool = [];
        for await (const handle of folder.values()) {
            const { name, size, lastModified } = await handle.getFile();
            spool.push([name, size, lastModified]);
        }
        return JSON.stringify([entry, spool.sort()]);
    };";

/// Runs the body of an async function in the page, behind the helpers.
#[track_caller]
fn script(case: &Case<'_>, body: &str, more: &Value) -> Value {
    let mut given = case.given(case.file());
    for (name, value) in more.as_object().into_iter().flatten() {
        given[name] = value.clone();
    }
    let arguments = [json!(case.key), given];
    let script = [HELPERS, body].concat();
    let seen = case.world.browser.run_async(&script, &arguments);
    assert!(seen["rejected"].is_null(), "{}", seen["rejected"]);
    seen
}

/// Records until storage has a part, and what is left is on the disk.
const RECORD: &str = "
    const bytes = new Uint8Array(await faults.file(given.file).arrayBuffer());
    const client = await open('live');
    let control;
    const stream = new ReadableStream({ start: (one) => void (control = one) });
    const upload = client.uploadLive(stream, { name: 'talk.bin' });
    upload.done.catch(() => {});
    for (let at = 0; at < bytes.length; at += 1_000_000) control.enqueue(bytes.slice(at, at + 1_000_000));
    await until('a part', () => upload.progress.confirmed > 0 && upload.progress.recorded === bytes.length);
    return upload.id;";

/// Another entry of a recording is older than the journal keeps any: it goes, so that the sweep is known to be over.
const PASS: &str = "
    const before = await look(given.id);
    const [entry] = await entries();
    const week = 7 * 24 * 3_600_000;
    const old = { ...entry, id: `${entry.id.slice(0, -1)}${entry.id.endsWith('0') ? 1 : 0}`, savedAt: Date.now() - week - 60_000 };
    await inJournal('readwrite', (table) => table.put(old));
    const small = await open('index');
    if ((await small.resumable()).length > 0) throw new Error('it is listed');
    const file = (_, at) => small.upload(new File([`${at}`], `${at}.txt`)).done;
    await Promise.all(Array.from({ length: given.small }, file));
    await until('one entry', async () => (await entries()).length === 1);
    small.close();
    const { now } = Date;
    Date.now = () => now() + week - 3_600_000;
    const later = await open('index');
    if ((await later.resumable()).length > 0) throw new Error('it is listed in the end');
    await later.upload(new File(['x'], 'x.txt')).done;
    await until('one entry again', async () => (await entries()).length === 1);
    later.close();
    Date.now = now;
    return (await look(given.id)) === before;";

const GO_ON: &str = "
    const client = await open('live');
    const all = await client.resumable();
    const found = all.map(({ id, live, needs, recordedBytes }) => ({ id, live, needs, recordedBytes }));
    const { id, size, crc64nvme } = await (await all[0].attach()).done;
    client.close();
    return { found, id, size, crc64nvme };";

fn f25_a_client_without_recordings_leaves_one_to_those_that_have_them(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, RECORDED);
    let id = script(&case, RECORD, &Value::Null);
    world.reopen();
    let passed = script(&case, PASS, &json!({"id": id, "small": SMALL}));
    assert_eq!(passed, true, "entry or spool has changed");
    let seen = script(&case, GO_ON, &Value::Null);
    let found = json!([{"id": id, "live": true, "needs": "nothing", "recordedBytes": RECORDED}]);
    assert_eq!(seen["found"], found);
    assert_eq!(seen["id"], id);
    assert_eq!(seen["size"], RECORDED);
    assert_eq!(seen["crc64nvme"], checksum(case.seed, RECORDED));
    let stats = case.stats();
    assert_eq!(stats.completed, SMALL + 2);
    assert_eq!(stats.parts_sent_twice, 0);
    format!("{SMALL} files and six days beside it: listed by neither, and stored by the next")
}

/// A file is listed beside what is recorded, and needs what it needs without recordings.
const GO_ON_WITH_FILE: &str = "
    const client = await open('live');
    const all = await client.resumable();
    const found = all.map(({ id, live, needs, size }) => ({ id, live: live ?? null, needs, size }));
    const { id, crc64nvme } = await (await all[0].attach(faults.file(given.file))).done;
    client.close();
    return { found, id, crc64nvme };";

fn f25_a_client_with_recordings_goes_on_with_the_files_of_one_without(world: &World) -> Seen {
    world.open();
    let case = Case::new(world, PARTS);
    case.rule(
        json!({"method": "PUT", "query": "partNumber=2"}),
        json!({"kind": "stall", "at": "half"}),
    );
    case.begin();
    let seen = case.wait("a part", |seen| {
        seen["progress"]["confirmed"].as_u64().unwrap_or_default() > 0
    });
    world.reopen();
    let id = &seen["id"];
    let seen = script(&case, GO_ON_WITH_FILE, &Value::Null);
    let found = json!([{"id": id, "live": null, "needs": "file", "size": PARTS}]);
    assert_eq!(seen["found"], found);
    assert_eq!(&seen["id"], id);
    assert_eq!(seen["crc64nvme"], checksum(case.seed, PARTS));
    let stats = case.stats();
    assert_eq!((stats.completed, stats.parts_sent_twice), (1, 0));
    "listed with what it needs, and stored".into()
}
