import { equal, ok, rejection, thrown, until } from "../support/world.js";

const MIB = 1024 * 1024;
const small = () => new File(["123456789"], "a.txt", { type: "text/plain" });

/** Notes warnings; there is no worker here, which is another matter. */
const heard = (warnings) => (warning) => void (warning.code === "worker_unavailable" || warnings.push(warning));

/** A backend of five functions over the world's storage. */
function backend(world, before = () => undefined) {
  const log = [];
  const route = (name, work) => async (...args) => {
    const signal = args.pop();
    ok(signal instanceof AbortSignal, `${name} got no signal`);
    log.push(name);
    await before(name, log, signal);
    return work(...args);
  };
  const signer = {
    create: route("create", ({ uploads }) => ({ uploads: uploads.map((item) => world.create(item)) })),
    sign: route("sign", (id, { parts }) => ({ grants: parts.map((part) => world.sign(id, part)) })),
    parts: route("parts", (id) => ({ parts: [...world.objects.get(id).parts.values()] })),
    complete: route("complete", (id, body) => {
      // Storage works for a moment first.
      if (log.filter((name) => name === "complete").length === 1) return { retryAfterMs: 5 };
      return world.complete(world.objects.get(id), body).body;
    }),
    abort: route("abort", (id) => void (world.objects.get(id).aborted = true)),
  };
  return { signer, log, options: { signer, onWarning() {} } };
}

export const cases = {
  async a_signer_takes_the_place_of_the_api({ createClient, world }) {
    const { options, log } = backend(world);
    const client = createClient(options);
    equal((await client.upload(small()).done).crc64nvme, "rosUhgp5mIg=");
    const upload = client.upload(new File([new Uint8Array(11 * MIB)], "zeros.bin"));
    equal((await upload.done).size, 11 * MIB);
    equal(world.sentParts().sort(), [0, 1, 2, 3]);
    ok(log.includes("create") && log.includes("sign") && log.includes("complete"), `${log}`);
    world.storage = () => "hang";
    const other = client.upload(small());
    await until(() => world.puts.length === 5, "the PUT");
    other.abort("enough");
    equal(await rejection(other.done), "enough");
    ok(world.objects.get(other.id).aborted, "the abort did not arrive");
    equal(world.calls.length, 0, "calls of an API");
    client.close();
  },

  async u11_a_signers_key_is_any_text_of_1_to_1024_bytes({ createClient, world }) {
    const { options } = backend(world);
    const client = createClient(options);
    for (const key of ["user-42/photo.jpg", "a b+c%2F日本.txt", "日".repeat(341) + "k"]) {
      world.key = () => key;
      equal((await client.upload(small()).done).key, key);
      const large = client.upload(new File([new Uint8Array(6 * MIB)], "zeros.bin"));
      equal((await large.done).key, key);
    }
    client.close();
  },

  async s1_a_store_that_states_no_checksum_proves_nothing({ createClient, world, isUploadError }) {
    const complete = world.complete.bind(world);
    world.complete = (object, body) => {
      const answer = complete(object, body);
      delete answer.body.crc64nvme;
      return answer;
    };
    const { options } = backend(world);
    const warnings = [];
    const client = createClient({ ...options, onWarning: heard(warnings) });
    const upload = client.upload(small());
    const stored = await upload.done;
    equal([stored.verified, "crc64nvme" in stored], [false, false]);
    equal(client.snapshot().uploads[0].stored.verified, false);
    equal((await client.upload(new File([new Uint8Array(6 * MIB)], "zeros.bin")).done).verified, false);
    equal(warnings.map((warning) => [warning.code, warning.upload]), [["unverified", upload.id]]);
    ok(warnings[0].message.includes("checksum"), warnings[0].message);
    // Nobody is warned of what was not asked for.
    const bare = createClient({ ...options, checksum: "none", onWarning: heard(warnings) });
    equal((await bare.upload(small()).done).verified, false);
    equal(warnings.length, 1);
    for (const [given, one] of [[{ requireVerified: true }, {}], [{}, { requireVerified: true }]]) {
      const strict = createClient({ ...options, ...given });
      const error = await rejection(strict.upload(small(), one).done);
      ok(isUploadError(error), `${error}`);
      equal([error.code, error.phase, error.retryable], ["unverified", "complete", false]);
      strict.close();
    }
    // One upload may say otherwise.
    const mostly = createClient({ ...options, requireVerified: true });
    equal((await mostly.upload(small(), { requireVerified: false }).done).verified, false);
    const mixed = thrown(() => mostly.upload(small(), { checksum: "none" }));
    equal([mixed.code, mixed.message.includes("requireVerified")], ["invalid_option", true]);
    for (const open of [client, bare, mostly]) open.close();
  },

  async s1_a_store_that_states_our_checksum_has_proved_the_bytes({ createClient, world }) {
    const { options } = backend(world);
    const warnings = [];
    const client = createClient({ ...options, requireVerified: true, onWarning: heard(warnings) });
    equal((await client.upload(small()).done).verified, true);
    equal((await client.upload(new File([new Uint8Array(6 * MIB)], "zeros.bin")).done).verified, true);
    equal(warnings, []);
    client.close();
  },

  async u13_a_signer_gets_plain_objects({ createClient, world }) {
    const { signer, options } = backend(world);
    const seen = [];
    const create = (request, signal) => {
      seen.push(request);
      return signer.create(request, signal);
    };
    const client = createClient({ ...options, signer: { ...signer, create } });
    const metadata = { ["__proto__"]: "own", quote: "\"" };
    await client.upload(small(), { metadata, path: "../\"a\\b\"" }).done;
    const [{ uploads: [item] }] = seen;
    equal([Object.getPrototypeOf(seen[0]), Object.getPrototypeOf(item)], [Object.prototype, Object.prototype]);
    equal([item.name, item.size, item.type, item.crc64nvme], ["a.txt", 9, "text/plain", "rosUhgp5mIg="]);
    equal(item.path, "../\"a\\b\"", "the folder, as it was given");
    equal(Object.entries(item.metadata).sort(), Object.entries(metadata).sort());
    client.close();
  },

  async an_exception_with_a_status_is_heeded({ createClient, world, isUploadError }) {
    const refusal = { status: 400, code: "type_not_allowed", message: "no text here" };
    const { options, log } = backend(world, (name) => {
      if (name === "create") throw refusal;
    });
    const client = createClient(options);
    const error = await rejection(client.upload(small()).done);
    ok(isUploadError(error), `${error}`);
    equal(
      [error.code, error.message, error.status, error.phase, error.retryable],
      ["type_not_allowed", "no text here", 400, "create", false],
    );
    equal(log, ["create"]);
    client.close();
    let reasons = [];
    const token = ({ reason }) => {
      reasons.push(reason);
      return "renewed";
    };
    const login = backend(world, (name) => {
      if (reasons.at(-1) !== "unauthorized") throw Object.assign(new Error("logged out"), { status: 401 });
    });
    const second = createClient({ ...login.options, token });
    await second.upload(small()).done;
    equal(reasons.at(-1), "unauthorized");
    second.close();
  },

  async an_exception_without_one_is_a_lost_connection({ createClient, world }) {
    for (const lost of [new TypeError("Failed to fetch"), undefined, "text", { status: "500" }]) {
      const { options, log } = backend(world, (name, calls) => {
        if (calls.length === 1) throw lost;
      });
      const client = createClient(options);
      await client.upload(small()).done;
      equal(log.slice(0, 2), ["create", "create"]);
      client.close();
    }
  },

  async a_signer_is_told_when_nobody_waits({ createClient, world }) {
    let heard;
    const { options } = backend(world, (name, log, signal) => {
      heard = signal;
      return new Promise(() => {});
    });
    const client = createClient(options);
    const upload = client.upload(small());
    await until(() => heard, "the call");
    ok(!heard.aborted, "aborted too early");
    client.close();
    ok(heard.aborted, "not aborted");
    equal((await rejection(upload.done)).code, "closed");
  },

  async a_signer_has_no_records({ createClient, world }) {
    const { options } = backend(world);
    const client = createClient(options);
    const upload = client.upload(small());
    await upload.done;
    for (const promise of [upload.processed(), client.records(), client.record(upload.id), client.content(upload.id), client.remove(upload.id)]) {
      equal((await rejection(promise)).code, "unsupported");
    }
    equal(upload.state, "stored");
    client.close();
  },

  wrong_signers_are_named({ createClient, world }) {
    const { signer } = backend(world);
    const { parts, ...four } = signer;
    for (const options of [
      { signer, api: "https://api.test" },
      { signer: four },
      { signer: { ...signer, sign: "no" } },
      { signer: null },
      { signer: () => {} },
    ]) {
      const error = thrown(() => createClient(options), JSON.stringify(options));
      equal(error.code, "invalid_option");
      ok(error.message.includes("signer"), error.message);
    }
  },
};
