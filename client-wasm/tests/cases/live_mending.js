import { equal, ok, until } from "../support/world.js";

const MIB = 1024 * 1024;

/** Loaded when the page is there, as `xhr.js` is: see `support/mod.rs`. */
const helpers = () => import("./live.js");

const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const text = (word) => new TextEncoder().encode(word);
const four = (number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);

/** An EBML element whose size has four bytes. */
function element(id, ...parts) {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Uint8Array(id.length + 4 + size);
  whole.set([...id, ...four(size | 0x10000000)]);
  let at = id.length + 4;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The head of a recorder's webm, with one video track. */
function head() {
  const numbers = [[0x86, 1], [0xf7, 1], [0xf2, 4], [0xf3, 8], [0x87, 4], [0x85, 2]];
  const header = element([0x1a, 0x45, 0xdf, 0xa3], ...numbers.map(([id, value]) => element([0x42, id], [value])), element([0x42, 0x82], text("webm")));
  const segment = [0x18, 0x53, 0x80, 0x67, 0x01, ...Array(7).fill(0xff)];
  const info = element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], [0x0f, 0x42, 0x40]), element([0x4d, 0x80], text("t")), element([0x57, 0x41], text("t")));
  const video = element([0xe0], element([0xb0], [1, 64]), element([0xba], [0, 240]));
  const track = element([0xae], element([0xd7], [1]), element([0x73, 0xc5], [1]), element([0x83], [1]), element([0x86], text("V_VP8")), video);
  return join(header, segment, info, element([0x16, 0x54, 0xae, 0x6b], track));
}

/** A second of video of so many bytes. */
const cluster = (second, bytes) => element([0x1f, 0x43, 0xb6, 0x75], element([0xe7], four(second * 1_000)), element([0xa3], [0x81, 0, 0, 0x80], bytes));

/** A recording of so many seconds of 1 MiB, as pieces. */
function recording(noise, seconds) {
  const clusters = Array.from({ length: seconds }, (_, second) => cluster(second, noise(MIB, second + 1)));
  return [head(), ...clusters];
}

/** The Duration that a head states, in milliseconds. */
function durationOf(bytes) {
  const at = bytes.findIndex((byte, at) => byte === 0x44 && bytes[at + 1] === 0x89 && bytes[at + 2] === 0x88);
  return at < 0 ? undefined : new DataView(bytes.buffer, bytes.byteOffset + at + 3).getFloat64(0);
}

/** The bytes behind the head are those that were recorded. */
function sameClusters(same, sent, pieces) {
  const wanted = join(...pieces.slice(1).map((piece) => piece.subarray(0, 64)));
  let [from, found] = [0, []];
  for (const piece of pieces.slice(1).toReversed()) {
    from -= piece.length;
    found = [...sent.slice(sent.length + from, sent.length + from + 64), ...found];
  }
  same(new Uint8Array(found), wanted);
}

export const cases = {
  async a_recording_gets_its_duration(test) {
    const { noise, recordable, same, withWorker } = await helpers();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const pieces = recording(noise, 3);
    const upload = client.uploadLive(pieces, { name: "a.webm", type: "video/webm", fixDuration: true });
    await upload.done;
    const bytes = await sent();
    equal(durationOf(bytes), 3_000);
    sameClusters(same, bytes, pieces);
    equal(test.world.sentParts(), [1]);
    const { body } = test.world.calls.find(({ body }) => body?.durationMs !== undefined);
    equal([body.size, body.durationMs], [bytes.length, 3_000]);
    client.close();
  },

  async the_first_part_is_sent_once_more_if_it_has_gone(test) {
    const { noise, recordable, same, tap, withWorker } = await helpers();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const pieces = recording(noise, 12);
    const { stream, give, end } = tap();
    const upload = client.uploadLive(stream, { name: "a.webm", fixDuration: true });
    for (const piece of pieces) give(piece);
    await until(() => upload.progress.confirmed >= 10 * MIB - 1, "two parts", 20_000);
    end();
    equal((await upload.done).verified, true);
    const bytes = await sent();
    equal(durationOf(bytes), 12_000);
    sameClusters(same, bytes, pieces);
    equal(test.world.sentParts().sort(), [1, 1, 2, 3]);
    client.close();
  },

  async what_a_limit_cuts_off_does_not_count(test) {
    const { noise, recordable, withWorker } = await helpers();
    const warnings = [];
    async function* steady() {
      for (const piece of recording(noise, 12)) {
        yield piece;
        await new Promise((done) => setTimeout(done, 50));
      }
    }
    for (const [name, limits] of [["maxBytes", { maxBytes: 7.5 * MIB }], ["server", {}]]) {
      const sent = recordable(test.world);
      if (name === "server") test.world.maxBytes = 7.5 * MIB;
      const client = withWorker(test, { onWarning: ({ code }) => warnings.push(code) });
      const upload = client.uploadLive(steady(), { name: "a.webm", fixDuration: true, ...limits });
      equal((await upload.done).size, 7.5 * MIB, name);
      // The eighth second is cut.
      equal(durationOf(await sent()), 7_000, name);
      client.close();
    }
    equal(warnings, ["limit_reached", "limit_reached"]);
  },

  async a_later_page_mends_what_was_recorded(test) {
    const { noise, recordable, tap, withWorker } = await helpers();
    const sent = recordable(test.world);
    const first = withWorker(test);
    const { stream, give } = tap();
    test.world.storage = ({ url }) => (url.includes("partNumber=2&") ? "hang" : undefined);
    const left = first.uploadLive(stream, { name: "a.webm", fixDuration: true });
    const pieces = recording(noise, 12);
    for (const piece of pieces) give(piece);
    const all = pieces.reduce((sum, { length }) => sum + length, 0);
    await until(() => left.progress.confirmed >= 5 * MIB && left.progress.recorded > all, "the first part", 20_000);
    first.close();
    await left.done.catch(() => {});
    test.world.storage = () => undefined;
    const client = withWorker(test);
    const [entry] = await client.resumable();
    const upload = await entry.attach();
    const { size, verified } = await upload.done;
    equal([size, verified], [entry.recordedBytes, true]);
    const bytes = await sent();
    // A second that is cut counts for nothing.
    const head = bytes.findIndex((byte, at) => byte === 0x1f && bytes[at + 1] === 0x43 && bytes[at + 2] === 0xb6);
    const seconds = Math.floor((size - head) / pieces[1].length);
    ok(seconds >= 10, `${seconds} s are left`);
    equal(durationOf(bytes), seconds * 1_000);
    client.close();
  },

  async what_is_no_webm_stays_as_it_is(test) {
    const { noise, recordable, same, withWorker } = await helpers();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const bytes = noise(6 * MIB);
    const upload = client.uploadLive([bytes.subarray(0, 5), bytes.subarray(5)], { name: "a.mp4", fixDuration: true });
    await upload.done;
    same(await sent(), bytes);
    equal(test.world.sentParts().sort(), [1, 2]);
    client.close();
  },

  async what_memory_has_given_away_is_not_mended({ createClient, world }) {
    const { noise, recordable } = await helpers();
    const sent = recordable(world);
    const client = createClient({ api: "https://api.test", token: () => "a.b.c", onWarning() {} });
    const pieces = recording(noise, 12);
    let wait = true;
    async function* slow() {
      yield* pieces.slice(0, 12);
      while (wait) await new Promise((done) => setTimeout(done, 20));
      yield pieces[12];
    }
    const upload = client.uploadLive(slow(), { name: "a.webm", fixDuration: true });
    await until(() => upload.progress.confirmed >= 10 * MIB - 1, "two parts", 20_000);
    wait = false;
    ok((await upload.done).verified, "not verified");
    equal(durationOf(await sent()), undefined);
    client.close();
  },

  async a_head_that_cannot_be_read_stays_as_it_is(test) {
    const { noise, recordable, same, withWorker } = await helpers();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const read = Blob.prototype.arrayBuffer;
    // Of this size is nothing but the head with its room.
    Blob.prototype.arrayBuffer = function () {
      const head = this.size > 16_384 && this.size < 20_000;
      return head ? Promise.reject(new DOMException("gone", "NotReadableError")) : read.call(this);
    };
    const pieces = recording(noise, 3);
    const { verified } = await client.uploadLive(pieces, { name: "a.webm", fixDuration: true }).done;
    Blob.prototype.arrayBuffer = read;
    ok(verified, "not verified");
    const bytes = await sent();
    equal(durationOf(bytes), undefined);
    sameClusters(same, bytes, pieces);
    client.close();
  },

  async a_spool_that_cannot_be_read_back_ends_the_upload({ createClient, world, workerSource }) {
    const { noise, recordable } = await helpers();
    recordable(world);
    const trouble = "{setTimeout(() => { throw new Error('gone'); }, 300);}";
    const client = createClient({ api: "https://api.test", token: () => "a.b.c", onWarning() {} }, () => world.worker(trouble + workerSource));
    const { getFileHandle } = FileSystemDirectoryHandle.prototype;
    FileSystemDirectoryHandle.prototype.getFileHandle = () => Promise.reject(new DOMException("gone", "NotFoundError"));
    async function* slow() {
      for (const piece of recording(noise, 12)) {
        yield piece;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
    const upload = client.uploadLive(slow(), { name: "a.webm", fixDuration: true });
    const ended = await Promise.race([upload.done.then(() => "stored", () => "failed"), new Promise((done) => setTimeout(done, 10_000))]);
    FileSystemDirectoryHandle.prototype.getFileHandle = getFileHandle;
    equal(ended, "failed");
    client.close();
  },

  async a_recorder_that_runs_loses_nothing_while_scripts_load(test) {
    const { noise, recordable, same, withWorker } = await helpers();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const media = Object.assign(new EventTarget(), { state: "recording", ondataavailable: null });
    Object.assign(media, { requestData() {}, stop: () => media.dispatchEvent(new Event("stop")) });
    const give = (data) => media.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([data]) }));
    const bytes = noise(300);
    const upload = client.uploadLive(media, { name: "a.webm" });
    // In the same turn, in which no script can have been loaded.
    give(bytes.subarray(0, 100));
    give(bytes.subarray(100));
    media.state = "inactive";
    media.stop();
    equal((await upload.done).size, 300);
    same(await sent(), bytes);
    client.close();
  },

  async spools_that_nobody_wrote_to_for_a_week_are_swept(test) {
    const { spools, withWorker } = await helpers();
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("crowfly", { create: true });
    const old = await folder.getDirectoryHandle("01OLD", { create: true });
    const writable = await (await old.getFileHandle("0", { create: true })).createWritable();
    await writable.write("a");
    await writable.close();
    await folder.getDirectoryHandle("01EMPTY", { create: true });
    withWorker(test).close();
    await new Promise((done) => setTimeout(done, 300));
    ok((await spools()).includes("01OLD"), "a new one was swept");
    const { now } = Date;
    Date.now = () => now() + 8 * 24 * 3_600_000;
    const client = withWorker(test);
    let names = ["01OLD"];
    for (let tries = 0; names.includes("01OLD"); tries += 1) {
      ok(tries < 200, `spools are left: ${names}`);
      await new Promise((done) => setTimeout(done, 20));
      names = await spools();
    }
    Date.now = now;
    ok(names.includes("01EMPTY"), "one that was just begun was swept");
    await folder.removeEntry("01EMPTY");
    client.close();
  },
};
