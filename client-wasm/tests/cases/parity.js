// What `crowfly/testing` promises to do as the client does: run here on the real one, and by
// `tests/node/testing.test.mjs` on that without a network, whose world has a `stage`. Imports nothing, so that both can.

/** The members that `api.d.ts` declares; the Node test compares. */
export const CLIENT =
  "upload find forget pauseAll resumeAll retryFailed abortAll resumable subscribe snapshot records record content remove doctor close".split(" ");
export const UPLOAD = "id state progress done processed pause resume abort retry".split(" ");
const ERROR = "code cause message name path phase part requestId retryable stack status storage".split(" ");

const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {}, resume: false };
const text = (body = "123456789") => new File([body], "hello.txt", { type: "text/plain" });
const rejection = (promise) =>
  promise.then(
    (value) => Promise.reject(new Error(`it resolved with ${JSON.stringify(value)}`)),
    (error) => error,
  );
const ok = (value, message) => {
  if (!value) throw new Error(message);
};
const equal = (found, expected, what = "") => {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value));
  ok(one === other, `${what}: ${one}, not ${other}`);
};
const until = async (condition, what) => {
  for (let tries = 0; !(await condition()); tries += 1) {
    ok(tries < 1_000, `no ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
};

/** What storage and the API do; of the real client's world by its answers. */
const stageOf = (world) =>
  world.stage ?? {
    hang: () => void (world.storage = () => "hang"),
    free: () => void (world.storage = () => undefined),
    refuse() {
      const error = { code: "type_not_allowed", message: "no text here", requestId: "r1" };
      world.answer = (method, path) => (path === "/uploads" ? { status: 400, body: { error } } : undefined);
    },
    accept: () => void (world.answer = () => undefined),
    keepRecords() {
      const deleted = new Set();
      const refusal = (status, code) => ({ status, body: { error: { code, message: "there is none", requestId: "r1" } } });
      world.answer = (method, path) => {
        const [, , id, verb] = path.split("/");
        if (method === "POST" || !id) return undefined;
        if (!world.objects.has(id)) return refusal(404, "not_found");
        if (method === "DELETE") deleted.add(id);
        if (method === "DELETE") return { status: 204 };
        if (verb) return refusal(409, "upload_ended");
        const ended = deleted.has(id) && { status: "deleted", verified: false };
        return { status: 200, body: { ...world.record(id), ...ended } };
      };
    },
  };

/** An upload that is being sent, and will not get on. */
async function underWay({ createClient, world }, given = {}) {
  stageOf(world).hang();
  const client = createClient(options);
  const states = [];
  const upload = client.upload(text(), { ...given, onStateChange: (state) => states.push(state) });
  await until(() => upload.state === "uploading", "sending");
  return { client, upload, states };
}

export const cases = {
  async client_and_upload_have_the_declared_members({ createClient }) {
    // `doctor` is loaded by the package's entry.
    const client = createClient(options);
    for (const name of CLIENT.filter((each) => each !== "doctor")) equal(typeof client[name], "function", name);
    const upload = client.upload(text());
    for (const name of UPLOAD) ok(name in upload, `an upload has no ${name}`);
    equal(upload.then, undefined);
    await upload.done;
    client.close();
  },

  async states_come_in_this_order({ createClient }) {
    for (const [given, expected] of [
      [{}, ["queued", "hashing", "uploading", "stored", "processed"]],
      [{ checksum: "none" }, ["queued", "uploading", "stored", "processed"]],
    ]) {
      const client = createClient(options);
      const states = [];
      const upload = client.upload(text(), { ...given, onStateChange: (state) => states.push(state) });
      equal([upload.state, states], ["queued", []], "at the start");
      const stored = await upload.done;
      equal([stored.id, stored.size, stored.verified], [upload.id, 9, given.checksum !== "none"]);
      const record = await upload.processed();
      equal([record.id, record.status, record.name], [upload.id, "stored", "hello.txt"]);
      equal(states, expected, JSON.stringify(given));
      equal(client.snapshot().uploads[0].record.id, upload.id);
      client.close();
    }
  },

  async a_snapshot_is_frozen_and_the_same_until_a_change({ createClient }) {
    const client = createClient(options);
    const empty = client.snapshot();
    ok(client.snapshot() === empty, "a new snapshot without a change");
    equal([empty.uploads, empty.totals.uploads], [[], 0]);
    const first = client.upload(text());
    ok(client.snapshot() !== empty, "the old snapshot after an upload began");
    await first.done;
    const before = client.snapshot();
    ok(client.snapshot() === before, "a new snapshot without a change");
    for (const value of [before, before.uploads, before.totals, before.uploads[0], before.uploads[0].progress]) {
      ok(Object.isFrozen(value), `not frozen: ${JSON.stringify(value)}`);
    }
    const second = client.upload(text());
    const after = client.snapshot();
    ok(after.uploads[0] === before.uploads[0], "an upload that did not change is another object");
    equal(after.uploads.map(({ id }) => id), [first.id, second.id], "the order");
    await second.done;
    const { uploads, active, stored, failed, aborted, sent, confirmed, total } = client.snapshot().totals;
    equal([uploads, active, stored, failed, aborted, sent, confirmed, total], [2, 0, 2, 0, 0, 18, 18, 18], "totals");
    client.close();
  },

  async listeners_are_told_after_changes_until_they_leave({ createClient }) {
    const client = createClient(options);
    const seen = [];
    const leave = client.subscribe(() => seen.push(client.snapshot().uploads[0].state));
    await client.upload(text()).done;
    await until(() => seen.at(-1) === "stored", "the last change");
    leave();
    const count = seen.length;
    await client.upload(text()).done;
    equal(seen.length, count, "told after leaving");
    client.close();
  },

  async pause_and_resume(stage) {
    const { client, upload, states } = await underWay(stage);
    const { pause, resume } = upload;
    pause();
    equal(upload.state, "paused");
    stageOf(stage.world).free();
    resume();
    await upload.done;
    equal(states, ["queued", "hashing", "uploading", "paused", "uploading", "stored"]);
    client.close();
  },

  async an_abort_rejects_with_its_reason_or_an_abort_error(stage) {
    const { client, upload, states } = await underWay(stage);
    const waiting = upload.processed();
    upload.abort("enough");
    equal(await rejection(upload.done), "enough");
    equal(await rejection(waiting), "enough", "processed()");
    equal([upload.state, ...states], ["aborted", "queued", "hashing", "uploading", "waiting", "aborted"]);
    const other = client.upload(text());
    other.abort();
    const error = await rejection(other.done);
    equal([error.name, error instanceof DOMException, stage.isUploadError(error)], ["AbortError", true, false]);
    client.close();
  },

  async a_signal_aborts(stage) {
    const controller = new AbortController();
    const { client, upload } = await underWay(stage, { signal: controller.signal });
    const reason = new Error("left");
    controller.abort(reason);
    ok((await rejection(upload.done)) === reason, "another reason");
    const late = client.upload(text(), { signal: controller.signal });
    equal(late.state, "aborted");
    ok((await rejection(late.done)) === reason, "another reason of a signal that had fired");
    client.close();
  },

  async a_failure_is_typed_and_can_be_retried({ createClient, isUploadError, world }) {
    const stage = stageOf(world);
    stage.refuse();
    const client = createClient(options);
    const states = [];
    const upload = client.upload(text(), { onStateChange: (state) => states.push(state) });
    const first = upload.done;
    const error = await rejection(first);
    ok(isUploadError(error) && error instanceof Error, `${error}`);
    const { name, code, message, status, requestId, phase, retryable } = error;
    equal(
      [name, code, message, status, requestId, phase, retryable],
      ["UploadError", "type_not_allowed", "no text here", 400, "r1", "create", false],
    );
    equal(Object.getOwnPropertyNames(error).filter((each) => !ERROR.includes(each)), [], "fields that are not declared");
    const [shown] = client.snapshot().uploads;
    ok(shown.error === error && shown.state === "failed", "another error in the snapshot");
    ok((await rejection(upload.processed())) === error, "processed() of a failed upload");
    equal(client.snapshot().totals.failed, 1);
    stage.accept();
    upload.retry();
    ok(upload.done !== first, "done is the old promise");
    await upload.done;
    equal([upload.state, client.snapshot().uploads[0].error], ["stored", undefined]);
    equal(states, ["queued", "hashing", "uploading", "failed", "queued", "uploading", "stored"], "the hash is known at the second time");
    client.close();
  },

  async all_uploads_are_kept_up_at_once(stage) {
    const { client, upload } = await underWay(stage);
    equal(client.forget(upload.id), false, "an active one was forgotten");
    client.pauseAll();
    equal(upload.state, "paused");
    client.resumeAll();
    ok(upload.state !== "paused", "still paused");
    client.abortAll("enough");
    equal(await rejection(upload.done), "enough");
    equal(client.find(upload.id)?.id, upload.id);
    equal([client.forget(upload.id), client.find(upload.id), client.snapshot().uploads], [true, undefined, []]);
    client.close();
  },

  async failed_uploads_are_retried_aborted_and_forgotten({ createClient, world }) {
    const stage = stageOf(world);
    stage.refuse();
    const events = [];
    const client = createClient({ ...options, onEvent: (event) => events.push(event) });
    const [again, forgotten, aborted] = [1, 2, 3].map(() => client.upload(text()));
    for (const { done } of [again, forgotten, aborted]) await rejection(done);
    const failed = events.filter(({ type }) => type === "failed");
    equal(failed.map(({ error, summary }) => [error.code, typeof summary.attempts]), Array(3).fill(["type_not_allowed", "number"]));
    const { totals } = client.snapshot();
    equal([totals.failed, totals.active, totals.sent, totals.total], [3, 0, 0, 0], "totals of failed ones");
    equal([client.forget(forgotten.id), client.forget(forgotten.id), client.find(forgotten.id)], [true, true, undefined]);
    equal((await rejection(forgotten.done)).code, "type_not_allowed", "done of the forgotten");
    aborted.abort("enough");
    await until(() => aborted.state === "aborted", "the abort");
    equal((await rejection(aborted.done)).code, "type_not_allowed", "done of a failed upload that is aborted");
    equal(await rejection(aborted.processed()), "enough");
    stage.accept();
    client.retryFailed();
    await again.done;
    const { uploads } = client.snapshot();
    equal(uploads.map(({ state }) => state), ["stored", "aborted"]);
    equal([client.forget(again.id), client.snapshot().totals.uploads], [true, 1]);
    client.close();
  },

  async events_and_what_the_snapshot_shows_have_the_same_fields({ createClient }) {
    const events = [];
    const client = createClient({ ...options, onEvent: (event) => events.push(event) });
    const upload = client.upload(text());
    await upload.done;
    await upload.processed();
    const fields = (value) => Object.keys(value).sort().join(" ");
    equal(events.map(({ type }) => type), ["started", "part", "verified"]);
    equal(events.map(fields), ["type upload", "bytes type upload", "stored summary type upload"]);
    const [shown] = client.snapshot().uploads;
    equal(fields(shown), "id name progress record size state stored summary type");
    equal(fields(shown.progress), "bytesPerSecond confirmed hashed sent total");
    const { bytesPerSecond, confirmed, hashed, sent, total } = shown.progress;
    equal([bytesPerSecond, confirmed, hashed, sent, total], [0, 9, 9, 9, 9]);
    equal(fields(shown.summary), "attempts bytesResent ms");
    equal(fields(shown.summary.ms), "hashing paused queued uploading waiting");
    equal([shown.summary.attempts, shown.summary.bytesResent], [1, 0]);
    for (const event of events) ok(Object.isFrozen(event), `not frozen: ${event.type}`);
    equal(fields(client.snapshot().totals), "aborted active bytesPerSecond confirmed failed sent stored total uploads");
    client.close();
  },

  async a_stored_file_is_deleted_and_its_upload_keeps_its_state({ createClient, isUploadError, world }) {
    stageOf(world).keepRecords();
    const client = createClient(options);
    const upload = client.upload(text());
    await upload.processed();
    const before = client.snapshot();
    equal((await client.record(upload.id)).status, "stored");
    for (let times = 0; times < 2; times += 1) {
      equal(await client.remove(upload.id), undefined);
      const { status, url, verified } = await client.record(upload.id);
      equal([status, url, verified], ["deleted", undefined, false]);
    }
    const refused = await rejection(client.content(upload.id));
    equal([refused.code, refused.status, refused.phase], ["upload_ended", 409, "read"]);
    equal([upload.state, (await upload.done).id], ["processed", upload.id]);
    ok(client.snapshot() === before, "another snapshot");
    const unknown = await rejection(client.remove("01TEST99999999999999999999"));
    equal([isUploadError(unknown), unknown.code, unknown.status, unknown.phase], [true, "not_found", 404, "read"]);
    equal((await rejection(client.remove("x"))).code, "invalid_option");
    client.close();
    equal((await rejection(client.remove(upload.id))).code, "closed");
  },

  async close_ends_what_is_active_with_closed(stage) {
    const { client, upload } = await underWay(stage);
    client.close();
    client.close();
    equal((await rejection(upload.done)).code, "closed");
    equal(upload.state, "failed");
    for (const promise of [client.records(), client.resumable()]) equal((await rejection(promise)).code, "closed");
    let thrown;
    try {
      client.upload(text());
    } catch (error) {
      thrown = error;
    }
    equal([thrown?.code, thrown?.name], ["closed", "UploadError"]);
  },

  async a_folder_is_in_snapshot_and_record({ createClient }) {
    const client = createClient(options);
    for (const given of ["trip/day 1", "", null, undefined]) {
      const upload = client.upload(text(), { path: given });
      const record = await upload.processed();
      const snapshot = client.snapshot().uploads.at(-1);
      equal([snapshot.id, snapshot.path], [upload.id, given ?? undefined], `${given}`);
      equal([record.path, "path" in snapshot, "path" in record], [given || undefined, given != null, !!given], `${given}`);
    }
    client.close();
  },

  async wrong_arguments_are_named({ createClient, isUploadError }) {
    const client = createClient(options);
    for (const [file, given, word] of [
      [undefined, {}, "file"],
      [new Blob(["x"]), {}, "name"],
      [text(), { onprogress() {} }, "onprogress"],
      [text(), { priority: 0.5 }, "priority"],
      [text(), { path: ["a"] }, "path"],
      [text(), { visibility: "secret" }, "visibility"],
      [text(), { metadata: { a: 1 } }, "metadata"],
      [text(), { requireVerified: true, checksum: "none" }, "requireVerified"],
      [text(), { signal: {} }, "signal"],
    ]) {
      let thrown;
      try {
        client.upload(file, given);
      } catch (error) {
        thrown = error;
      }
      ok(isUploadError(thrown) && thrown.code === "invalid_option" && thrown.message.includes(word), `${word}: ${thrown}`);
    }
    equal(client.snapshot().uploads, []);
    client.close();
  },
};
