import { equal, ok, rejection, until } from "../support/world.js";

const MIB = 1024 * 1024;
const api = { api: "https://api.test", token: () => "t", resume: false };
const small = () => new File(["123456789"], "a.txt", { type: "text/plain" });

/** Notes warnings; there is no worker here, which is another matter. */
const heard = (warnings) => (warning) => void (warning.code === "worker_unavailable" || warnings.push(warning));

/** A signer over the world's storage; `own` are its functions that are other. */
function signer(world, own) {
  return {
    create: async ({ uploads }) => ({ uploads: uploads.map((item) => world.create(item)) }),
    sign: async (id, { parts }) => ({ grants: parts.map((part) => world.sign(id, part)) }),
    parts: async (id) => ({ parts: [...world.objects.get(id).parts.values()] }),
    complete: async (id, body) => world.complete(world.objects.get(id), body).body,
    abort: async () => {},
    ...own,
  };
}

export const cases = {
  async u1_a_page_without_progress_is_told_why({ createClient, world }) {
    world.storage = () => "unseen";
    const warnings = [];
    const client = createClient({ ...api, onWarning: heard(warnings) });
    for (const file of [new File([], "empty.txt"), small(), new File([new Uint8Array(6 * MIB)], "zeros.bin")]) {
      const upload = client.upload(file);
      equal((await upload.done).size, file.size);
      equal(upload.progress.confirmed, file.size);
    }
    equal(warnings.map(({ code }) => code), ["progress_hidden"]);
    ok(/service worker/.test(warnings[0].message), warnings[0].message);
    client.close();
  },

  async u7_a_file_of_a_window_that_is_gone_is_stored({ createClient }) {
    const frame = document.body.appendChild(document.createElement("iframe"));
    const content = [["x"], [new Uint8Array(300_000).fill(7)], [new Uint8Array(11 * MIB)]];
    const files = content.map((parts, place) => new frame.contentWindow.File(parts, `${place}.bin`));
    frame.remove();
    const client = createClient({ ...api, onWarning() {} });
    const stored = await Promise.all(files.map((file) => client.upload(file).done));
    equal(stored.map(({ size }) => size), [1, 300_000, 11 * MIB]);
    client.close();
  },

  async u7_reads_that_never_end_hold_up_no_other_file({ createClient }) {
    const files = new Set(Array.from({ length: 5 }, small));
    const { arrayBuffer } = Blob.prototype;
    // Neither does a read of several files with one of them among them.
    Blob.prototype.arrayBuffer = function () {
      const hangs = files.has(this) || !(this instanceof File);
      return hangs ? new Promise(() => {}) : arrayBuffer.call(this);
    };
    const client = createClient({ ...api, onWarning() {} });
    try {
      const hung = [...files].map((file) => client.upload(file));
      const since = performance.now();
      await client.upload(small()).done;
      ok(performance.now() - since < 9_000, `after ${performance.now() - since} ms`);
      equal(hung.map(({ state }) => state), hung.map(() => "hashing"));
      client.close();
      for (const { done } of hung) equal((await rejection(done)).code, "closed");
    } finally {
      Blob.prototype.arrayBuffer = arrayBuffer;
    }
  },

  async u8_an_api_that_never_answers_is_named_within_five_seconds({ createClient, world }) {
    world.answer = () => "reject";
    const warnings = [];
    const since = performance.now();
    const client = createClient({ ...api, onWarning: heard(warnings) });
    const upload = client.upload(small());
    // A read gives up earlier than an upload.
    const error = await rejection(client.records());
    await until(() => warnings.length > 0, "a warning");
    ok(performance.now() - since < 5_500, `after ${performance.now() - since} ms`);
    equal(warnings.map(({ code }) => code), ["api_silent"]);
    equal(error.code, "network");
    for (const { message } of [warnings[0], error]) {
      for (const word of ["https://api.test", location.origin, "CORS"]) ok(message.includes(word), message);
    }
    equal(upload.state, "waiting");
    client.close();
    await rejection(upload.done);
  },

  async s6_storage_that_never_answers_is_named_within_five_seconds({ createClient, world }) {
    world.storage = () => "refused";
    const warnings = [];
    const since = performance.now();
    const client = createClient({ ...api, onWarning: heard(warnings) });
    const upload = client.upload(small());
    await until(() => warnings.length > 0, "a warning", 6_000);
    ok(performance.now() - since < 5_500, `after ${performance.now() - since} ms`);
    const [{ code, message }] = warnings;
    equal(code, "storage_silent");
    for (const word of ["https://bucket.test ", location.origin, "CORS", "region"]) ok(message.includes(word), message);
    ok(!message.includes("secret"), message);
    client.close();
    await rejection(upload.done);
  },

  async u9_a_mistake_in_a_signer_ends_at_once_with_its_cause({ createClient, world, isUploadError }) {
    const mistakes = {
      create: () => undefined.url,
      sign: () => nothingOfThisName(),
      complete: () => new Array(-1),
    };
    for (const [name, mistake] of Object.entries(mistakes)) {
      const client = createClient({ signer: signer(world, { [name]: async () => mistake() }), resume: false, onWarning() {} });
      const since = performance.now();
      const error = await rejection(client.upload(new File([new Uint8Array(6 * MIB)], "zeros.bin")).done);
      ok(isUploadError(error), `${error}`);
      ok(performance.now() - since < 2_000, `${name}: after ${performance.now() - since} ms`);
      equal([error.code, error.phase, error.path], ["bad_response", name, `signer.${name}`]);
      ok(/(Type|Reference|Range)Error/.test(error.cause.name), `${error.cause}`);
      ok(error.message.includes(error.cause.message), error.message);
      client.close();
    }
  },

  async u9_a_failure_of_a_signer_is_told_at_once_and_retried({ createClient, world }) {
    const failures = [
      new Error("the session store is down"),
      new TypeError("Failed to fetch"),
      new TypeError("NetworkError when attempting to fetch resource."),
      new TypeError("Load failed"),
      Object.assign(new Error("see https://a.test/?key=secret"), { name: "AxiosError" }),
      "a text",
      undefined,
    ];
    for (const failure of failures) {
      const warnings = [];
      let calls = 0;
      const own = signer(world, {});
      const create = async (body) => {
        calls += 1;
        if (calls === 1) throw failure;
        return own.create(body);
      };
      const client = createClient({ signer: { ...own, create }, resume: false, onWarning: heard(warnings) });
      await client.upload(small()).done;
      equal(warnings.map(({ code }) => code), ["signer_failed"], `${failure}`);
      const { message } = warnings[0];
      ok(message.startsWith("signer.create threw"), message);
      ok(!message.includes("secret"), message);
      client.close();
    }
  },

  async u10_a_wrong_answer_ends_at_once_and_names_the_field({ createClient, world }) {
    const item = (change) => ({ uploads }) => ({ uploads: uploads.map((one) => change(world.create(one))) });
    const plan = (change) => item((result) => ({ ...result, plan: change(result.plan) }));
    const put = (change) => plan((given) => ({ ...given, put: { ...given.put, ...change } }));
    const grant = (change) => async (id, { parts }) => ({ grants: parts.map((part) => ({ ...world.sign(id, part), ...change })) });
    const table = [
      [{ create: () => undefined }, "", "an object"],
      [{ create: () => ({}) }, "uploads", "a list"],
      [{ create: () => ({ uploads: [5] }) }, "uploads[0]", "an object"],
      [{ create: item((result) => ({ ...result, id: 5 })) }, "uploads[0].id", "a string"],
      [{ create: item((result) => ({ ...result, key: "" })) }, "uploads[0].key", "a key"],
      [{ create: item((result) => ({ ...result, plan: undefined })) }, "uploads[0].plan", "an object"],
      [{ create: plan((given) => ({ ...given, kind: "double" })) }, "uploads[0].plan.kind", "single or multipart"],
      [{ create: plan((given) => ({ ...given, put: undefined })) }, "uploads[0].plan.put", "an object"],
      [{ create: put({ url: 5 }) }, "uploads[0].plan.put.url", "a string"],
      [{ create: put({ headers: { a: 5 } }) }, "uploads[0].plan.put.headers.a", "a string"],
      [{ create: put({ expiresInMs: "300" }) }, "uploads[0].plan.put.expiresInMs", "an integer"],
      [{ create: plan((given) => ({ ...given, partCount: 0 })) }, "uploads[0].plan.partCount", "an integer from 1 to 10000", 6],
      [{ create: plan((given) => ({ ...given, partCount: 10_001 })) }, "uploads[0].plan.partCount", "an integer from 1 to 10000", 6],
      [{ create: plan((given) => ({ ...given, partCount: 9 })) }, "plan.partCount", "the number of parts", 6],
      [{ create: plan((given) => ({ ...given, partSize: 5.5 })) }, "uploads[0].plan.partSize", "an integer", 6],
      [{ sign: async () => ({ grants: [] }) }, "grants", "one for each part", 6],
      [{ sign: grant({ number: "1" }) }, "grants[0].number", "an integer", 6],
      [{ sign: grant({ expiresInMs: undefined }) }, "grants[0].expiresInMs", "an integer", 6],
      [{ complete: async () => ({}) }, "id", "a string", 6],
      [{ complete: async (id) => ({ id, key: "k", size: "9", etag: "e" }) }, "size", "an integer", 6],
    ];
    for (const [own, path, expected, mebibytes = 0] of table) {
      const [[name, work]] = Object.entries(own);
      let calls = 0;
      const counted = async (...args) => {
        calls += 1;
        return work(...args);
      };
      const client = createClient({ signer: signer(world, { [name]: counted }), resume: false, onWarning() {} });
      const since = performance.now();
      const upload = client.upload(new File([new Uint8Array(mebibytes * MIB + 1)], "zeros.bin"));
      const error = await rejection(upload.done, path);
      const what = `${name} ${path}: ${error.message}`;
      ok(performance.now() - since < 2_000, `${what} after ${performance.now() - since} ms`);
      equal([error.code, error.phase, error.path], ["bad_response", name, path], what);
      ok(error.message.includes(`${path}: expected ${expected}`), what);
      equal(calls, 1, what);
      client.close();
    }
    // Over HTTP it is the same.
    world.answer = (method, path) => (method === "POST" && path === "/uploads" ? { status: 201, body: { uploads: [{}] } } : undefined);
    const client = createClient({ ...api, onWarning() {} });
    const error = await rejection(client.upload(small()).done);
    equal([error.code, error.path, world.calls.length], ["bad_response", "uploads[0].id", 1]);
    client.close();
  },

  async u10_headers_may_be_whatever_fetch_takes({ createClient, world }) {
    const pairs = (headers) => Object.entries(headers);
    const kinds = [(headers) => headers, (headers) => new Headers(headers), pairs, (headers) => new Map(pairs(headers))];
    for (const kind of kinds) {
      const create = async ({ uploads }) => {
        const results = uploads.map((item) => world.create(item));
        for (const { plan } of results) plan.put.headers = kind(plan.put.headers);
        return { uploads: results };
      };
      const client = createClient({ signer: signer(world, { create }), resume: false, onWarning() {} });
      await client.upload(small()).done;
      equal(world.puts.at(-1).headers["if-none-match"], "*", `${kind}`);
      ok(world.puts.at(-1).headers["x-amz-checksum-crc64nvme"], `${kind}`);
      client.close();
    }
  },

  async s5_an_error_says_what_storage_said({ createClient, world }) {
    const said = "Your proposed upload exceeds the maximum allowed size";
    const body = (message) =>
      `<?xml version="1.0"?><Error><Code>EntityTooLarge</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`;
    for (const [message, shown] of [
      [said, said],
      [`${said} at https://b.test/k?X-Amz-Signature=secret`, `${said} at https://b.test/k`],
      ["", ""],
    ]) {
      world.storage = () => ({ status: 400, body: body(message) });
      const client = createClient({ ...api, onWarning() {} });
      const error = await rejection(client.upload(small()).done);
      equal(error.code, "storage_refused");
      equal(error.storage, { status: 400, code: "EntityTooLarge", message: shown, requestId: "R1" });
      ok(!JSON.stringify(error.storage).includes("secret"), "a secret");
      client.close();
    }
  },
};
