import { equal, ok, rejection, until } from "../support/world.js";

const MIB = 1024 * 1024;
const PAGE = "<!doctype html><title>hello</title>";
const WEBM = new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 1, 0x42, 0xf7, 0x81, 1, 0x42, 0xf2, 0x81]);

const options = { api: "https://api.test", token: () => "a.b.c" };
const file = (start, size, type = "video/webm") => new File([start, new Uint8Array(size - start.length)], "clip", { type });

/** A client and the mismatches that it warned of. */
function watched(createClient, worker) {
  const warnings = [];
  const onWarning = (warning) => warning.code === "type_mismatch" && warnings.push(warning);
  return { client: createClient({ ...options, onWarning }, worker), warnings };
}

export const cases = {
  async a_page_sent_as_a_video_is_warned_of_once_and_stored({ createClient, world }) {
    const { client, warnings } = watched(createClient);
    for (const settings of [{}, { checksum: "none" }]) {
      let attempts = 0;
      world.storage = () => ((attempts += 1) === 1 ? { status: 500, body: "" } : undefined);
      const upload = client.upload(file(PAGE, 1000), settings);
      equal((await upload.done).size, 1000);
      equal(attempts, 2, "PUTs");
      equal((await upload.processed()).status, "stored");
      const [warning, ...more] = warnings.splice(0);
      equal([warning?.upload, more.length], [upload.id, 0]);
      ok(/video\/webm.*text\/html.*withheld/.test(warning.message), warning.message);
    }
    const icon = new File([new Uint8Array([0x89, 80, 78, 71, 13, 10, 26, 10])], "favicon.ico", { type: "image/x-icon" });
    await client.upload(icon).done;
    await until(() => warnings.length > 0, "the warning");
    equal(/image\/x-icon.*image\/png/.test(warnings[0].message), true);
    equal(/withheld/.test(warnings[0].message), false, "a picture is given out");
    client.close();
  },

  async the_same_is_seen_by_the_worker_in_parts_and_without_a_checksum({ createClient, world, workerSource }) {
    const { client, warnings } = watched(createClient, () => world.worker(workerSource));
    const given = [
      [file(PAGE, 1000), { checksum: "none" }],
      [file(PAGE, 2 * MIB), {}],
      [file(PAGE, 12 * MIB), {}],
      [file(PAGE, 12 * MIB), { checksum: "none" }],
    ];
    for (const [picked, settings] of given) {
      const upload = client.upload(picked, settings);
      await upload.done;
      await until(() => warnings.length > 0, "the warning");
      equal(warnings.splice(0).map((warning) => warning.upload), [upload.id]);
    }
    client.close();
  },

  async what_is_what_it_says_warns_of_nothing({ createClient, world, workerSource }) {
    const { client, warnings } = watched(createClient, () => world.worker(workerSource));
    const given = [
      [file(WEBM, 1000), {}],
      [file(WEBM, 1000), { checksum: "none" }],
      [file(WEBM, 2 * MIB), {}],
      [file(WEBM, 12 * MIB), {}],
      [new File([], "empty.webm", { type: "video/webm" }), {}],
      [new File(["plain words"], "a.txt", { type: "text/plain; charset=utf-8" }), {}],
      [new File([WEBM], "a.bin"), {}],
      [new File([PAGE], "report.xls"), {}],
      [new File(["#!AMR\n<"], "note.amr", { type: "audio/amr" }), {}],
    ];
    await Promise.all(given.map(([picked, settings]) => client.upload(picked, settings).done));
    // The one without a checksum is read beside its sending.
    await new Promise((over) => setTimeout(over, 100));
    equal(warnings, []);
    client.close();
  },

  async u3_a_type_is_announced_by_its_standard_name({ createClient, world }) {
    const { client, warnings } = watched(createClient);
    const picked = new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46])], "a.jpg", { type: "image/jpg" });
    await client.upload(picked).done;
    const created = world.calls.find(({ method, path }) => method === "POST" && path === "/uploads");
    equal(created.body.uploads[0].type, "image/jpeg");
    equal(warnings, []);
    client.close();
  },

  async what_is_withheld_is_said_by_records_and_content({ createClient, world, isUploadError }) {
    const client = createClient({ ...options, onWarning() {} });
    const record = world.record.bind(world);
    const marks = { typeMismatch: true, seenType: "text/html", scan: "infected", withheld: "infected" };
    world.record = (id) => ({ ...record(id), ...marks });
    const upload = client.upload(file(PAGE, 1000));
    const { typeMismatch, seenType, scan, withheld, url } = await upload.processed();
    equal({ typeMismatch, seenType, scan, withheld }, marks);
    equal(url, undefined);
    const table = [
      ["type_mismatch", 409, false, 1],
      ["infected", 403, false, 1],
      ["content_encoding", 409, false, 1],
      ["scan_pending", 409, true, 4],
    ];
    for (const [code, status, retryable, calls] of table) {
      world.answer = () => ({ status, body: { error: { code, message: "withheld", requestId: "r", retryAfterMs: 1 } } });
      world.calls.length = 0;
      const error = await rejection(client.content(upload.id));
      ok(isUploadError(error), `${code}: ${error}`);
      equal([error.code, error.status, error.retryable, error.phase], [code, status, retryable, "read"]);
      equal(world.calls.length, calls, `calls for ${code}`);
    }
    for (const [said, heard] of [["pending", "pending"], ["clean", "clean"], ["a status of tomorrow", "unscannable"]]) {
      world.answer = () => ({ status: 200, body: { uploads: [{ ...record(upload.id), scan: said }] } });
      const [listed] = (await client.records()).uploads;
      equal([listed.scan, "typeMismatch" in listed], [heard, false]);
    }
    client.close();
  },
};
