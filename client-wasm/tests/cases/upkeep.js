// What a client offers for many uploads: totals, forgetting, requests for all, events and summaries.
import { equal, ok, rejection, until } from "../support/world.js";

const MIB = 1024 * 1024;
const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {}, resume: false };
const text = (name = "a.txt", body = "hello") => new File([body], name, { type: "text/plain" });
const large = () => new File([new Uint8Array(12 * MIB).fill(7)], "film.mp4", { type: "video/mp4" });
const shown = (client) => client.snapshot().uploads.map(({ state }) => state);

/** A client whose events are kept, without what differs at each run. */
function watched(createClient, more) {
  const events = [];
  return { events, client: createClient({ ...options, onEvent: (event) => events.push(event), ...more }) };
}

export const cases = {
  async p8_totals_sum_over_the_uploads_of_the_snapshot({ createClient, world }) {
    const client = createClient(options);
    const none = { uploads: 0, active: 0, stored: 0, failed: 0, aborted: 0, sent: 0, confirmed: 0, total: 0 };
    equal(client.snapshot().totals, { ...none, bytesPerSecond: 0 });
    ok(Object.isFrozen(client.snapshot().totals), "not frozen");
    world.storage = ({ headers }) => (headers["content-type"] === "text/plain" ? undefined : "hang");
    world.create = (item) => (item.name === "bad.txt" ? { id: item.id, error: { code: "invalid_name", message: "no" } }
      : Object.getPrototypeOf(world).create.call(world, item));
    const good = client.upload(text());
    const bad = client.upload(text("bad.txt"));
    client.upload(text("hang.txt", "0123456789")).pause();
    client.upload(text("gone.txt")).abort();
    await good.done;
    await rejection(bad.done);
    const { uploads, active, stored, failed, aborted, sent, confirmed, total } = client.snapshot().totals;
    equal([uploads, active, stored, failed, aborted], [4, 1, 1, 1, 1]);
    equal([sent, confirmed, total], [5, 5, 15], "bytes of neither failed nor aborted uploads");
    client.close();
  },

  async p8_a_rate_of_all_gives_the_time_of_all({ createClient, world }) {
    const client = createClient(options);
    world.storage = () => "slow";
    client.upload(large());
    client.upload(large());
    await until(() => client.snapshot().totals.bytesPerSecond > 0, "a rate");
    const { totals, uploads } = client.snapshot();
    const sum = (name) => uploads.reduce((all, { progress }) => all + progress[name], 0);
    equal([totals.sent, totals.total, totals.bytesPerSecond], ["sent", "total", "bytesPerSecond"].map(sum), "sums");
    equal(totals.etaMs, Math.floor(((totals.total - totals.sent) * 1000) / totals.bytesPerSecond));
    client.close();
  },

  async p8_what_has_ended_is_forgotten_and_what_is_active_is_not({ createClient, world }) {
    const client = createClient(options);
    const upload = client.upload(text());
    await upload.done;
    let told = 0;
    client.subscribe(() => (told += 1));
    world.storage = () => "hang";
    const active = client.upload(text());
    equal([client.forget(active.id), client.find(active.id).id], [false, active.id]);
    equal(client.forget(upload.id), true);
    equal([client.find(upload.id), client.snapshot().uploads.length], [undefined, 1]);
    await until(() => told > 0, "the listener");
    for (const nothing of [upload.id, "01JD7ZK3V8Q2X5N6R9T0W1Y4ZZ", "x", undefined, 5, Symbol("no")]) {
      equal([client.forget(nothing), client.find(nothing)], [true, undefined]);
    }
    // The handle of what was forgotten says what it was.
    equal([upload.state, (await upload.done).size], ["stored", 5]);
    client.close();
  },

  async p8_a_record_that_is_awaited_keeps_its_upload({ createClient, world }) {
    let answer;
    world.answer = (method, path) => (path.endsWith("/status") ? answer : undefined);
    answer = { status: 503, body: { message: "later" } };
    const client = createClient(options);
    const upload = client.upload(text());
    await upload.done;
    const record = upload.processed();
    equal(client.forget(upload.id), false);
    answer = undefined;
    equal((await record).status, "stored");
    equal([client.forget(upload.id), client.snapshot().uploads.length], [true, 0]);
    client.close();
  },

  async p8_a_failed_upload_that_is_forgotten_is_released_on_the_server({ createClient, world }) {
    const { client, events } = watched(createClient);
    // The server is slow to let go of it.
    const answers = [{ status: 503, body: { message: "later" } }];
    world.answer = (method) => (method === "DELETE" ? answers.shift() : undefined);
    world.storage = () => ({ status: 403, body: "<Error><Code>AccessDenied</Code></Error>" });
    const upload = client.upload(text());
    equal((await rejection(upload.done)).code, "storage_refused");
    equal(client.forget(upload.id), true);
    equal([client.snapshot().uploads.length, client.find(upload.id)], [0, undefined]);
    await until(() => world.calls.some(({ method, path }) => method === "DELETE" && path.includes(upload.id)), "a DELETE");
    await until(() => upload.state === "aborted", "its end");
    equal(events.map(({ type }) => type), ["started", "retried", "failed"], "nothing is told of what was forgotten");
    // One that failed before the server heard of it needs no call.
    const unknown = client.upload({ kind: "file", name: "gone.txt", getFile: () => Promise.reject(new Error("gone")) });
    equal((await rejection(unknown.done)).code, "file_unreadable");
    const calls = world.calls.length;
    equal([client.forget(unknown.id), unknown.state], [true, "aborted"]);
    equal(world.calls.length, calls);
    client.close();
  },

  async p8_all_are_paused_resumed_retried_and_aborted({ createClient, world }) {
    const client = createClient(options);
    world.storage = () => "hang";
    const uploads = Array.from({ length: 20 }, (_, at) => client.upload(text(`${at}.txt`)));
    await until(() => world.puts.length === 6, "the PUTs");
    client.pauseAll();
    equal([...new Set(shown(client))], ["paused"]);
    equal(world.aborted, 6);
    world.storage = () => ({ status: 403, body: "<Error><Code>AccessDenied</Code></Error>" });
    client.resumeAll();
    await Promise.all(uploads.slice(0, 10).map(({ done }) => rejection(done)));
    await until(() => shown(client).every((state) => state === "failed"), "all failures");
    world.storage = () => undefined;
    const { retryFailed } = client;
    retryFailed();
    await Promise.all(uploads.map(({ done }) => done));
    equal(client.snapshot().totals.stored, 20);
    world.storage = () => "hang";
    const more = [text(), large(), text()].map((file) => client.upload(file));
    await until(() => world.puts.length > 50, "their PUTs");
    const reason = new Error("enough");
    client.abortAll(reason);
    for (const { done } of more) ok((await rejection(done)) === reason, "another reason");
    equal(client.snapshot().totals, { ...client.snapshot().totals, stored: 20, aborted: 3, active: 0 });
    client.close();
  },

  async events_tell_what_happens_to_an_upload({ createClient, world }) {
    const { client, events } = watched(createClient);
    const answers = [{ status: 503, body: "<Error><Code>SlowDown</Code></Error>" }];
    world.storage = () => answers.shift();
    const upload = client.upload(large());
    const stored = await upload.done;
    equal([...new Set(events.map(({ upload: id }) => id))], [upload.id]);
    const kinds = events.map(({ type }) => type);
    equal([kinds[0], kinds.at(-1)], ["started", "verified"]);
    const parts = events.filter(({ type }) => type === "part");
    equal(parts.map(({ number, bytes }) => [number, bytes]).sort(), [[1, 5 * MIB], [2, 5 * MIB], [3, 2 * MIB]]);
    const { type, delayMs, number, ...retried } = events.find((event) => event.type === "retried");
    equal(retried, { upload: upload.id, code: "storage_unavailable", phase: "send", status: 503, attempt: 1 });
    ok(delayMs >= 0 && [1, 2, 3].includes(number), `${delayMs} ms, part ${number}`);
    equal(events.at(-1).stored, stored);
    const { summary } = client.snapshot().uploads[0];
    equal(events.at(-1).summary, summary);
    equal([summary.attempts, summary.bytesResent], [4, (number === 3 ? 2 : 5) * MIB]);
    ok(Object.isFrozen(events[0]) && Object.isFrozen(summary) && Object.isFrozen(summary.ms), "not frozen");
    client.close();
  },

  async events_tell_of_waits_and_failures({ createClient, world }) {
    const { client, events } = watched(createClient);
    world.answer = (method, path) => {
      if (path !== "/uploads" || world.calls.length > 1) return undefined;
      return { status: 429, body: { message: "Too Many Requests" }, headers: { "retry-after": "1" } };
    };
    world.storage = () => ({ status: 403, body: "<Error><Code>AccessDenied</Code></Error>" });
    const upload = client.upload(text());
    const error = await rejection(upload.done);
    const kinds = events.map(({ type }) => type).filter((type) => type !== "retried");
    equal(kinds, ["started", "waiting", "resumed", "failed"]);
    ok(events.at(-1).error === error, "another error");
    const { summary } = client.snapshot().uploads[0];
    equal(events.at(-1).summary, summary);
    ok(summary.ms.waiting >= 500 && summary.ms.paused === 0, JSON.stringify(summary.ms));
    client.close();
    const before = events.length;
    upload.retry();
    equal(events.length, before);
  },

  async an_upload_that_goes_on_after_a_pause_is_resumed({ createClient, world }) {
    const { client, events } = watched(createClient);
    world.storage = () => "hang";
    const upload = client.upload(text());
    await until(() => world.puts.length === 1, "the PUT");
    upload.pause();
    await new Promise((done) => setTimeout(done, 60));
    world.storage = () => undefined;
    upload.resume();
    await upload.done;
    equal(events.map(({ type }) => type), ["started", "resumed", "part", "verified"]);
    equal(Object.keys(events[2]), ["type", "upload", "bytes"]);
    const { ms, attempts } = client.snapshot().uploads[0].summary;
    ok(ms.paused >= 50 && attempts === 2, JSON.stringify({ ms, attempts }));
    client.close();
  },

  async an_upload_of_an_earlier_page_is_resumed_not_started({ createClient, world }) {
    const scope = { resume: true, scope: "events" };
    const first = createClient({ ...options, ...scope });
    world.storage = () => "hang";
    const file = large();
    const begun = first.upload(file);
    await until(() => world.puts.length > 0, "a PUT");
    first.close();
    await rejection(begun.done);
    world.storage = () => undefined;
    const { client, events } = watched(createClient, scope);
    const [entry] = await client.resumable();
    await (await entry.attach(file)).done;
    equal([events[0].type, events.at(-1).type], ["resumed", "verified"]);
    client.close();
  },

  async a_callback_of_events_may_throw_and_do_anything({ createClient }) {
    const seen = [];
    const client = createClient({
      ...options,
      onEvent(event) {
        seen.push(event.type);
        client.forget(event.upload);
        if (event.type !== "resumed") client.pauseAll();
        client.resumeAll();
        throw new Error("mine");
      },
    });
    const heard = [];
    const hear = (event) => (event.preventDefault(), heard.push(event.message));
    addEventListener("error", hear);
    const upload = client.upload(text());
    await upload.done;
    await until(() => seen.at(-1) === "verified", "the last event");
    removeEventListener("error", hear);
    equal([heard.length, client.snapshot().uploads.length], [seen.length, 0]);
    client.close();
  },

  async calls_carry_a_traceparent_if_asked_to({ createClient, world }) {
    const plain = createClient(options);
    await plain.upload(text()).done;
    equal(world.calls.map(({ traceparent }) => traceparent).filter(Boolean), []);
    plain.close();
    world.calls = [];
    const client = createClient({ ...options, trace: true });
    const upload = client.upload(large());
    await upload.processed();
    await client.record(upload.id).catch(() => {});
    await client.records().catch(() => {});
    const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const bits = [...upload.id].reduce((sum, digit) => sum * 32n + BigInt(digits.indexOf(digit)), 0n);
    const id = bits.toString(16).padStart(32, "0");
    const traces = world.calls.map(({ traceparent }) => /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(traceparent));
    ok(traces.length > 4 && traces.every(Boolean), JSON.stringify(world.calls.map(({ traceparent }) => traceparent)));
    equal([...new Set(traces.slice(0, -1).map(([, trace]) => trace))], [id]);
    ok(traces.at(-1)[1] !== id, "a list has a trace of its own");
    equal(new Set(traces.map(([, , span]) => span)).size, traces.length);
    client.close();
  },
};
