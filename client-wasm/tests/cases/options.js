import { equal, ok, rejection, thrown } from "../support/world.js";

const api = "https://api.test";
const token = () => "t";
const file = () => new File(["hello"], "hello.txt", { type: "text/plain" });

function invalid(error, name, isUploadError) {
  ok(isUploadError(error), `${name}: not an UploadError but ${error}`);
  equal(error.code, "invalid_option", name);
  equal(error.retryable, false, name);
  ok(error.message.includes(name), `the message does not name ${name}: ${error.message}`);
  ok(error.message.length > 20, `the message does not help: ${error.message}`);
}

export const cases = {
  wrong_client_options_are_named({ createClient, isUploadError }) {
    const table = [
      [undefined, "api"],
      [{}, "api"],
      [null, "api"],
      [7, "options"],
      ["https://api.test", "options"],
      [() => {}, "options"],
      [{ token }, "api"],
      [{ api }, "token"],
      [{ api: 5, token }, "api"],
      [{ api: null, token }, "api"],
      [{ api: "http://", token }, "api"],
      [{ api: "ftp://api.test", token }, "api"],
      [{ api: "http://api.test", token }, "api"],
      [{ api: "https://user:word@api.test", token }, "api"],
      [{ api: "https://api.test?x=1", token }, "api"],
      [{ api: "https://api.test#x", token }, "api"],
      [{ api, token: "a token" }, "token"],
      [{ api, token: null }, "token"],
      [{ api, token, checksum: "sha256" }, "checksum"],
      [{ api, token, checksum: true }, "checksum"],
      [{ api, token, requireVerified: "yes" }, "requireVerified"],
      [{ api, token, requireVerified: true, checksum: "none" }, "requireVerified"],
      [{ api, token, concurrency: 0 }, "concurrency"],
      [{ api, token, concurrency: 7 }, "concurrency"],
      [{ api, token, concurrency: 1.5 }, "concurrency"],
      [{ api, token, concurrency: "3" }, "concurrency"],
      [{ api, token, concurrency: NaN }, "concurrency"],
      [{ api, token, concurrency: 3n }, "concurrency"],
      [{ api, token, pollTimeoutMs: 0 }, "pollTimeoutMs"],
      [{ api, token, pollTimeoutMs: -1 }, "pollTimeoutMs"],
      [{ api, token, pollTimeoutMs: Infinity }, "pollTimeoutMs"],
      [{ api, token, tokenTimeoutMs: "1s" }, "tokenTimeoutMs"],
      [{ api, token, onWarning: true }, "onWarning"],
      [{ api, token, getToken: token }, "getToken"],
      [{ api, token, Checksum: "none" }, "Checksum"],
    ];
    for (const [options, name] of table) {
      invalid(thrown(() => createClient(options), name), name, isUploadError);
    }
    invalid(thrown(() => createClient({ api, token }, "worker.js")), "worker", isUploadError);
  },

  wrong_upload_options_are_named({ createClient, isUploadError }) {
    const client = createClient({ api, token });
    const large = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, "v"]));
    const table = [
      ["x", "options"],
      [{ onProgress: 1 }, "onProgress"],
      [{ onStateChange: {} }, "onStateChange"],
      [{ signal: new AbortController() }, "signal"],
      [{ signal: {} }, "signal"],
      [{ visibility: "everyone" }, "visibility"],
      [{ visibility: 1 }, "visibility"],
      [{ metadata: "a=b" }, "metadata"],
      [{ metadata: ["a"] }, "metadata"],
      [{ metadata: { a: 1 } }, "metadata"],
      [{ metadata: { a: undefined } }, "metadata"],
      [{ metadata: { "": "x" } }, "metadata"],
      [{ metadata: { ["k".repeat(65)]: "x" } }, "metadata"],
      [{ metadata: { a: "x".repeat(2048) } }, "metadata"],
      [{ metadata: large }, "metadata"],
      [{ requireVerified: 1 }, "requireVerified"],
      [{ requireVerified: true, checksum: "none" }, "requireVerified"],
      [{ priority: 0.5 }, "priority"],
      [{ priority: 1001 }, "priority"],
      [{ priority: "high" }, "priority"],
      [{ name: "" }, "name"],
      [{ name: "n".repeat(1025) }, "name"],
      [{ name: 3 }, "name"],
      [{ path: 3 }, "path"],
      [{ path: ["a"] }, "path"],
      [{ type: "text" }, "type"],
      [{ type: "text/pl ain" }, "type"],
      [{ type: "text/plain/x" }, "type"],
      [{ type: 1 }, "type"],
      [{ checksum: "md5" }, "checksum"],
      [{ progress: () => {} }, "progress"],
    ];
    for (const [options, name] of table) {
      const error = thrown(() => client.upload(file(), options), JSON.stringify(options));
      invalid(error, name, isUploadError);
    }
    invalid(thrown(() => client.upload(new Blob(["x"]))), "name", isUploadError);
    equal(client.snapshot().uploads.length, 0, "uploads");
    client.close();
  },

  async u12_options_are_taken_as_fetch_and_blob_take_them({ createClient, world }) {
    const client = createClient({ api, token, onWarning: null });
    const create = world.create.bind(world);
    const types = [];
    world.create = (item) => {
      types.push(item.type);
      return create(item);
    };
    const nothing = { type: undefined, signal: null, onProgress: null, onStateChange: null, metadata: null, name: null };
    for (const options of [null, nothing, { type: "" }, { type: new Blob([]).type }]) {
      await client.upload(file(), options).done;
    }
    const unknown = "application/octet-stream";
    equal(types, ["text/plain", "text/plain", unknown, unknown]);

    const frame = document.createElement("iframe");
    document.body.append(frame);
    const other = new frame.contentWindow.AbortController();
    const upload = client.upload(file(), { signal: other.signal });
    other.abort("enough");
    equal(await rejection(upload.done), "enough", "the reason of another window's signal");
    client.close();
    frame.remove();
  },

  async wrong_arguments_are_named({ createClient, isUploadError }) {
    const client = createClient({ api, token });
    for (const wrong of [undefined, null, "a.txt", {}, new ArrayBuffer(1), [file()]]) {
      invalid(thrown(() => client.upload(wrong)), "file", isUploadError);
    }
    for (const wrong of [undefined, null, {}, "listener"]) {
      invalid(thrown(() => client.subscribe(wrong)), "listener", isUploadError);
    }
    for (const wrong of [undefined, 1, "", "x", "../uploads", "01arz3ndektsv4rrffq69g5fav"]) {
      invalid(await rejection(client.record(wrong)), "id", isUploadError);
      invalid(await rejection(client.content(wrong)), "id", isUploadError);
      invalid(await rejection(client.remove(wrong)), "id", isUploadError);
    }
    for (const [page, name] of [
      [{ limit: 0 }, "limit"],
      [{ limit: 101 }, "limit"],
      [{ limit: "10" }, "limit"],
      [{ cursor: 5 }, "cursor"],
      [{ page: 2 }, "page"],
      ["10", "options"],
    ]) {
      invalid(await rejection(client.records(page)), name, isUploadError);
    }
    client.close();
  },

  right_options_are_taken({ createClient }) {
    const right = [
      { api, token },
      { api: new URL("https://api.test/stage/"), token: async () => "t" },
      { api: "http://127.0.0.1:4566/_aws/execute-api/abc/$default", token },
      { api: "http://localhost:3000", token, checksum: "none", concurrency: 1 },
      { api: "/api", token, pollTimeoutMs: 1, tokenTimeoutMs: 3600000, onWarning() {} },
      { api, token, checksum: undefined, concurrency: undefined, onWarning: undefined },
    ];
    for (const options of right) createClient(options).close();
  },

  u15_an_address_in_a_wrong_form_is_refused_with_the_right_one({ createClient, isUploadError }) {
    const host = "abc.execute-api.eu-west-1.amazonaws.com";
    const table = [
      [host, `https://${host}`],
      [`${host}/prod`, `https://${host}/prod`],
      [`${host}:443`, `https://${host}:443`],
      [`user:secret@${host}`, `https://${host}`],
      [`https:${host}`, `https://${host}`],
      [`https:/${host}`, `https://${host}`],
      ["localhost:3000", "http://localhost:3000"],
      ["127.0.0.1:3000/api", "http://127.0.0.1:3000/api"],
      ["api", "/api"],
      [`//${host}`, "https://"],
      [`\\\\${host}`, "https://"],
      [`/\\${host}`, "https://"],
      [`/\t/${host}`, "https://"],
      ["", "https://"],
      ["  ", "https://"],
      ["?x", "https://"],
      ["#x", "https://"],
      [`http://${host}`, `https://${host}`],
      [`ws://${host}`, "https://"],
      ["file:///api", "https://"],
      ["javascript:alert(1)", "https://"],
      [`https://${host}?`, "query"],
      [`https://${host}/#`, "fragment"],
      ["/api?x=1", "query"],
      [`https://${host}/uploads`, `https://${host}`],
      [`https://${host}/uploads/`, `https://${host}`],
      [new URL(`https://${host}/prod/uploads`), `https://${host}/prod`],
      [{ href: 5 }, "https://"],
      [{ get href() { throw new Error("no"); } }, "https://"],
    ];
    for (const [wrong, right] of table) {
      const error = thrown(() => createClient({ api: wrong, token }), `${wrong}`);
      invalid(error, "api", isUploadError);
      ok(error.message.includes(right), `${wrong}: the message lacks ${right}: ${error.message}`);
      ok(!error.message.includes("secret"), `${wrong}: ${error.message}`);
    }
    const { origin } = location;
    for (const right of [`https://${host}/`, ` https://${host} `, "/api", "/api/uploads", "./api", "/", `${origin}/api/uploads`]) {
      createClient({ api: right, token }).close();
    }
  },

  h8_only_this_machine_may_be_asked_by_http({ createClient, isUploadError }) {
    const elsewhere = [
      "127.evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "evil-localhost",
      "notlocalhost",
      "localhost.",
      "128.0.0.1",
      "10.127.0.0",
      "0.0.0.0",
      "[::2]",
      "[::1:1]",
      "127.0.0.1@evil.example",
    ];
    for (const host of elsewhere) {
      const error = thrown(() => createClient({ api: `http://${host}:8080/api`, token }), host);
      invalid(error, "api", isUploadError);
    }
    for (const host of ["localhost", "api.localhost", "LOCALHOST", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "127.255.0.9", "[::1]", "[0:0:0:0:0:0:0:1]"]) {
      createClient({ api: `http://${host}:8080/api`, token }).close();
    }
  },

  an_error_is_a_real_error({ createClient, isUploadError }) {
    const error = thrown(() => createClient({}));
    ok(error instanceof Error, "not an Error");
    equal(error.name, "UploadError");
    equal(error.phase, "start");
    ok(error.stack.includes("UploadError") || error.stack.length > 0, "no stack");
    ok(!isUploadError(new Error("x")), "any error is taken for ours");
    ok(!isUploadError({ name: "UploadError", code: "network" }), "an object is taken for an error");
    for (const value of [undefined, null, 1, "UploadError"]) ok(!isUploadError(value), `${value}`);
  },

  a_getter_that_throws_is_no_option({ createClient, isUploadError }) {
    const options = {
      token,
      get api() {
        throw new Error("from a getter");
      },
    };
    invalid(thrown(() => createClient(options)), "api", isUploadError);
  },
};
