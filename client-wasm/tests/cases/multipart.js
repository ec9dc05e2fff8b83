import { equal, ok, until } from "../support/world.js";

const MIB = 1024 * 1024;
const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };
const large = () => new File([new Uint8Array(12 * MIB).fill(7)], "film.mp4", { type: "video/mp4" });

/** A file that the world splits as the client expects, and the calls before its first byte. */
function expecting(world) {
  world.partSize = 8 * MIB;
  let calls;
  world.storage = () => {
    calls ??= world.calls.map(({ method, path }) => `${method} ${path}`);
    return undefined;
  };
  return { before: () => calls, file: new File([new Uint8Array(17 * MIB).fill(7)], "film.mp4", { type: "video/mp4" }) };
}

/** The part sizes that create calls ask for. */
const sizesAsked = (world) => world.calls.filter(({ path }) => path.endsWith("/uploads")).map(({ body }) => body.uploads[0].partSize);

const checksumOf = (world, part) =>
  world.puts.find(({ url }) => new URL(url).searchParams.get("partNumber") === `${part}`).headers["x-amz-checksum-crc64nvme"];

function jwt(claims) {
  const part = (value) => btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  return `${part({ alg: "none" })}.${part(claims)}.signature`;
}

/** How often a client asks for a token when the wall clock goes `step` ms ahead between two uploads. */
async function reasonsAfter(createClient, step) {
  const reasons = [];
  const now = Math.floor(Date.now() / 1000);
  const token = ({ reason }) => {
    reasons.push(reason);
    return jwt({ iat: now, exp: now + 3600 });
  };
  const client = createClient({ ...options, token });
  await client.upload(new File(["a"], "a.txt")).done;
  const real = Date.now;
  Date.now = () => real() + step;
  try {
    await client.upload(new File(["b"], "b.txt")).done;
  } finally {
    Date.now = real;
  }
  client.close();
  return reasons;
}

export const cases = {
  async a_large_file_goes_in_parts({ createClient, world }) {
    const client = createClient(options);
    const seen = [];
    const upload = client.upload(large(), { onProgress: (progress) => seen.push(progress) });
    const stored = await upload.done;
    equal(stored.size, 12 * MIB);
    equal(world.sentParts().sort(), [1, 2, 3]);
    equal(world.puts.map(({ size }) => size).sort(), [2 * MIB, 5 * MIB, 5 * MIB]);
    const { crc64nvme } = world.calls.find(({ path }) => path.endsWith("/complete")).body;
    equal(crc64nvme, stored.crc64nvme);
    equal(crc64nvme.length, 12);
    let confirmed = 0;
    for (const progress of seen) {
      ok(progress.sent <= progress.total && progress.confirmed >= confirmed, "progress is not lawful");
      confirmed = progress.confirmed;
    }
    equal(confirmed, 12 * MIB);
    client.close();
  },

  async one_call_comes_before_the_first_part({ createClient, world }) {
    const { before, file } = expecting(world);
    const client = createClient(options);
    const stored = await client.upload(file).done;
    equal(before(), ["POST /uploads"]);
    const [item] = world.calls[0].body.uploads;
    equal(item.partSize, 8 * MIB);
    ok(item.parts.length > 0 && item.parts.every(({ crc64nvme }, at) => crc64nvme === checksumOf(world, at + 1)), "other checksums were signed");
    equal(world.sentParts().sort(), [1, 2, 3]);
    equal([stored.size, stored.crc64nvme], [17 * MIB, world.calls.at(-1).body.crc64nvme]);
    client.close();
  },

  async a_server_that_knows_no_first_parts_refuses_them_once({ createClient, world }) {
    const { before, file } = expecting(world);
    world.answer = (_, path, body) => {
      if (path !== "/uploads" || !body.uploads[0].parts) return undefined;
      return { status: 400, body: { error: { code: "unknown_field", message: "`uploads[0].partSize` is an unknown field", requestId: "r" } } };
    };
    const client = createClient(options);
    await client.upload(file).done;
    equal([before().slice(0, 2), before().length], [["POST /uploads", "POST /uploads"], 3]);
    equal(world.sentParts().sort(), [1, 2, 3]);
    await client.upload(file).done;
    equal(world.calls.filter(({ path }) => path === "/uploads").length, 3, "calls that create two files");
    client.close();
  },

  async the_next_file_asks_for_the_part_size_that_suits_the_path({ createClient, world }) {
    const { file } = expecting(world);
    [world.grantsSizes, world.storage] = [true, () => "slow"];
    const client = createClient(options);
    await client.upload(file).done;
    await client.upload(file).done;
    client.close();
    equal(sizesAsked(world), [8 * MIB, 5 * MIB]);
    equal(world.puts.slice(3).map(({ size }) => size).sort(), [2, 5, 5, 5].map((size) => size * MIB));
    equal(world.calls.filter(({ path }) => path === "/uploads").length, 2, "calls that create two files");
  },

  async a_later_page_asks_for_it_at_once_on_the_same_network_for_a_day({ createClient, world }) {
    const { file } = expecting(world);
    [world.grantsSizes, world.storage] = [true, () => "slow"];
    const upload = async (more) => {
      const client = createClient({ ...options, ...more });
      await client.upload(file).done;
      client.close();
      return sizesAsked(world).at(-1) / MIB;
    };
    equal([await upload({ resume: false }), localStorage.length], [8, 0]);
    equal([await upload(), await upload()], [8, 5]);
    equal(Object.keys(localStorage), ["crowfly https://api.test"]);
    equal(await upload({ resume: false }), 8);
    const real = Date.now;
    Date.now = () => real() + 24 * 3_600_000;
    equal(await upload(), 8);
    Date.now = real;
    Object.defineProperty(navigator, "connection", { value: { type: "cellular" }, configurable: true });
    equal(await upload(), 8);
    equal(await upload(), 5);
    delete navigator.connection;
    for (const kept of ["", "null", "{}", "[1e300]", `[${Date.now()},null,{"valueOf":1,"toString":1}]`, `[${Date.now()},null,"a",{},-1]`, "[["]) {
      localStorage.setItem("crowfly https://api.test", kept);
      equal(await upload(), 8, kept);
    }
  },

  async a_page_without_local_storage_uploads_all_the_same({ createClient, world }) {
    const { file } = expecting(world);
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
    const refused = () => {
      throw new DOMException("denied", "SecurityError");
    };
    Object.defineProperty(globalThis, "localStorage", { get: refused, configurable: true });
    const client = createClient(options);
    await client.upload(file).done;
    client.close();
    Object.defineProperty(globalThis, "localStorage", descriptor);
  },

  async a_part_is_sent_with_exactly_its_headers({ createClient, world }) {
    const client = createClient(options);
    await client.upload(large()).done;
    for (const put of world.puts) {
      equal(Object.keys(put.headers), ["x-amz-checksum-crc64nvme"]);
      equal([put.method, put.type], ["PUT", ""]);
    }
    const asked = world.calls.filter(({ path }) => path.endsWith("/parts")).flatMap(({ body }) => body.parts);
    equal(asked.every(({ crc64nvme }) => typeof crc64nvme === "string"), true, "checksums that are signed");
    client.close();
  },

  async parts_without_checksums({ createClient, world }) {
    const client = createClient({ ...options, checksum: "none" });
    const stored = await client.upload(large()).done;
    equal(stored.crc64nvme, undefined);
    equal(world.puts.map(({ headers }) => headers), [{}, {}, {}]);
    client.close();
  },

  async parts_that_storage_let_go_of_are_a_warning({ createClient, world }) {
    const warnings = [];
    const client = createClient({ ...options, onWarning: (warning) => warnings.push(warning) });
    let gone = false;
    world.answer = (method, path) => {
      if (gone || !path.endsWith("/complete")) return undefined;
      gone = true;
      for (const object of world.objects.values()) object.parts.clear();
      const error = { code: "multipart_gone", message: "the multipart upload is gone", requestId: "r" };
      return { status: 409, body: { error } };
    };
    const upload = client.upload(large());
    await upload.done;
    const restarted = warnings.filter(({ code }) => code === "restarted");
    equal(restarted.map((warning) => warning.upload), [upload.id]);
    ok(restarted[0].message.length > 20 && Object.isFrozen(restarted[0]), "the warning does not help");
    equal(world.puts.length, 6, "PUTs");
    client.close();
  },

  async time_goes_on_while_the_computer_sleeps({ createClient }) {
    equal(await reasonsAfter(createClient, 2 * 3_600_000), ["initial", "expiring"]);
  },

  async a_wall_clock_that_is_corrected_changes_nothing({ createClient }) {
    equal(await reasonsAfter(createClient, 15_000), ["initial"]);
    equal(await reasonsAfter(createClient, -7 * 24 * 3_600_000), ["initial"]);
  },
};
