import { equal, ok, rejection, until } from "../support/world.js";

const KIB = 1024;
const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };
const file = (size, name) => new File([new Uint8Array(size)], name, { type: "text/plain" });

/** Counts the workers that live, and the listeners and timers that the test runner has for each of them: one of its
 * timers lasts five seconds. */
function workers(world, source) {
  const counted = { live: 0, foreign: 0, foreignTimers: new Set() };
  counted.make = () => {
    const { listeners } = world;
    const timers = new Set(world.timers);
    const worker = world.worker(source);
    counted.foreign += world.listeners - listeners;
    for (const timer of world.timers) if (!timers.has(timer)) counted.foreignTimers.add(timer);
    const terminate = worker.terminate.bind(worker);
    counted.live += 1;
    worker.terminate = () => {
      counted.live -= 1;
      terminate();
    };
    return worker;
  };
  return counted;
}

// The world lives on, so what it is given must not see a client's variables: a collector would then keep the client.
const TOO_LARGE = { status: 400, body: "<Error><Code>EntityTooLarge</Code></Error>" };
const REFUSE_THREE = ({ size }) => (size === 3 ? TOO_LARGE : undefined);
const HANG = () => "hang";
const TAKE = () => undefined;

/** One client from its beginning to its end, and uploads of every ending: stored, aborted, refused, closed. */
async function live(createClient, world, make, count) {
  const client = createClient({ ...options, scope: `${count}` }, make);
  const leave = client.subscribe(() => client.snapshot());
  const controller = new AbortController();
  world.storage = REFUSE_THREE;
  const uploads = Array.from({ length: count }, (_, place) => {
    // Every hundredth is hashed by a worker.
    const size = place % 100 === 7 ? 300 * KIB : 1 + (place % 50 === 3 ? 2 : 0);
    const upload = client.upload(file(size, `${place}.txt`), { signal: controller.signal, onProgress() {} });
    if (place % 50 === 9) upload.abort();
    return upload;
  });
  await Promise.allSettled(uploads.map(({ done }) => done));
  await uploads[0].processed();
  await client.records().catch(() => {});
  world.storage = HANG;
  const closed = [client.upload(file(5, "closed.txt")), client.upload(file(400 * KIB, "large.txt"))];
  const before = world.puts.length;
  await until(() => world.puts.length >= before, "the last PUTs");
  client.close();
  for (const upload of closed) equal((await rejection(upload.done)).code, "closed");
  leave();
  world.storage = TAKE;
  return uploads.map(({ state }) => state);
}

/** What is open, once all that was to end has had its time. */
async function open(world, counted, liveReferences) {
  let found;
  let same = 0;
  for (let round = 0; same < 5 && round < 200; round += 1) {
    await new Promise((done) => setTimeout(done, 20));
    // Offered by `--expose-gc` in `webdriver.json`.
    globalThis.gc();
    const listeners = world.listeners - counted.foreign;
    const timers = [...world.timers].filter((timer) => !counted.foreignTimers.has(timer)).length;
    const next = [listeners, timers, counted.live, liveReferences()].join();
    // A journal takes its entries out a moment later.
    same = next === found && timers === 0 ? same + 1 : 0;
    found = next;
  }
  const [listeners, timers, live, references] = found.split(",").map(Number);
  return { listeners, timers, workers: live, references };
}

export const cases = {
  async a_thousand_uploads_leave_nothing_open({ createClient, world, workerSource, liveReferences }) {
    const counted = workers(world, workerSource);
    // What is made once a page is made by the first.
    await live(createClient, world, counted.make, 200);
    const before = await open(world, counted, liveReferences);
    const states = await live(createClient, world, counted.make, 1000);
    ok(["stored", "failed", "aborted", "processed"].every((state) => states.includes(state)), `${new Set(states)}`);
    const after = await open(world, counted, liveReferences);
    equal(after, before, "what a thousand uploads have left open");
    equal([after.workers, after.timers], [0, 0], "workers and timers");
  },

  async an_upload_goes_on_when_nobody_holds_its_client({ createClient, world }) {
    let refused = 0;
    // A pause before the second attempt, and then a slow one.
    world.storage = () => ((refused += 1) === 1 ? { status: 503, body: "<Error><Code>SlowDown</Code></Error>" } : "slow");
    const start = () => createClient(options).upload(file(5, "left.txt")).done;
    let stored;
    const over = start().then((outcome) => (stored = outcome));
    for (let round = 0; stored === undefined && round < 500; round += 1) {
      await new Promise((done) => setTimeout(done, 20));
      globalThis.gc();
    }
    equal((await Promise.race([over, "never"]))?.size, 5, "what nobody holds is stored");
    ok(refused > 1, "there was no second attempt");
  },
};
