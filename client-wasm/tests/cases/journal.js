import { equal, ok, rejection, until } from "../support/world.js";

const MIB = 1024 * 1024;
const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function noise(length, seed = 1) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) {
    seed = (seed * 16807) % 2147483647;
    bytes[at] = seed;
  }
  return bytes;
}

const large = () => new File([noise(12 * MIB)], "film.mp4", { type: "video/mp4" });

/** Begins an upload of three parts of which the second never ends, and leaves it. */
async function leave(createClient, world, given = large()) {
  world.storage = ({ url }) => (url.includes("partNumber=2&") ? "hang" : undefined);
  const client = createClient(options);
  const upload = client.upload(given, { metadata: { album: "summer" }, path: "trip/day 1", priority: 3 });
  await until(() => upload.progress.confirmed === 7 * MIB, "the first and the last part");
  client.close();
  equal((await rejection(upload.done)).code, "closed");
  world.storage = () => undefined;
  world.puts = [];
  return upload.id;
}

async function opfs(name, bytes) {
  const directory = await navigator.storage.getDirectory();
  const handle = await directory.getFileHandle(name, { create: true });
  const writer = await handle.createWritable();
  await writer.write(bytes);
  await writer.close();
  return handle;
}

const resumable = async (client) => {
  const [entry, ...more] = await client.resumable();
  equal(more.length, 0, "more entries");
  ok(entry, "no entry");
  return entry;
};

export const cases = {
  async an_entry_is_written_before_the_create_call({ createClient, world }) {
    const early = [];
    world.answer = (method, path, body) => {
      if (method === "POST" && path === "/uploads") {
        early.push(...body.uploads.filter(({ id }) => !world.journalled.includes(id)));
      }
    };
    const client = createClient(options);
    const uploads = [large(), new File(["small"], "a.txt"), new File([""], "empty.txt")];
    const ids = await Promise.all(uploads.map(async (file) => (await client.upload(file).done).id));
    equal(early, [], "created before the journal had them");
    for (const id of ids) ok(world.journalled.includes(id), "never noted");
    const left = async () => (await world.entries()).length;
    for (let tries = 0; (await left()) > 0; tries += 1) {
      ok(tries < 50, "an upload that ended stays in the journal");
      await pause(20);
    }
    client.close();
  },

  async f25_an_upload_goes_on_where_it_was({ createClient, world }) {
    const id = await leave(createClient, world);
    const client = createClient(options);
    const entry = await resumable(client);
    equal(
      [entry.id, entry.name, entry.path, entry.size, entry.type, entry.metadata, entry.needs],
      [id, "film.mp4", "trip/day 1", 12 * MIB, "video/mp4", { album: "summer" }, "file"],
    );
    ok(Date.now() - entry.savedAt < 60_000, "savedAt is no moment of late");
    equal((await rejection(entry.attach())).code, "invalid_option");
    const seen = [];
    const upload = await entry.attach(large(), { onProgress: (progress) => seen.push(progress.confirmed) });
    equal(upload.id, id);
    const stored = await upload.done;
    equal(stored.size, 12 * MIB);
    equal(world.sentParts(), [2], "parts that were sent again");
    ok(seen.length > 0, "no progress was told");
    const { item } = world.objects.get(id);
    equal([item.metadata, item.name, item.path], [{ album: "summer" }, "film.mp4", "trip/day 1"]);
    equal(client.snapshot().uploads[0].path, "trip/day 1");
    equal(await client.resumable(), [], "an upload that is stored");
    client.close();
  },

  async f26_another_file_is_refused_and_the_entry_kept({ createClient, world, isUploadError }) {
    const id = await leave(createClient, world);
    const client = createClient(options);
    const entry = await resumable(client);
    const bytes = noise(12 * MIB);
    bytes[6 * MIB] ^= 1;
    for (const wrong of [new File(["another"], "film.mp4"), new File([noise(12 * MIB, 2)], "film.mp4"), new File([bytes], "film.mp4")]) {
      const error = await rejection(entry.attach(wrong));
      ok(isUploadError(error), `${error}`);
      equal(error.code, "file_changed");
    }
    equal(world.puts.length, 0, "bytes of another file were sent");
    equal((await resumable(client)).id, id, "the entry is gone");
    equal((await (await entry.attach(large())).done).id, id, "the right file");
    client.close();
  },

  async a_handle_needs_nothing({ createClient, world }) {
    const id = await leave(createClient, world, await opfs("kept.mp4", noise(12 * MIB)));
    const client = createClient(options);
    const entry = await resumable(client);
    equal([entry.id, entry.name, entry.needs], [id, "kept.mp4", "nothing"]);
    equal((await (await entry.attach()).done).size, 12 * MIB);
    equal(world.sentParts(), [2]);
    client.close();
  },

  async a_handle_is_an_upload_at_once({ createClient, world }) {
    const client = createClient(options);
    const handle = await opfs("note.txt", "hello");
    const upload = client.upload(handle);
    equal([upload.state, upload.progress.total], ["queued", 0]);
    const paused = client.upload(handle);
    paused.pause();
    const aborted = client.upload(handle);
    aborted.abort("not this one");
    equal(await rejection(aborted.done), "not this one");
    equal((await upload.done).size, 5);
    equal(client.snapshot().uploads[0].type, "text/plain");
    await until(() => paused.state === "paused", "the pause");
    paused.resume();
    await paused.done;
    equal(world.puts.length, 2, "PUTs");
    const gone = await opfs("gone.txt", "x");
    await (await navigator.storage.getDirectory()).removeEntry("gone.txt");
    const lost = client.upload(gone);
    equal([(await rejection(lost.done)).code, lost.state], ["file_unreadable", "failed"]);
    const late = client.upload(handle);
    client.close();
    equal((await rejection(late.done)).code, "closed");
  },

  async f26_a_handle_whose_file_changed_is_cancelled({ createClient, world }) {
    const id = await leave(createClient, world, await opfs("changed.mp4", noise(12 * MIB)));
    await opfs("changed.mp4", noise(12 * MIB, 2));
    const client = createClient(options);
    const entry = await resumable(client);
    equal((await rejection(entry.attach())).code, "file_changed");
    await until(() => world.objects.get(id).aborted, "the cancellation");
    equal(world.puts.length, 0);
    equal(await client.resumable(), [], "a cancelled upload");
    equal(client.snapshot().uploads.length, 0, "uploads that the page did not start");
    client.close();
  },

  async a_refused_permission_is_typed({ createClient, world }) {
    await leave(createClient, world, await opfs("locked.mp4", noise(12 * MIB)));
    const { queryPermission, requestPermission } = FileSystemHandle.prototype;
    const answers = { query: "prompt", request: "denied" };
    FileSystemHandle.prototype.queryPermission = async () => answers.query;
    FileSystemHandle.prototype.requestPermission = async () => answers.request;
    const client = createClient(options);
    try {
      const entry = await resumable(client);
      equal(entry.needs, "permission");
      equal((await rejection(entry.attach())).code, "file_unreadable");
      answers.request = "granted";
      await (await entry.attach()).done;
    } finally {
      FileSystemHandle.prototype.queryPermission = queryPermission;
      FileSystemHandle.prototype.requestPermission = requestPermission;
      client.close();
    }
  },

  async an_upload_can_be_discarded({ createClient, world }) {
    const id = await leave(createClient, world);
    const client = createClient(options);
    const entry = await resumable(client);
    await entry.discard();
    ok(world.objects.get(id).aborted, "the server was not told");
    equal(await client.resumable(), []);
    equal((await rejection(entry.attach(large()))).code, "not_found");
    equal(world.puts.length, 0);
    client.close();
  },

  async a_cancel_is_carried_out_by_the_next_client({ createClient, world }) {
    world.storage = () => "hang";
    world.answer = (method) => (method === "DELETE" ? "hang" : undefined);
    const first = createClient(options);
    const upload = first.upload(large());
    await until(() => world.puts.length > 0, "the PUTs");
    upload.abort();
    await until(() => world.calls.at(-1).method === "DELETE", "the DELETE");
    for (let tries = 0; !(await world.entries())[0]?.cancelled; tries += 1) {
      ok(tries < 50, "the cancellation was not noted");
      await pause(20);
    }
    first.close();
    world.answer = () => undefined;
    const second = createClient(options);
    await until(() => world.objects.get(upload.id).aborted, "the cancellation");
    equal(await second.resumable(), []);
    second.close();
  },

  async an_upload_that_ends_at_once_leaves_no_entry({ createClient, world }) {
    const client = createClient(options);
    world.storage = () => "hang";
    for (let round = 0; round < 5; round += 1) {
      const upload = client.upload(large(), { checksum: "none" });
      // Around the moment when the entry is written.
      for (let turn = 0; turn < round * 2; turn += 1) await pause(0);
      upload.abort();
      equal((await rejection(upload.done)).name, "AbortError");
    }
    await pause(200);
    equal(await world.entries(), []);
    client.close();
  },

  async entries_that_leave_together_take_no_other_with_them({ createClient, world }) {
    await leave(createClient, world);
    const [entry] = await world.entries();
    const client = createClient(options);
    const small = (_, index) => client.upload(new File([noise(1000 + index)], "note.txt", { type: "text/plain" }));
    const uploads = Array.from({ length: 60 }, small);
    const ids = uploads.map(({ id }) => id).sort();
    // Of another page, between those of this one.
    const id = ids[30].slice(0, -1) + (ids[30].endsWith("0") ? "1" : "0");
    await world.write({ ...entry, id });
    await Promise.all(uploads.map(({ done }) => done));
    const gone = async () => (await world.entries()).length === 2;
    for (let tries = 0; !(await gone()); tries += 1) {
      ok(tries < 100, `${(await world.entries()).length} entries`);
      await pause(20);
    }
    equal((await world.entries()).map((left) => left.id).sort(), [entry.id, id].sort());
    ok(world.deletes < 60, `${world.deletes} requests`);
    client.close();
  },

  async old_entries_are_swept({ createClient, world }) {
    const id = await leave(createClient, world);
    const [entry] = await world.entries();
    const day = 24 * 3_600_000;
    await world.write({ ...entry, savedAt: Date.now() - 6 * day });
    const young = createClient(options);
    await pause(100);
    equal((await resumable(young)).id, id, "swept too early");
    young.close();
    await world.write({ ...entry, savedAt: Date.now() - 8 * day });
    const old = createClient(options);
    for (let tries = 0; (await world.entries()).length > 0; tries += 1) {
      ok(tries < 50, "an old entry stays");
      await pause(20);
    }
    equal(await old.resumable(), []);
    old.close();
  },

  async nothing_is_noted_without_resume({ createClient, world }) {
    const client = createClient({ ...options, resume: false });
    await client.upload(new File(["hello"], "a.txt")).done;
    equal(world.journalled, []);
    equal(await client.resumable(), []);
    client.close();
  },

  async a_handle_that_could_not_be_opened_can_be_tried_again({ createClient, world }) {
    const folder = await navigator.storage.getDirectory();
    const handle = await opfs("late.txt", "x");
    await folder.removeEntry("late.txt");
    const client = createClient(options);
    const upload = client.upload(handle);
    equal((await rejection(upload.done)).code, "file_unreadable");
    upload.retry();
    equal(upload.state, "queued");
    equal((await rejection(upload.done)).code, "file_unreadable", "the second attempt");
    await opfs("late.txt", "hello");
    upload.retry();
    equal((await upload.done).size, 5);
    equal((await upload.processed()).size, 5);
    await folder.removeEntry("late.txt");
    const dropped = client.upload(handle);
    await rejection(dropped.done);
    dropped.abort();
    equal([dropped.state, client.snapshot().uploads[1].error], ["aborted", undefined]);
    equal(world.puts.length, 1, "PUTs");
    client.close();
  },

  async f29_two_clients_contend_for_one_entry({ createClient, world }) {
    const id = await leave(createClient, world);
    const clients = [createClient(options), createClient(options), createClient(options)];
    const [late, ...entries] = await Promise.all(clients.map(resumable));
    world.storage = () => "hang";
    const outcomes = await Promise.allSettled(entries.map((entry) => entry.attach(large())));
    const winners = outcomes.filter(({ status }) => status === "fulfilled");
    equal(winners.length, 1, "tabs that took the upload");
    const loser = outcomes.find(({ status }) => status === "rejected");
    equal([loser.reason.code, loser.reason.retryable], ["locked", true]);
    await until(() => world.puts.length === 1, "the PUT");
    for (const refused of [late.attach(large()), late.discard()]) {
      equal((await rejection(refused)).code, "locked", "while another tab works on it");
    }
    equal(await clients[0].resumable(), [], "an upload that another tab works on");
    const upload = winners[0].value;
    upload.pause();
    world.storage = () => undefined;
    upload.resume();
    equal((await upload.done).id, id);
    equal(world.sentParts(), [2, 2]);
    for (const client of clients) client.close();
  },
};
