import { equal, ok, rejection, until } from "../support/world.js";

const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
/** Goes in parts. */
const large = () => new File([new Uint8Array(12 * 1024 * 1024)], "film.mp4", { type: "video/mp4" });

const resumable = async (client) => {
  const [entry, ...more] = await client.resumable();
  equal(more.length, 0, "more entries");
  ok(entry, "no entry");
  return entry;
};

export const cases = {
  async a_closed_client_warns_nobody({ createClient }) {
    const { warn } = console;
    const { delete: remove } = IDBObjectStore.prototype;
    const warnings = [];
    console.warn = (text) => warnings.push(text);
    try {
      const client = createClient({ ...options, scope: "closed", onWarning: ({ code }) => warnings.push(code), token: () => "a.b.c" });
      await client.upload(new File(["hello"], "a.txt")).done;
      // The entry is still to be taken out.
      IDBObjectStore.prototype.delete = () => {
        throw new DOMException("no", "UnknownError");
      };
      client.close();
      await pause(300);
    } finally {
      console.warn = warn;
      IDBObjectStore.prototype.delete = remove;
    }
    equal(warnings, []);
  },

  async f28_storage_that_is_refused_is_a_warning({ createClient, world }) {
    for (const [what, name] of [["open", "SecurityError"], ["put", "QuotaExceededError"]]) {
      world.refuse = (asked) => (asked === what ? new DOMException("no", name) : undefined);
      const warnings = [];
      const given = { ...options, scope: what, onWarning: ({ code }) => warnings.push(code) };
      const client = createClient(given);
      await client.upload(new File(["hello"], "a.txt")).done;
      await client.upload(new File(["again"], "b.txt")).done;
      equal(warnings.filter((code) => code !== "worker_unavailable"), ["journal_unavailable"], what);
      world.storage = () => "hang";
      const upload = client.upload(new File(["left"], "c.txt"));
      world.puts = [];
      await until(() => world.puts.length > 0, "the PUT");
      client.close();
      world.storage = () => undefined;
      // In memory it outlives the client, though not the page.
      const next = createClient(given);
      next.upload(new File(["x"], "d.txt"));
      await pause(50);
      const ids = (await next.resumable()).map((entry) => entry.id);
      equal(ids, [upload.id], `${what}: what memory keeps`);
      next.close();
    }
  },

  async without_locks_a_stamp_decides({ createClient, world }) {
    const warnings = [];
    const given = { ...options, onWarning: ({ code }) => warnings.push(code) };
    Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
    const clients = [];
    try {
      world.storage = () => "hang";
      clients.push(createClient(given), createClient(given));
      const [first, second] = clients;
      const upload = first.upload(new File(["hello"], "a.txt"));
      await until(() => world.puts.length > 0, "the PUT");
      equal(await second.resumable(), [], "an upload of a client that lives");
      const [entry] = await world.entries();
      await world.write({ id: `owner ${entry.owner}`, savedAt: Date.now() - 31_000 });
      equal((await resumable(second)).id, upload.id, "an owner that has not stamped for long");
      await world.write({ id: `owner ${entry.owner}`, savedAt: Date.now() });
      equal(await second.resumable(), [], "an owner that stamps again");
      first.close();
      await pause(50);
      equal((await resumable(second)).id, upload.id, "after the end of the first");
      equal(warnings.filter((code) => code === "locks_unavailable").length, 2, "warnings");
    } finally {
      delete navigator.locks;
      for (const client of clients) client.close();
    }
  },

  async h5_damaged_entries_harm_no_other({ createClient, world }) {
    world.storage = () => "hang";
    const first = createClient(options);
    const kept = first.upload(new File(["hello"], "kept.txt"), { metadata: { album: "summer" } });
    const cancelled = first.upload(new File(["hello"], "cancelled.txt"));
    await until(() => world.puts.length === 2, "the PUTs");
    first.close();
    const entries = await world.entries();
    const good = entries.find(({ id }) => id === kept.id);
    await world.write({ ...entries.find(({ id }) => id === cancelled.id), cancelled: true });
    let number = 0;
    const id = () => `01ARZ3NDEKTSV4RRFFQ69G5F${String((number += 1)).padStart(2, "0")}`;
    const damaged = [5, 5.5, -1, new Date(0), [1, "a"], new Uint8Array([1]), "", "x", "../x", "owner "].map((wrong) => ({ id: wrong }));
    const { name, owner, savedAt, size, sample, type, ...bare } = good;
    damaged.push({ ...bare, id: id() }, { id: id(), cancelled: true }, { id: id(), savedAt: 0 }, { id: "owner x", savedAt: "now" });
    for (const [field, values] of Object.entries({
      name: [undefined, "", 5, null, {}],
      path: [5, null, {}],
      size: [undefined, -5, 5.5, NaN, Infinity, "5", 5n, 2 ** 53],
      type: [undefined, 5, null],
      owner: [undefined, 5, {}],
      savedAt: [undefined, "now", NaN, -1, new Date()],
      sample: [undefined, 5, "", "no checksum"],
      crc64nvme: [5, "", "x"],
      metadata: [5, null, "a", { a: 1 }, { a: null }],
      priority: ["high", 0.5, 1e9],
      visibility: ["everyone", 1],
      checksum: ["md5", null],
      requireVerified: ["yes", 1],
      cancelled: ["yes", 1],
      handle: [5, {}, { kind: "directory" }],
    })) {
      for (const value of values) damaged.push({ ...good, id: id(), [field]: value });
    }
    for (const entry of damaged) await world.write(entry);
    const client = createClient(options);
    const entry = await resumable(client);
    equal([entry.id, entry.name, entry.metadata], [kept.id, "kept.txt", { album: "summer" }]);
    const left = async () => (await world.entries()).map((one) => one.id).join();
    for (let tries = 0; (await left()) !== kept.id; tries += 1) {
      ok(tries < 100, `what is left: ${await left()}`);
      await pause(20);
    }
    ok(world.objects.get(cancelled.id).aborted, "what was cancelled before was not told to the server");
    world.storage = () => undefined;
    equal((await (await entry.attach(new File(["hello"], "kept.txt"))).done).id, kept.id);
    client.close();
  },

  async h4_an_entry_that_is_damaged_meanwhile_ends_in_a_typed_error({ createClient, world, isUploadError }) {
    world.storage = () => "hang";
    const first = createClient(options);
    const upload = first.upload(new File(["hello"], "a.txt"));
    await until(() => world.puts.length > 0, "the PUT");
    first.close();
    const [good] = await world.entries();
    const { name, ...nameless } = good;
    const client = createClient(options);
    for (const damaged of [nameless, { ...good, size: -5 }, { ...good, owner: 5 }, { id: upload.id }]) {
      for (const deed of [(entry) => entry.discard(), (entry) => entry.attach(new File(["hello"], "a.txt"))]) {
        await world.write(good);
        const entry = await resumable(client);
        await world.write(damaged);
        const error = await rejection(deed(entry));
        ok(isUploadError(error), `${error}`);
        equal(error.code, "not_found");
      }
    }
    equal(await client.resumable(), []);
    client.close();
  },

  async f28_a_lost_connection_to_the_journal_is_opened_again({ createClient, world }) {
    const warnings = [];
    const client = createClient({ ...options, onWarning: ({ code }) => warnings.push(code) });
    world.storage = () => "hang";
    const kept = client.upload(large(), { checksum: "none" });
    await until(() => world.puts.length > 0, "the PUTs");
    for (const database of world.databases) database.close();
    equal(await client.resumable(), [], "a read");
    for (const database of world.databases) database.close();
    kept.abort();
    await rejection(kept.done);
    for (let tries = 0; (await world.entries()).length > 0; tries += 1) {
      ok(tries < 50, "the entry of a cancelled upload stays");
      await pause(20);
    }
    ok(!warnings.includes("journal_unavailable"), "warned");
    client.close();
  },

  async f28_an_entry_that_cannot_be_stored_takes_no_other_with_it({ createClient, world }) {
    const warnings = [];
    const client = createClient({ ...options, onWarning: ({ code }) => warnings.push(code) });
    world.refuse = (what, entry) => {
      return what === "put" && entry.name === "huge.txt" ? new DOMException("full", "QuotaExceededError") : undefined;
    };
    world.storage = () => "hang";
    const names = ["a.txt", "huge.txt", "b.txt"];
    const uploads = names.map((name) => client.upload(new File(["hello"], name)));
    await until(() => world.puts.length === 3, "the PUTs");
    const noted = async () => (await world.entries()).map(({ name }) => name).sort();
    equal(await noted(), ["a.txt", "b.txt"]);
    equal(warnings.filter((code) => code === "journal_unavailable").length, 1, "warnings");
    const late = client.upload(new File(["hello"], "late.txt"));
    await until(() => world.puts.length === 4, "the PUT after it");
    equal(await noted(), ["a.txt", "b.txt", "late.txt"]);
    for (const upload of [...uploads, late]) upload.abort();
    client.close();
  },

  async without_locks_a_page_that_is_left_says_so({ createClient, world }) {
    Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
    const clients = [];
    try {
      world.storage = () => "hang";
      clients.push(createClient(options));
      const upload = clients[0].upload(new File(["hello"], "a.txt"));
      await until(() => world.puts.length > 0, "the PUT");
      clients.push(createClient(options));
      window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      equal(await clients[1].resumable(), [], "an upload of a page that one can go back to");
      window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
      equal((await resumable(clients[1])).id, upload.id);
    } finally {
      delete navigator.locks;
      for (const client of clients) client.close();
    }
  },
};
