//! An upload that is interrupted by a reload, and resumed by the next page.

use e2e::files::{MIB, page_content};
use serde_json::{Value, json};

use crate::flow::{Seen, Visit};
use crate::sending::{assert_arrived, with_warnings};

const SIZE: usize = 24 * MIB;
const SEED: u32 = 31;
/// Two of the three parts of 8 MiB.
const STORED: usize = 16 * MIB;

const RESUME: &str = "
    const entries = await client.resumable();
    const entry = entries.find(({ id }) => id === given.id);
    if (!entry) return { lost: entries.length, warnings: flows.warnings };
    const refused = await entry.attach(flows.file(given.name, given.seed + 1, given.size))
        .then(async (upload) => { await upload.done; return 'taken'; })
        .catch((error) => error.code);
    const upload = await entry.attach(flows.file(given.name, given.seed, given.size));
    return { ...await flows.ending(flows.adopt(upload)), needs: entry.needs, refused };";

pub(crate) fn resume(visit: &Visit<'_>) -> Seen {
    visit.open();
    visit.proxy.rule(json!({
        "match": {"method": "PUT", "query": "partNumber=3", "times": "forever"},
        "fault": {"kind": "stall", "at": 0},
    }));
    let mut given = json!({"name": "resumed.zip", "seed": SEED, "size": SIZE});
    visit.begin(&given);
    visit.wait(&format!("upload.progress.confirmed >= {STORED}"));
    given["id"] = visit.browser.run("return window.tracked.upload.id;", &[]);
    visit.open();
    visit.proxy.clear();
    // The page before may have sent some too.
    let before = deletes(visit);
    visit.proxy.clear_log();

    let end = visit.script(RESUME, &given);
    let cancels = before + deletes(visit);
    assert_eq!(end["lost"], Value::Null, "{end}, {cancels} cancellations");
    assert_eq!(cancels, 0, "the page that was left cancelled its upload");
    assert_eq!(end["refused"], "file_changed", "another file is refused");
    assert_eq!(end["id"], given["id"]);
    assert_arrived(visit, &end, &page_content(SEED, SIZE));
    let sent = sent_parts(visit);
    assert_eq!(sent, [Some(3)], "parts sent after the reload");
    let needs = end["needs"].as_str().map_or("?", |needs| needs);
    let seen =
        format!("needs the {needs}; of three parts only the third was sent; another file refused");
    with_warnings(&end, seen)
}

/// A file handle in the journal needs no file from the person. Tested with the origin private file system, in
/// browsers that have it: <https://developer.mozilla.org/en-US/docs/Web/API/File_System_API/Origin_private_file_system>.
const BY_HANDLE: &str = "
    const entries = await client.resumable();
    const entry = entries.find(({ id }) => id === given.id);
    if (!entry) return { lost: entries.length, warnings: flows.warnings };
    const upload = await entry.attach();
    return { ...await flows.ending(flows.adopt(upload)), needs: entry.needs };";

const BEGIN_BY_HANDLE: &str = "
    const [api, token, given] = arguments;
    const { open, file, start } = window.flows;
    let handle;
    try {
        const folder = await navigator.storage.getDirectory();
        handle = await folder.getFileHandle(given.name, { create: true });
        const out = await handle.createWritable();
        await out.write(file(given.name, given.seed, given.size));
        await out.close();
    } catch (error) { return String(error); }
    window.client = await open(api, token);
    window.tracked = start(window.client, handle, { type: 'application/octet-stream' });
    return null;";

pub(crate) fn resume_by_handle(visit: &Visit<'_>) -> Seen {
    visit.open();
    visit.proxy.rule(json!({
        "match": {"method": "PUT", "query": "partNumber=3", "times": "forever"},
        "fault": {"kind": "stall", "at": 0},
    }));
    let mut given = json!({"name": "handle.zip", "seed": SEED, "size": SIZE});
    let arguments = [json!(visit.api.base), json!(visit.api.token), given.clone()];
    let lacking = visit.browser.run_async(BEGIN_BY_HANDLE, &arguments);
    if let Some(reason) = lacking.as_str() {
        return Seen::Lacks(format!(
            "files of the origin's own that can be written: {reason}"
        ));
    }
    assert_eq!(lacking, Value::Null);
    visit.wait(&format!("upload.progress.confirmed >= {STORED}"));
    given["id"] = visit.browser.run("return window.tracked.upload.id;", &[]);
    visit.open();
    visit.proxy.clear();
    visit.proxy.clear_log();

    let end = visit.script(BY_HANDLE, &given);
    assert_eq!(end["lost"], Value::Null, "{end}");
    assert_eq!(end["needs"], "nothing");
    assert_arrived(visit, &end, &page_content(SEED, SIZE));
    assert_eq!(sent_parts(visit), [Some(3)], "parts sent after the reload");
    with_warnings(
        &end,
        "needs nothing; of three parts only the third was sent".to_owned(),
    )
}

/// DELETE requests since the log was cleared.
fn deletes(visit: &Visit<'_>) -> usize {
    let log = visit.proxy.log();
    let cancels = log.requests.iter().filter(|entry| entry.method == "DELETE");
    cancels.count()
}

/// Parts sent since the log was cleared, in order.
fn sent_parts(visit: &Visit<'_>) -> Vec<Option<u32>> {
    let log = visit.proxy.log();
    let puts = log.requests.iter().filter(|entry| entry.method == "PUT");
    puts.map(|entry| entry.part).collect()
}
