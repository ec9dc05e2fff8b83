// What applications and pages hand in by mistake: every path ends in a typed error, or as if it were right.
import { equal, ok, rejection, thrown, until } from "../support/world.js";

const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };
const good = () => new File(["123456789"], "good.txt", { type: "text/plain" });

/** Acts as a file; `own` takes the place of what it has. */
function fileLike(own) {
  const inner = good();
  const like = {
    name: "like.txt",
    size: inner.size,
    type: inner.type,
    slice: (...range) => inner.slice(...range),
    arrayBuffer: () => inner.arrayBuffer(),
  };
  return Object.defineProperties(like, Object.getOwnPropertyDescriptors(own));
}

const raise = () => {
  throw new TypeError("from the application");
};

function typed(error, isUploadError, code, what) {
  ok(isUploadError(error), `${what}: ${error}`);
  equal(error.code, code, what);
  ok(error.message.length > 10, `${what}: no sentence`);
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable(good(), {});
  revoke();
  return proxy;
}

export const cases = {
  async h4_a_file_without_a_right_size_is_refused({ createClient, isUploadError }) {
    const client = createClient(options);
    for (const size of [-5, 5.5, NaN, Infinity, -Infinity, 2 ** 53, "5", 5n, null, undefined, {}]) {
      typed(thrown(() => client.upload(fileLike({ size })), `${size}`), isUploadError, "invalid_option", `size ${size}`);
      // A browser asks the disk for the size of a real file, so it is not looked at before its turn.
      const upload = client.upload(Object.defineProperty(good(), "size", { value: size }));
      typed(await rejection(upload.done), isUploadError, "invalid_option", `a File of ${size}`);
      upload.retry();
      typed(await rejection(upload.done), isUploadError, "invalid_option", `a File of ${size} again`);
      upload.abort();
      equal([upload.state, upload.progress.total], ["aborted", 0]);
    }
    client.close();
  },

  async h4_a_file_that_throws_is_refused({ createClient, isUploadError }) {
    const client = createClient(options);
    const wrong = [revoked(), { get slice() { return raise(); } }, { get kind() { return raise(); } }];
    wrong.push(fileLike({ get size() { return raise(); } }), fileLike({ get name() { return raise(); } }), fileLike({ name: 5 }));
    for (const [place, file] of wrong.entries()) {
      typed(thrown(() => client.upload(file), `file ${place}`), isUploadError, "invalid_option", `file ${place}`);
    }
    client.close();
  },

  async h4_a_file_that_fails_later_ends_in_a_typed_error({ createClient, world, isUploadError }) {
    const client = createClient(options);
    let reads = 0;
    const table = [
      { get type() { return raise(); } },
      { get size() { return (reads += 1) > 1 ? raise() : 9; } },
      { get size() { return (reads += 1) % 2 ? 9 : -9; } },
      { slice: raise },
      { slice: () => undefined, arrayBuffer: raise },
      { slice: () => ({}), arrayBuffer: () => 5 },
      { arrayBuffer: () => Promise.reject(undefined) },
      { arrayBuffer: async () => "text" },
      { arrayBuffer: async () => new ArrayBuffer(3) },
      { type: Symbol("type") },
    ];
    for (const [place, own] of table.entries()) {
      for (const checksum of ["crc64nvme", "none"]) {
        reads = 0;
        const upload = client.upload(fileLike(own), { checksum });
        for (const deed of [() => {}, upload.retry, upload.abort]) {
          deed();
          const error = await Promise.race([upload.done.then(() => undefined, (reason) => reason), late(place)]);
          if (error === undefined) break;
          ok(isUploadError(error), `${place} ${checksum}: ${error}`);
          ok(["file_unreadable", "file_changed", "invalid_option"].includes(error.code), `${place}: ${error.code}`);
        }
        await until(() => ["stored", "aborted"].includes(upload.state), `the end of ${place}: ${upload.state}`);
      }
    }
    equal(world.puts.filter(({ size }) => size !== 9).length, 0, "something else was sent than a file");
    equal((await client.upload(good()).done).size, 9, "a file after all that");
    client.close();
  },

  async h4_options_that_throw_are_named({ createClient, isUploadError }) {
    const client = createClient(options);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const metadata = { get a() { return raise(); } };
    for (const own of [proxy, { signal: proxy }, { metadata: proxy }, { metadata }, { onProgress: proxy }, { name: proxy }, { type: proxy }]) {
      typed(thrown(() => client.upload(good(), own), "upload"), isUploadError, "invalid_option", `${Object.keys(Object(own === proxy ? {} : own))}`);
    }
    client.close();
    for (const own of [proxy, { ...options, api: proxy }, { signer: proxy }, { signer: { get create() { return raise(); } } }]) {
      typed(thrown(() => createClient(own), "createClient"), isUploadError, "invalid_option", "createClient");
    }
  },

  async h4_what_acts_as_a_file_is_sent_as_one({ createClient, world }) {
    const client = createClient(options);
    for (const checksum of ["crc64nvme", "none"]) {
      equal((await client.upload(fileLike({}), { checksum }).done).size, 9, checksum);
      equal(world.puts.at(-1).size, 9, "bytes");
    }
    client.close();
  },

  async h4_a_handle_that_gives_no_file_ends_in_a_typed_error({ createClient, isUploadError }) {
    const client = createClient(options);
    const files = [undefined, null, 5, "file", {}, fileLike({ size: -1 }), fileLike({ get size() { return raise(); } }), revoked()];
    for (const [place, file] of files.entries()) {
      const upload = client.upload({ kind: "file", name: "a.txt", getFile: async () => file });
      typed(await rejection(upload.done), isUploadError, "file_unreadable", `file ${place}`);
      upload.abort();
      equal(upload.state, "aborted");
    }
    for (const getFile of [raise, () => Promise.reject(undefined), () => file()]) {
      const upload = client.upload({ kind: "file", name: "a.txt", getFile });
      typed(await rejection(upload.done), isUploadError, "file_unreadable", `${getFile}`);
    }
    const never = client.upload({ kind: "file", name: "a.txt", getFile: () => new Promise(() => {}) });
    never.abort("enough");
    equal(await rejection(never.done), "enough");
    for (const deny of [raise, async () => raise(), async () => "denied"]) {
      const handle = { kind: "file", name: "a.txt", getFile: async () => good(), queryPermission: deny, requestPermission: deny };
      typed(await rejection(client.upload(handle).done), isUploadError, "file_unreadable", `${deny}`);
    }
    client.close();
  },

  async u14_p5_methods_work_without_their_object({ createClient }) {
    const client = createClient(options);
    const { upload: start, subscribe, snapshot, records, record, content, resumable, close } = client;
    let heard = 0;
    const leave = subscribe(() => (heard += 1));
    ok(snapshot() === snapshot(), "the snapshot changes by being looked at");
    const upload = start(good());
    const { pause, resume, retry, abort, processed } = upload;
    pause();
    await until(() => upload.state === "paused", "the pause");
    resume();
    retry();
    equal((await processed()).status, "stored");
    abort();
    ok(heard > 0, "the listener heard nothing");
    equal(snapshot().uploads[0].state, "processed");
    leave();
    for (const read of [() => records(), () => record(upload.id), () => content(upload.id)]) {
      equal((await rejection(read())).phase, "read");
    }
    equal(await resumable(), []);
    close();
    equal(thrown(() => start(good())).code, "closed");
  },

  async u13_a_page_that_has_its_own_to_json_changes_nothing({ createClient, world }) {
    const owners = [Object, Array, String, Number, Boolean, Map].map(({ prototype }) => prototype);
    const client = createClient(options);
    const metadata = { __proto__x: "é \u2028", "a\"b": "c\\d\n\t\0" };
    // What the test runner and its driver write down in this page is left as it is.
    let ours = false;
    const bodies = ["uploads", "parts", "ids", "number", "crc64nvme", "name"];
    for (const owner of owners) {
      owner.toJSON = function toJSON() {
        if (typeof this === "object") ours = Array.isArray(this) || bodies.some((field) => field in this);
        return ours ? "[as Prototype.js 1.6 has it]" : this;
      };
    }
    let record;
    let multipart;
    try {
      const upload = client.upload(good(), { metadata });
      record = await upload.processed();
      multipart = await client.upload(new File([new Uint8Array(11 * 1024 * 1024)], "zeros.bin")).done;
    } finally {
      for (const owner of owners) delete owner.toJSON;
    }
    equal([record.name, record.status], ["good.txt", "stored"]);
    equal(Object.entries(record.metadata).sort(), Object.entries(metadata).sort());
    equal(multipart.size, 11 * 1024 * 1024);
    client.close();
  },
};

function late(place) {
  return new Promise((_, reject) => setTimeout(reject, 15_000, new Error(`${place} does not end`)));
}
