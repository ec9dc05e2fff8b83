// Servers and stores that are not a stack of ours: told of every file, stateless, or known by a cookie.
import { equal, ok, rejection, thrown, until } from "../support/world.js";

const MIB = 1024 * 1024;
const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };
const small = () => new File(["123456789"], "a.txt", { type: "text/plain" });
const large = () => new File([new Uint8Array(12 * MIB).fill(7)], "film.mp4", { type: "video/mp4" });
const CRC = "rosUhgp5mIg=";

/** Storage that lets the page read what it says of an object. */
const stating = () => ({ status: 200, headers: `etag: "etag"\r\nx-amz-checksum-crc64nvme: ${CRC}\r\n` });

/** Storage that states no checksum, only an entity tag: that of a part is its number. */
const tagging = ({ url }) => {
  const number = new URL(url).searchParams.get("partNumber");
  return { status: 200, headers: `etag: "tag-${number}"\r\n`, kept: true };
};

const completes = (world) => world.calls.filter(({ path }) => path.endsWith("/complete")).length;

/** Begins an upload of three parts of which the second never ends, and leaves it. */
async function leave(createClient, world, given) {
  const storage = world.storage;
  world.storage = (put) => (put.url.includes("partNumber=2&") ? "hang" : storage(put));
  const client = createClient(given);
  const upload = client.upload(large());
  await until(() => upload.progress.confirmed === 7 * MIB, "the first and the last part");
  client.close();
  await rejection(upload.done);
  world.storage = storage;
  world.puts = [];
  return upload.id;
}

/** Goes on with an upload in a new client. */
async function goOn(createClient, given, id) {
  const client = createClient(given);
  const entry = (await client.resumable()).find((one) => one.id === id);
  ok(entry, "nothing to go on with");
  const upload = await entry.attach(large());
  await upload.done;
  client.close();
}

export const cases = {
  async s3_an_api_is_told_of_a_proven_file_only_if_it_asks({ createClient, world }) {
    world.storage = stating;
    const client = createClient(options);
    equal((await client.upload(small()).done).verified, true);
    equal(completes(world), 0);
    world.more = () => ({ confirm: true });
    equal((await client.upload(small()).done).verified, true);
    equal(completes(world), 1);
    client.close();
  },

  async s3_a_signer_is_told_once_of_every_file({ createClient, world }) {
    world.storage = stating;
    const told = [];
    const signer = {
      create: async ({ uploads }) => ({ uploads: uploads.map((item) => world.create(item)) }),
      sign: async (id, { parts }) => ({ grants: parts.map((part) => world.sign(id, part)) }),
      parts: async () => ({ parts: [] }),
      complete: async (id) => {
        told.push(id);
        const { item } = world.objects.get(id);
        // Of what storage holds it knows no checksum.
        return { id, key: world.key(item), size: item.size, etag: "etag" };
      },
      abort: async () => {},
    };
    const client = createClient({ signer, onWarning() {} });
    const first = client.upload(small());
    equal((await first.done).verified, true, "storage itself has stated the checksum to the page");
    world.storage = () => undefined;
    const second = client.upload(small());
    equal((await second.done).verified, false);
    equal(told, [first.id, second.id]);
    client.close();
  },

  async s7_parts_of_a_silent_store_are_known_by_their_tags({ createClient, world }) {
    world.storage = tagging;
    const id = await leave(createClient, world, options);
    const known = world.objects.get(id).parts;
    for (const part of known.values()) {
      delete part.crc64nvme;
      part.etag = `"tag-${part.number}"`;
    }
    equal(Object.keys((await world.entries())[0]).filter((name) => / \d/.test(name)).sort(), ["crc 1", "crc 3", "tag 1", "tag 3"]);
    await goOn(createClient, options, id);
    equal(world.sentParts(), [2]);
  },

  async s7_other_tags_or_none_are_sent_again({ createClient, world }) {
    for (const etag of ['"another"', undefined, "", '"']) {
      world.storage = tagging;
      const id = await leave(createClient, world, options);
      for (const part of world.objects.get(id).parts.values()) {
        delete part.crc64nvme;
        part.etag = etag;
      }
      await goOn(createClient, options, id);
      equal(world.sentParts().sort(), [1, 2, 3], `${etag}`);
      world.puts = [];
    }
  },

  async s7_a_store_that_states_checksums_is_asked_for_nothing_more({ createClient, world }) {
    await leave(createClient, world, options);
    const [entry] = await world.entries();
    equal(Object.keys(entry).filter((name) => name.startsWith("tag ")), []);
  },

  async a_servers_state_goes_with_every_later_call({ createClient, world }) {
    let made = 0;
    world.more = () => ({ state: `v1.${(made += 1)}` });
    const id = await leave(createClient, world, options);
    // Parts that become ready one by one are signed in several calls.
    const calls = () => [...new Set(world.calls.map((call) => [call.method, call.path.replace(id, "id"), call.state].join(" ")))];
    equal(calls(), [
      "POST /uploads ",
      "POST /uploads/id/parts v1.1",
    ]);
    world.calls.length = 0;
    await goOn(createClient, options, id);
    equal(calls(), [
      "POST /uploads v1.1",
      "GET /uploads/id/parts v1.2",
      "POST /uploads/id/parts v1.2",
      "POST /uploads/id/complete v1.2",
    ]);
    world.calls.length = 0;
    const second = await leave(createClient, world, options);
    world.calls.length = 0;
    const client = createClient(options);
    await (await client.resumable()).find((one) => one.id === second).discard();
    equal(world.calls.map(({ method, path, state }) => [method, path, state]), [
      ["DELETE", `/uploads/${second}`, "v1.3"],
    ]);
    client.close();
  },

  async a_signer_gets_its_state_back({ createClient, world }) {
    const seen = [];
    const signer = {
      create: async ({ uploads }) => {
        seen.push(["create", uploads[0].state]);
        return { uploads: uploads.map((item) => ({ ...world.create(item), state: "kept" })) };
      },
      sign: async (id, { parts, state }) => {
        seen.push(["sign", state]);
        return { grants: parts.map((part) => world.sign(id, part)) };
      },
      parts: async (id, signal, state) => {
        seen.push(["parts", state, signal instanceof AbortSignal]);
        return { parts: [...world.objects.get(id).parts.values()] };
      },
      complete: async (id, body) => {
        seen.push(["complete", body.state]);
        return world.complete(world.objects.get(id), body).body;
      },
      abort: async (id, signal, state) => void seen.push(["abort", state, signal instanceof AbortSignal]),
    };
    const given = { signer, onWarning() {} };
    await goOn(createClient, given, await leave(createClient, world, given));
    const id = await leave(createClient, world, given);
    const client = createClient(given);
    await (await client.resumable()).find((one) => one.id === id).discard();
    client.close();
    const said = seen.map((one) => one.join(" "));
    equal(said.filter((one, place) => one !== said[place - 1]), [
      "create ", "sign kept", "create kept", "parts kept true", "sign kept", "complete kept",
      "create ", "sign kept", "abort kept true",
    ]);
  },

  async a_state_that_fits_no_header_is_a_wrong_answer({ createClient, world, isUploadError }) {
    for (const state of ["", "a b", "a\nb", "\u{e9}", "x".repeat(2049), 5, {}]) {
      world.more = () => ({ state });
      const client = createClient(options);
      const error = await rejection(client.upload(small()).done);
      ok(isUploadError(error), `${error}`);
      equal([error.code, error.path], ["bad_response", "uploads[0].state"]);
      client.close();
    }
    equal(world.puts, []);
  },

  async cookies_go_with_calls_of_the_api_where_the_application_says_so({ createClient, world }) {
    for (const [given, credentials, authorization] of [
      [{ token: () => "a.b.c" }, "omit", "Bearer a.b.c"],
      [{ credentials: "same-origin" }, "same-origin", null],
      [{ credentials: "include" }, "include", null],
      [{ credentials: "include", token: () => "a.b.c" }, "include", "Bearer a.b.c"],
    ]) {
      world.calls.length = 0;
      const client = createClient({ api: "https://api.test", onWarning() {}, ...given });
      const upload = client.upload(small());
      await upload.processed();
      for (const call of world.calls) equal([call.credentials, call.authorization], [credentials, authorization]);
      ok(world.calls.length > 2, "no calls");
      client.close();
    }
    for (const credentials of ["omit", "", 1, true, {}]) {
      const error = thrown(() => createClient({ api: "https://api.test", credentials }));
      equal([error.code, error.message.includes("credentials")], ["invalid_option", true]);
    }
    const own = async () => {};
    const signer = { create: own, sign: own, parts: own, complete: own, abort: own };
    const mixed = thrown(() => createClient({ signer, credentials: "include" }));
    equal([mixed.code, mixed.message.includes("`credentials`")], ["invalid_option", true]);
    const error = thrown(() => createClient({ api: "https://api.test" }));
    equal([error.code, error.message.includes("token")], ["invalid_option", true]);
  },

  async an_ended_session_is_told_where_there_is_no_token({ createClient, world }) {
    world.answer = () => ({ status: 401, body: { message: "Unauthorized" } });
    const client = createClient({ api: "https://api.test", credentials: "include", onWarning() {} });
    equal((await rejection(client.upload(small()).done)).code, "unauthenticated");
    client.close();
  },

  async h10_a_server_that_keeps_no_records_says_so_once({ createClient, world }) {
    const body = { error: { code: "unsupported", message: "this server keeps no records", requestId: "r" } };
    const reads = [];
    world.more = () => ({ confirm: true });
    world.answer = (method, path) => {
      if (method !== "GET" && !path.endsWith("/status")) return undefined;
      reads.push(path);
      return { status: 501, body };
    };
    const client = createClient(options);
    const upload = client.upload(small());
    await upload.done;
    for (const read of [upload.processed, client.records, () => client.record(upload.id), () => client.content(upload.id)]) {
      const { code, status, retryable, message, requestId } = await rejection(read());
      equal([code, status, retryable, message, requestId], ["unsupported", 501, false, "this server keeps no records", "r"]);
    }
    equal(reads.length, 4);
    equal(upload.state, "stored");
    client.close();
  },

  async h9_a_grant_that_cannot_be_sent_is_a_wrong_answer({ createClient, world }) {
    const create = world.create.bind(world);
    for (const [change, path] of [
      [{ url: "javascript:alert(1)" }, "uploads[0].plan.put.url"],
      [{ url: "/relative" }, "uploads[0].plan.put.url"],
      [{ url: "https://bucket.test:99999999/" }, "put"],
      [{ headers: { "a b": "c" } }, "put"],
      [{ headers: { a: "b\r\nc: d" } }, "put"],
      [{ headers: { a: "\u{1f600}" } }, "put"],
    ]) {
      world.create = (item) => {
        const result = create(item);
        Object.assign(result.plan.put, change);
        return result;
      };
      const client = createClient(options);
      const error = await rejection(client.upload(small()).done);
      equal([error.code, error.path], ["bad_response", path], JSON.stringify(change));
      client.close();
    }
  },
};
