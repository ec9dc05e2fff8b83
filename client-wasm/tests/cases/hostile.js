// H9, H10, H12: whatever a signer, an API or a store says, everything settles in a typed error or a result.
import { equal, errorCodes, ok, settings } from "../support/world.js";

/** Three parts. */
const LARGE = new Uint8Array(11 * 1024 * 1024);
/** Conversations at the same time. */
const ABREAST = 20;
/** How much faster than the clock the page's time runs, and how long a promise may take, in the page's milliseconds:
 * the longest that the engine waits are ten minutes of back pressure, in several phases. */
const SPEED = 200;
const MOST_MS = 90 * 60_000;

/** Watches promises: each must settle in time, in a right form. */
class Monitor {
  constructor(isUploadError) {
    this.isUploadError = isUploadError;
    this.violations = [];
    this.open = new Set();
    this.heard = (event) => this.violate(`${event.type}: ${event.message ?? shown(event.reason)}`);
    for (const name of ["error", "unhandledrejection"]) addEventListener(name, this.heard);
  }

  violate(what) {
    if (this.violations.length < 20) this.violations.push(what);
  }

  /** Watches one promise; resolves when it has settled, never rejects. */
  watch(what, promise, reasons = []) {
    this.open.add(what);
    const over = () => void this.open.delete(what);
    return promise.then(over, (error) => {
      over();
      if (reasons.includes(error)) return;
      if (error?.name === "AbortError") return;
      if (!this.isUploadError(error)) return this.violate(`${what} rejected with ${shown(error)}`);
      this.check(what, error);
    });
  }

  check(what, error) {
    const { code, message, path = "", storage } = error;
    if (!errorCodes.includes(code) && code !== "unknown") this.violate(`${what}: code ${code}`);
    if (["aborted", "locked"].includes(code) && !what.endsWith("attach")) this.violate(`${what}: code ${code}`);
    const texts = [message, path, storage?.code ?? "", storage?.message ?? "", error.requestId ?? ""];
    for (const text of texts) {
      if (typeof text !== "string" || text.length > 700) this.violate(`${what}: a text of ${text?.length}`);
      if (/secret/.test(text)) this.violate(`${what}: a secret in ${code}`);
    }
    if (!message.trim()) this.violate(`${what}: no message with ${code}`);
  }

  close() {
    for (const name of ["error", "unhandledrejection"]) removeEventListener(name, this.heard);
  }
}

function shown(value) {
  try {
    return `${value?.name ?? typeof value}: ${value?.message ?? String(value)}`.slice(0, 300);
  } catch {
    return "a value that cannot be shown";
  }
}

/** What the user of one conversation does. */
async function user(createClient, conversation, monitor, real, mostMs) {
  const { chance, number } = conversation;
  const name = (what) => `conversation ${number}: ${what}`;
  const bySigner = chance.percent(50);
  const own = bySigner
    ? { signer: conversation.signer() }
    : { api: `https://api.test/${number}`, token: () => (chance.percent(5) ? Symbol("no") : "a.b.secret") };
  const options = {
    ...own,
    scope: `${number}`,
    checksum: chance.pick(["crc64nvme", "none"]),
    onWarning: (warning) => monitor.check(name("warning"), { code: "unknown", message: warning.message }),
  };
  const promises = [];
  const watch = (what, promise, reasons) => void promises.push(monitor.watch(name(what), promise, reasons));
  const reason = { own: "reason" };
  let client = createClient(options);
  const uploads = [];
  for (let files = 1 + chance.below(3); files > 0; files -= 1) {
    const size = chance.percent(10) ? LARGE.length : chance.pick([0, 9, 70_000]);
    const upload = client.upload(new File([LARGE.subarray(0, size)], "a.txt", { type: "text/plain" }));
    uploads.push(upload);
    watch("done", upload.done, [reason]);
    if (chance.percent(40)) watch("processed", upload.processed(), [reason]);
  }
  const [{ id }, more] = uploads;
  const last = () => (more ? client.remove(id) : client.content(id));
  for (const read of [() => client.records(), () => client.record(id), last]) {
    if (chance.percent(30)) watch("read", read());
  }
  await real(chance.below(60_000) / SPEED);
  for (const upload of uploads) {
    const deed = chance.below(10);
    if (deed === 0) upload.abort(reason);
    if (deed === 1) upload.pause();
    if (deed === 1) upload.resume();
    if (deed === 2 && upload.state === "failed") {
      upload.retry();
      watch("done again", upload.done, [reason]);
    }
  }
  if (chance.percent(25)) {
    client.close();
    client = createClient(options);
    const left = client.resumable();
    watch("resumable", left);
    for (const entry of await left) {
      const bytes = LARGE.subarray(0, entry.size);
      if (chance.percent(50)) watch("discard", entry.discard());
      else {
        const attached = entry.attach(new File([bytes], entry.name, { type: entry.type }));
        watch("attach", attached);
        watch("attached", attached.then((upload) => upload.done, () => undefined));
      }
    }
  }
  // Until all have settled, or for so long that they should have.
  await Promise.race([Promise.all(promises), real(mostMs / SPEED)]);
  for (const what of monitor.open) {
    if (what.startsWith(name(""))) monitor.violate(`${what} has not settled`);
  }
  client.close();
  await Promise.race([Promise.all(promises), real(1_000)]);
  for (const what of monitor.open) {
    if (what.startsWith(name(""))) monitor.violate(`${what} has not settled after close()`);
  }
}

/** Has `count` conversations, and returns what was violated. */
async function converse({ createClient, isUploadError, world }, count, seed, plant = () => {}, mostMs = MOST_MS) {
  // Asked for when the page is there: see `support/mod.rs`.
  const { Chance, Conversation } = await import("../support/hostile.js");
  const monitor = new Monitor(isUploadError);
  const open = new Map();
  const real = world.hurry(SPEED);
  world.whole = (url, request) => {
    const [, number, path] = /^https:\/\/api\.test\/(\d+)(\/.*)$/.exec(url) ?? [];
    return open.get(Number(number)).answer(request.method, path, parsed(request.body), request.signal);
  };
  world.keep = () => {};
  world.storage = ({ url }) => open.get(Number(new URL(url).pathname.split("/")[1])).store();
  let next = 0;
  const work = async () => {
    while (next < count && monitor.violations.length === 0) {
      const number = next;
      next += 1;
      const conversation = new Conversation(number, new Chance(seed + number * 7919).below(2 ** 31));
      open.set(number, conversation);
      plant(conversation, world);
      await user(createClient, conversation, monitor, real, mostMs);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ABREAST, count) }, work));
  monitor.close();
  return { violations: monitor.violations, held: next };
}

const parsed = (body) => (body ? JSON.parse(body) : undefined);

export const cases = {
  async h9_h10_h12_every_conversation_ends_in_a_result_or_a_typed_error(given) {
    const { count, seed } = settings;
    const { violations, held } = await converse(given, count, seed);
    equal(violations, [], `seed ${seed}`);
    equal(held, count);
  },

  async h4_an_answer_that_is_dropped_is_noticed(given) {
    // The module is told nothing more: neither by the signer, nor by a timer.
    const { violations } = await converse(given, 1, 1, (conversation, world) => {
      conversation.hostility = 0;
      conversation.say = () => new Promise(() => {});
      world.deaf = true;
    }, 600_000);
    ok(violations.some((what) => what.includes("done has not settled")), `${violations}`);
  },

  async h10_a_text_that_is_too_long_is_noticed({ isUploadError }) {
    const monitor = new Monitor(() => true);
    await monitor.watch("a", Promise.reject({ code: "unknown", message: "x".repeat(701) }));
    await monitor.watch("b", Promise.reject({ code: "aborted", message: "x" }));
    await monitor.watch("c", Promise.reject({ code: "unknown", message: "a secret" }));
    monitor.isUploadError = isUploadError;
    await monitor.watch("d", Promise.reject(new Error("no typed one")));
    monitor.close();
    equal(monitor.violations.length, 4);
  },
};
