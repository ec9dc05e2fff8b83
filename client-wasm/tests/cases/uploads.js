import { equal, ok, rejection, until } from "../support/world.js";

const options = { api: "https://api.test", token: () => "header.payload.signature", onWarning() {} };
const text = (body = "hello") => new File([body], "hello.txt", { type: "text/plain" });
// CRC64NVME("123456789") is ae8b14860a799888.
const DIGITS = "123456789";
const DIGITS_CRC = "rosUhgp5mIg=";

export const cases = {
  async a_file_is_stored_and_processed({ createClient, world }) {
    const client = createClient(options);
    const states = [];
    const upload = client.upload(text(DIGITS), { onStateChange: (state) => states.push(state) });
    const stored = await upload.done;
    equal(stored.id, upload.id);
    equal(stored.size, 9);
    equal(stored.crc64nvme, DIGITS_CRC);
    equal(upload.state, "stored");
    const record = await upload.processed();
    equal(record.status, "stored");
    equal(record.name, "hello.txt");
    equal("aFieldOfTomorrow" in record, false, "a field that the contract does not name");
    equal(upload.state, "processed");
    equal(await upload.processed(), record, "processed() again");
    for (const state of ["hashing", "uploading", "stored", "processed"]) {
      ok(states.includes(state), `state ${state} was not told: ${states}`);
    }
    equal(world.calls.every((call) => call.authorization === "Bearer header.payload.signature"), true);
    client.close();
  },

  async the_grant_is_sent_as_it_is({ createClient, world }) {
    const client = createClient(options);
    await client.upload(text(DIGITS)).done;
    equal(world.puts.length, 1);
    const [put] = world.puts;
    equal(put.method, "PUT");
    equal(put.headers, {
      "content-type": "text/plain",
      "if-none-match": "*",
      "x-amz-checksum-crc64nvme": DIGITS_CRC,
    });
    // The header that the grant names is the one that counts, whatever the type of the file.
    equal(put.size, 9);
    client.close();
  },

  async a_body_has_no_type_unless_the_grant_names_one({ createClient, world }) {
    const client = createClient(options);
    const create = world.create.bind(world);
    world.create = (item) => {
      const result = create(item);
      delete result.plan.put.headers["content-type"];
      return result;
    };
    for (const given of [{}, { checksum: "none" }]) {
      await client.upload(text(DIGITS), given).done;
      const put = world.puts.at(-1);
      equal("content-type" in put.headers, false, "a header that the grant does not name");
      // The browser would send it as the content type.
      equal([put.type, put.size], ["", 9]);
    }
    client.close();
  },

  async progress_is_lawful({ createClient }) {
    const client = createClient(options);
    const seen = [];
    const upload = client.upload(text("x".repeat(100000)), { onProgress: (p) => seen.push(p) });
    await upload.done;
    ok(seen.length > 0, "no progress");
    let confirmed = 0;
    for (const progress of seen) {
      ok(Object.isFrozen(progress), "progress can be changed");
      ok(progress.sent <= progress.total, "more was sent than there is");
      ok(progress.confirmed >= confirmed, "confirmed fell");
      confirmed = progress.confirmed;
    }
    equal(seen.at(-1).sent, 100000, "the last progress");
    equal(upload.progress.confirmed, 100000);
    client.close();
  },

  async an_empty_file_is_stored({ createClient, world }) {
    const client = createClient(options);
    const stored = await client.upload(text("")).done;
    equal(stored.size, 0);
    equal(world.puts[0].size, 0);
    client.close();
  },

  async abort_rejects_with_the_reason({ createClient, world }) {
    world.storage = () => "hang";
    const client = createClient(options);
    const upload = client.upload(text());
    await until(() => world.puts.length === 1, "the PUT");
    const reason = { why: "changed my mind" };
    upload.abort(reason);
    upload.abort("a later reason");
    ok((await rejection(upload.done)) === reason, "another reason");
    ok((await rejection(upload.processed())) === reason, "another reason of processed()");
    equal(upload.state, "aborted");
    equal(world.aborted, 1, "requests aborted");
    equal(world.calls.at(-1).method, "DELETE");
    client.close();
  },

  async abort_without_a_reason_is_an_abort_error({ createClient, world, isUploadError }) {
    world.storage = () => "hang";
    const client = createClient(options);
    const upload = client.upload(text());
    upload.abort();
    const error = await rejection(upload.done);
    ok(error instanceof DOMException, "no DOMException");
    equal(error.name, "AbortError");
    ok(!isUploadError(error), "an abort is no UploadError");
    client.close();
  },

  async a_signal_that_has_fired_starts_nothing({ createClient, world }) {
    const client = createClient(options);
    const states = [];
    const upload = client.upload(text(), {
      signal: AbortSignal.abort("too late"),
      onStateChange: (state) => states.push(state),
    });
    equal(upload.state, "aborted");
    equal(await rejection(upload.done), "too late");
    equal(states, ["aborted"]);
    equal(client.snapshot().uploads[0].state, "aborted");
    upload.resume();
    upload.retry();
    await new Promise((done) => setTimeout(done, 50));
    equal(world.calls.length, 0, "calls");
    client.close();
  },

  async a_signal_aborts_under_way({ createClient, world }) {
    world.storage = () => "hang";
    const client = createClient(options);
    const controller = new AbortController();
    const upload = client.upload(text(), { signal: controller.signal });
    await until(() => world.puts.length === 1, "the PUT");
    const reason = new Error("the dialog was closed");
    controller.abort(reason);
    ok((await rejection(upload.done)) === reason, "not the signal's reason");
    client.close();
  },

  async pause_and_resume({ createClient, world }) {
    let hang = true;
    world.storage = () => (hang ? "hang" : undefined);
    const client = createClient(options);
    const upload = client.upload(text(DIGITS));
    await until(() => world.puts.length === 1, "the PUT");
    upload.pause();
    equal(upload.state, "paused");
    equal(world.aborted, 1, "requests aborted");
    hang = false;
    upload.resume();
    equal((await upload.done).crc64nvme, DIGITS_CRC);
    equal(world.puts.length, 2);
    client.close();
  },

  async a_failed_upload_can_be_retried({ createClient, world, isUploadError }) {
    let refuse = true;
    const body = { error: { code: "type_not_allowed", message: "no text here", requestId: "r1" } };
    world.answer = (method, path) =>
      refuse && path === "/uploads" ? { status: 400, body } : undefined;
    const client = createClient(options);
    const upload = client.upload(text());
    const first = upload.done;
    const error = await rejection(first);
    ok(isUploadError(error), `${error}`);
    equal(
      [error.code, error.message, error.status, error.requestId, error.phase, error.retryable],
      ["type_not_allowed", "no text here", 400, "r1", "create", false],
    );
    ok(client.snapshot().uploads[0].error === error, "another error in the snapshot");
    ok((await rejection(upload.processed())) === error, "processed() of a failed upload");
    refuse = false;
    upload.retry();
    ok(upload.done !== first, "done is the old promise");
    await upload.done;
    equal(upload.state, "stored");
    equal(client.snapshot().uploads[0].error, undefined);
    upload.retry();
    equal(upload.state, "stored", "retry of a stored upload");
    client.close();
  },

  async a_handle_is_no_promise({ createClient }) {
    const client = createClient(options);
    const upload = client.upload(text());
    equal(upload.then, undefined);
    ok((await upload) === upload, "the handle was awaited");
    ok(upload.done === upload.done, "done changes");
    await upload.done;
    client.close();
  },

  async a_rejection_that_nobody_awaits_is_quiet({ createClient }) {
    const loud = [];
    const hear = (event) => {
      event.preventDefault();
      loud.push(event.reason);
    };
    addEventListener("unhandledrejection", hear);
    const client = createClient(options);
    client.upload(text()).abort();
    await until(() => client.snapshot().uploads[0].state === "aborted", "the abort");
    await new Promise((done) => setTimeout(done, 50));
    removeEventListener("unhandledrejection", hear);
    equal(loud.length, 0, "unhandled rejections");
    client.close();
  },

  async a_foreign_rejection_of_fetch_is_a_network_error({ createClient, world, isUploadError }) {
    let calls = 0;
    world.answer = (method, path) => {
      calls += 1;
      return path === "/uploads" && calls === 1 ? "reject" : undefined;
    };
    const client = createClient(options);
    await client.upload(text()).done;
    equal(calls, 3, "calls: create, create again, complete");
    world.answer = () => ({ status: 200, body: "<html>" });
    const error = await rejection(client.records());
    ok(isUploadError(error) && error.code === "bad_response", `${error.code}`);
    client.close();
  },

  async metadata_and_options_reach_the_api({ createClient, world }) {
    const client = createClient(options);
    const blob = new Blob(["x"], { type: "Video/WebM;codecs=vp8" });
    const upload = client.upload(blob, {
      name: "clip ü.webm",
      metadata: { album: "여행", empty: "" },
      visibility: "public",
      checksum: "none",
      priority: -3,
    });
    const stored = await upload.done;
    equal(stored.crc64nvme, undefined);
    const [item] = world.calls.find((call) => call.path === "/uploads").body.uploads;
    equal(item, {
      id: upload.id,
      name: "clip ü.webm",
      size: 1,
      type: "video/webm",
      visibility: "public",
      metadata: { album: "여행", empty: "" },
    });
    client.close();
  },

  async nothing_is_told_before_the_caller_has_the_handle({ createClient }) {
    const client = createClient(options);
    let handle;
    let early = 0;
    const onStateChange = () => {
      if (handle) return;
      early += 1;
    };
    handle = client.upload(text(DIGITS), { onStateChange });
    equal(early, 0, "states told before upload() returned");
    handle.pause();
    equal(handle.state, "paused");
    handle.resume();
    equal((await handle.done).crc64nvme, DIGITS_CRC);
    client.close();
  },

  async a_receipt_that_proves_the_object_saves_a_call({ createClient, world }) {
    const headers = `ETag: "tag"\r\nx-amz-checksum-crc64nvme: ${DIGITS_CRC}\r\nx-amz-version-id: v1`;
    world.storage = () => ({ status: 200, headers });
    const client = createClient(options);
    const stored = await client.upload(text(DIGITS)).done;
    equal([stored.size, stored.crc64nvme, stored.etag, stored.versionId], [9, DIGITS_CRC, "tag", "v1"]);
    equal(world.calls.filter((call) => call.path.endsWith("/complete")).length, 0, "complete calls");
    client.close();
  },

  async many_uploads_leave_the_page_its_turns({ createClient, world }) {
    world.storage = () => "hang";
    // Each look at the clock costs five milliseconds; replies, which go first, look at it, too.
    const look = performance.now;
    let clock = look.call(performance);
    performance.now = () => (clock += 5);
    try {
      const client = createClient(options);
      const states = { added: 0, processed: 0 };
      const start = (kind, more) => {
        const upload = client.upload(text(DIGITS), { onStateChange: (state) => (states[kind] += state === "queued") });
        more?.(upload);
      };
      for (let n = 0; n < 50; n += 1) start("added");
      for (let n = 0; n < 50; n += 1) start("processed", (upload) => upload.processed());
      for (let n = 0; n < 1000; n += 1) await null;
      const { added, processed } = states;
      ok(added + processed < 10, `${added + processed} of 100 uploads began in the application's own turn`);
      await until(() => states.added + states.processed === 100, "all uploads", 30_000);
      client.close();
    } finally {
      performance.now = look;
    }
  },

  async a_close_does_not_wait_for_its_turn({ createClient }) {
    const client = createClient(options);
    const uploads = [];
    for (let n = 0; n < 100; n += 1) uploads.push(client.upload(text(DIGITS)));
    client.close();
    equal(uploads.every((upload) => upload.state === "failed"), true);
    for (const upload of uploads) equal((await rejection(upload.done)).code, "closed");
  },

  async a_file_is_not_looked_at_before_its_turn({ createClient }) {
    const client = createClient(options);
    const file = text(DIGITS);
    let looks = 0;
    // For a file that was picked, a browser asks the disk.
    Object.defineProperty(file, "size", { get: () => (looks += 1) && DIGITS.length });
    const upload = client.upload(file);
    equal([looks, upload.progress.total], [0, 0]);
    equal((await upload.done).size, DIGITS.length);
    equal([upload.progress.total, client.snapshot().uploads[0].size], [9, 9]);
    client.close();
  },

  async a_failed_upload_can_be_aborted({ createClient, world }) {
    world.storage = () => ({ status: 400, body: "<Error><Code>EntityTooLarge</Code></Error>" });
    const client = createClient(options);
    const upload = client.upload(text());
    equal((await rejection(upload.done)).phase, "send");
    upload.abort();
    await until(() => upload.state === "aborted", "the end");
    equal(world.calls.at(-1).method, "DELETE", "the last call");
    equal(client.snapshot().uploads[0].error, undefined, "why it failed");
    // One of which the server never heard, too.
    world.answer = () => ({ status: 403, body: { error: { code: "forbidden", message: "no", requestId: "r1" } } });
    const unknown = client.upload(text());
    await rejection(unknown.done);
    unknown.abort();
    await until(() => unknown.state === "aborted", "the end of one that is unknown");
    client.close();
  },

  async what_is_stored_or_aborted_is_let_go_of({ createClient, world }) {
    const client = createClient(options);
    const begin = (bytes) => {
      const file = new File([bytes], "a.bin", { type: "text/plain" });
      return { upload: client.upload(file), file: new WeakRef(file) };
    };
    const stored = begin(new Uint8Array(1000));
    await stored.upload.done;
    world.storage = () => "hang";
    const aborted = begin(new Uint8Array(2000));
    await until(() => world.puts.length === 2, "the PUT");
    aborted.upload.abort();
    await rejection(aborted.upload.done);
    const gone = ({ file }) => file.deref() === undefined;
    for (let round = 0, left = true; left; round += 1) {
      ok(round < 50, "a file is still held");
      await new Promise((done) => setTimeout(done, 10));
      // Offered by `--expose-gc` in `webdriver.json`. A look keeps what it found until the end of this turn.
      globalThis.gc();
      left = !gone(stored) || !gone(aborted);
    }
    equal(client.snapshot().uploads.map(({ size }) => size), [1000, 2000]);
    client.close();
  },

  async a_second_retry_in_a_busy_turn_changes_nothing({ createClient, world }) {
    let refuse = true;
    const body = { error: { code: "type_not_allowed", message: "no text here", requestId: "r1" } };
    world.answer = (method, path) => (refuse && path === "/uploads" ? { status: 400, body } : undefined);
    const client = createClient(options);
    const upload = client.upload(text());
    await rejection(upload.done);
    refuse = false;
    const look = performance.now;
    let clock = look.call(performance);
    performance.now = () => (clock += 5);
    try {
      for (let n = 0; n < 20; n += 1) client.upload(text(DIGITS));
      for (let n = 0; n < 100; n += 1) await null;
      upload.retry();
      equal(upload.state, "failed", "the engine's turn has not come, so its state");
      const { done } = upload;
      upload.retry();
      ok(upload.done === done, "another promise");
      await done;
    } finally {
      performance.now = look;
    }
    client.close();
  },
};
