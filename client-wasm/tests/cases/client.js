import { equal, ok, rejection, thrown, until } from "../support/world.js";

const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {}, resume: false };
const text = (body = "hello") => new File([body], "hello.txt", { type: "text/plain" });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export const cases = {
  async a_snapshot_stays_the_same_until_something_changes({ createClient, world }) {
    const client = createClient(options);
    const empty = client.snapshot();
    ok(client.snapshot() === empty, "a new snapshot without a change");
    const first = client.upload(text());
    ok(client.snapshot() !== empty, "the old snapshot after an upload began");
    await first.done;
    const before = client.snapshot();
    ok(client.snapshot() === before, "a new snapshot without a change");
    ok(Object.isFrozen(before) && Object.isFrozen(before.uploads) && Object.isFrozen(before.uploads[0]));
    world.storage = () => "hang";
    const second = client.upload(text());
    const after = client.snapshot();
    equal(after.uploads.map((upload) => upload.id), [first.id, second.id], "the order");
    ok(after.uploads[0] === before.uploads[0], "an upload that did not change is another object");
    equal(before.uploads.length, 1, "an old snapshot changed");
    equal(before.uploads[0].stored.id, first.id);
    client.close();
  },

  async listeners_hear_of_changes_until_they_leave({ createClient }) {
    const client = createClient(options);
    const seen = [];
    let snapshot = client.snapshot();
    const leave = client.subscribe(() => {
      ok(client.snapshot() !== snapshot, "told without a change");
      snapshot = client.snapshot();
      seen.push(snapshot.uploads[0].state);
    });
    let other = 0;
    const leaveOther = client.subscribe(() => (other += 1));
    leaveOther();
    leaveOther();
    await client.upload(text()).done;
    await until(() => seen.at(-1) === "stored", "the last change");
    const count = seen.length;
    leave();
    await client.upload(text()).done;
    equal(seen.length, count, "told after leaving");
    equal(other, 0, "told after leaving at once");
    client.close();
  },

  async listeners_hear_of_many_changes_at_once({ createClient }) {
    const client = createClient(options);
    let told = 0;
    client.subscribe(() => (told += 1));
    const begun = performance.now();
    const uploads = Array.from({ length: 60 }, () => client.upload(text()));
    await Promise.all(uploads.map((upload) => upload.done));
    // One for each frame, and one at either end.
    const frames = (performance.now() - begun) / 16 + 2;
    ok(told <= frames, `told ${told} times in ${frames} frames`);
    await until(() => told > 0 && client.snapshot().uploads.every(({ state }) => state === "stored"), "the end");
    client.close();
  },

  async a_listener_that_throws_breaks_nothing({ createClient }) {
    const reported = [];
    const hear = (event) => {
      event.preventDefault();
      reported.push(event.error?.message);
    };
    addEventListener("error", hear);
    const fail = (name) => () => {
      throw new Error(name);
    };
    const client = createClient(options);
    client.subscribe(fail("listener"));
    const upload = client.upload(text("x".repeat(1000)), {
      onProgress: fail("onProgress"),
      onStateChange: fail("onStateChange"),
    });
    await upload.done;
    await pause(50);
    removeEventListener("error", hear);
    for (const name of ["listener", "onProgress", "onStateChange"]) {
      ok(reported.includes(name), `the exception of ${name} was not reported: ${reported}`);
    }
    client.close();
  },

  async a_callback_may_do_anything({ createClient, world }) {
    world.storage = (put) => (put.size === 1000 ? "slow" : undefined);
    const client = createClient(options);
    let other;
    const upload = client.upload(text("x".repeat(1000)), {
      onStateChange(state) {
        if (state !== "uploading" || other) return;
        other = client.upload(text("another"));
        client.snapshot();
        upload.pause();
        upload.resume();
      },
      onProgress(progress) {
        if (progress.sent > 0) upload.abort("enough");
      },
    });
    equal(await rejection(upload.done), "enough");
    await other.done;
    equal(world.puts.length >= 2, true);
    client.close();
  },

  async a_client_may_be_closed_from_any_of_its_callbacks({ createClient, isUploadError }) {
    const places = ["token", "onWarning", "worker", "onStateChange", "onProgress", "listener"];
    for (const place of places) {
      let client;
      let closed = 0;
      const close = () => {
        closed += 1;
        client?.close();
      };
      const on = (name, otherwise) => (name === place ? (...given) => (close(), otherwise?.(...given)) : otherwise);
      const made = on("worker", () => {
        throw new Error("no worker");
      });
      client = createClient({ ...options, token: on("token", () => "a.b.c"), onWarning: on("onWarning", () => {}) }, made);
      client.subscribe(on("listener", () => {}));
      const file = new File([new Uint8Array(300_000)], "a.bin");
      const handlers = { onStateChange: on("onStateChange", () => {}), onProgress: on("onProgress", () => {}) };
      const upload = client.upload(file, handlers);
      const outcome = await upload.done.catch((error) => error);
      ok(closed > 0, `${place} was not called`);
      // What had ended before is no failure.
      ok(outcome?.size === 300_000 || (isUploadError(outcome) && outcome.code === "closed"), `${place}: ${outcome}`);
      client.close();
    }
    const after = createClient(options);
    equal((await after.upload(text()).done).size > 0, true, "a client after all that");
    after.close();
  },

  async u18_a_page_that_has_replaced_basic_functions_gets_its_uploads({ createClient }) {
    const { bind } = Function.prototype;
    const { setTimeout: later } = globalThis;
    const seen = { later: 0 };
    // As Prototype.js, zone.js and older libraries do.
    Function.prototype.bind = function (...given) {
      return bind.apply(this, given);
    };
    globalThis.setTimeout = (...given) => {
      seen.later += 1;
      return later(...given);
    };
    Object.prototype.each = function each() {};
    try {
      const client = createClient(options);
      const { upload, close } = client;
      const { done, processed } = upload(text("hello"), { metadata: { a: "b" } });
      equal((await done).size, 5);
      equal((await processed()).metadata, { a: "b" });
      close();
      ok(seen.later > 0, "nothing was replaced");
    } finally {
      delete Object.prototype.each;
      Function.prototype.bind = bind;
      globalThis.setTimeout = later;
    }
  },

  async no_error_shows_a_token_or_a_query({ createClient, world }) {
    const token = "header.secret-payload.signature";
    const client = createClient({ ...options, token: () => token });
    world.storage = (put) => ({
      status: 403,
      body: `<Error><Code>AccessDenied</Code><Message>see ${put.url} ${token}</Message></Error>`,
    });
    const error = await rejection(client.upload(text()).done);
    const all = JSON.stringify({ ...error, message: error.message, stack: error.stack, snapshot: client.snapshot() });
    for (const secret of ["X-Amz-Signature", "secret-payload"]) {
      ok(!all.includes(secret), `${secret} is shown: ${all}`);
    }
    client.close();
  },

  async records_are_read_by_page({ createClient, world }) {
    const client = createClient(options);
    const upload = client.upload(text());
    await upload.done;
    const record = world.record(upload.id);
    world.answer = (method, path) => {
      if (path === "/uploads?limit=2&cursor=a%2Fb%3D") return { status: 200, body: { uploads: [record], cursor: "next" } };
      if (path === "/uploads") return { status: 200, body: { uploads: [] } };
      if (path === `/uploads/${upload.id}`) return { status: 200, body: record };
      if (path === `/uploads/${upload.id}/content`)
        return { status: 200, body: { url: "https://bucket.test/x?sig=1", expiresInMs: 60000 } };
      return undefined;
    };
    const page = await client.records({ limit: 2, cursor: "a/b=" });
    equal(page.cursor, "next");
    equal(page.uploads[0].id, upload.id);
    equal(await client.records(), { uploads: [] });
    equal((await client.record(upload.id)).createdAt, 1);
    equal(await client.content(upload.id), { url: "https://bucket.test/x?sig=1", expiresInMs: 60000 });
    client.close();
  },

  async a_read_is_tried_again_and_its_refusal_is_typed({ createClient, world, isUploadError }) {
    const client = createClient(options);
    const answers = ["reject", { status: 503, body: { message: "Service Unavailable" } }];
    world.answer = (method, path) => answers.shift() ?? { status: 200, body: { uploads: [] } };
    await client.records();
    equal(world.calls.length, 3, "calls");
    const table = [
      [{ status: 404, body: { error: { code: "not_found", message: "no such upload", requestId: "r" } } }, "not_found"],
      [{ status: 403, body: { message: "Forbidden" } }, "forbidden"],
      [{ status: 400, body: { error: { code: "a_code_of_tomorrow", message: "m", requestId: "r" } } }, "unknown"],
      [{ status: 200, body: "" }, "bad_response"],
      [{ status: 200, body: "<!doctype html>" }, "bad_response"],
      [{ status: 200, body: { uploads: [{ id: 1 }] } }, "bad_response"],
      [{ status: 418, body: "I'm a teapot" }, "bad_response"],
    ];
    for (const [answer, code] of table) {
      world.answer = () => answer;
      const error = await rejection(client.records());
      ok(isUploadError(error), `${code}: ${error}`);
      equal([error.code, error.phase], [code, "read"], JSON.stringify(answer));
      equal(error.retryable, code === "bad_response", `whether ${code} is retryable`);
      ok(error.message.length > 0, `${code} has no message`);
    }
    world.answer = () => "reject";
    const lost = await rejection(client.records());
    equal([lost.code, lost.retryable, lost.status], ["network", true, undefined]);
    client.close();
  },

  async a_delete_is_repeated_and_counts_by_its_status_alone({ createClient, world }) {
    const client = createClient({ ...options, trace: true });
    const upload = client.upload(text());
    await upload.done;
    world.calls.length = 0;
    const answers = ["reject", { status: 503, body: { message: "Service Unavailable" } }];
    world.answer = () => answers.shift() ?? { status: 204 };
    equal(await client.remove(upload.id), undefined);
    const path = `/uploads/${upload.id}/content`;
    for (const call of world.calls) equal([call.method, call.path, call.body, call.authorization], ["DELETE", path, undefined, "Bearer a.b.c"]);
    equal(world.calls.length, 3, "calls");
    equal([upload.state, client.snapshot().uploads[0].state], ["stored", "stored"]);
    const refusal = (status, code) => ({ status, body: { error: { code, message: "no", requestId: "r" } } });
    for (const [answer, code, retryable] of [
      [refusal(404, "not_found"), "not_found", false],
      [refusal(409, "not_stored"), "not_stored", false],
      [refusal(409, "upload_ended"), "upload_ended", false],
      [refusal(405, "method_not_allowed"), "method_not_allowed", false],
      [{ status: 404, body: { message: "Not Found" } }, "not_found", false],
      [{ status: 200, body: {} }, "bad_response", true],
      [{ status: 202, body: "" }, "bad_response", true],
    ]) {
      world.calls.length = 0;
      world.answer = () => answer;
      const error = await rejection(client.remove(upload.id));
      equal([error.code, error.phase, error.retryable], [code, "read", retryable], JSON.stringify(answer));
      equal(world.calls.length, 1, `calls for ${code}`);
    }
    client.close();
  },

  async u15_no_error_is_without_a_message({ createClient, world }) {
    const answers = [
      { status: 403, body: {} },
      { status: 403, body: { message: "" } },
      { status: 400, body: { error: { code: "invalid_name", message: " ", requestId: "r" } } },
      { status: 404, body: "" },
    ];
    for (const answer of answers) {
      world.answer = () => answer;
      const client = createClient(options);
      for (const promise of [client.upload(text()).done, client.records()]) {
        const error = await rejection(promise);
        ok(error.message.trim().length > 10, `${JSON.stringify(answer)}: "${error.message}"`);
      }
      client.close();
    }
  },

  async close_leaves_nothing_open({ createClient, world }) {
    const { listeners } = world;
    const timers = world.timers.size;
    const client = createClient(options);
    world.storage = () => "hang";
    world.answer = (method, path) => (path.includes("limit") ? "hang" : undefined);
    const controller = new AbortController();
    client.subscribe(() => {});
    const uploads = [1, 2, 3].map(() => client.upload(text(), { signal: controller.signal }));
    uploads.at(-1).pause();
    const read = client.records({ limit: 1 });
    await until(() => world.puts.length === 2, "the PUTs");
    ok(world.listeners > listeners, "listeners are not counted");
    client.close();
    client.close();
    for (const upload of uploads) equal((await rejection(upload.done)).code, "closed");
    equal((await rejection(read)).code, "closed");
    equal(world.listeners, listeners, "listeners left");
    await until(() => world.timers.size === timers, "the end of all timers", 200);
    equal(world.aborted, 3, "requests aborted");
  },

  async nothing_starts_after_close({ createClient, world }) {
    const client = createClient(options);
    const upload = client.upload(text());
    client.close();
    const calls = world.calls.length;
    upload.retry();
    upload.resume();
    equal((await rejection(upload.done)).code, "closed");
    equal(thrown(() => client.upload(text())).code, "closed");
    equal((await rejection(client.records())).code, "closed");
    await pause(50);
    equal(world.calls.length, calls, "calls");
  },
};
