// A small world for the boundary tests: an API behind `fetch`, storage behind `XMLHttpRequest`, and counts
// of what is open. Each test takes a new one.

const page = {
  fetch: globalThis.fetch.bind(globalThis),
  XMLHttpRequest: globalThis.XMLHttpRequest,
  add: EventTarget.prototype.addEventListener,
  remove: EventTarget.prototype.removeEventListener,
  setTimeout: globalThis.setTimeout.bind(globalThis),
  clearTimeout: globalThis.clearTimeout.bind(globalThis),
  openDatabase: IDBFactory.prototype.open,
  put: IDBObjectStore.prototype.put,
  delete: IDBObjectStore.prototype.delete,
  dateNow: Date.now,
  now: performance.now.bind(performance),
  read: Blob.prototype.arrayBuffer,
};

let worlds = 0;
/** Of `xhr.js`, which is asked for when the page is there: see `mod.rs`. */
let FakeXhr;

const GRANT_HEADERS = { "content-type": "text/plain", "if-none-match": "*" };

export class World {
  constructor() {
    this.calls = [];
    this.puts = [];
    this.objects = new Map();
    this.listeners = 0;
    this.timers = new Set();
    this.aborted = 0;
    /** Files larger than this go in parts of this size. */
    this.partSize = 5 * 1024 * 1024;
    /** Parts have the size that is asked for. */
    this.grantsSizes = false;
    /** Ids of entries that the journal has committed. */
    this.journalled = [];
    /** Requests that take entries out. */
    this.deletes = 0;
    /** The databases that were opened. */
    this.databases = [];
    /** Instead of all answers below: what `fetch` itself does. */
    this.whole = undefined;
    /** No timer calls back. */
    this.deaf = false;
    /** Makes opening the journal, or writing to it, throw: (what, entry) => error | undefined. */
    this.refuse = () => undefined;
    /** Set before every name of a database, so that worlds share no journal. */
    this.prefix = `world ${page.dateNow()} ${(worlds += 1)} `;
    /** Overrides an answer: (method, path, body) => { status, body } | "reject" | "hang" | undefined. */
    this.answer = () => undefined;
    /** Where the object of an item is. */
    this.key = key;
    /** What else its create result says. */
    this.more = () => ({});
    /** Overrides storage: (put) => { status, body } | "lost" | "refused" | "hang" | "slow" | "unseen" |
     * undefined. */
    this.storage = () => undefined;
  }

  install() {
    const world = this;
    localStorage.clear();
    globalThis.fetch = (...args) => {
      if (world.whole && String(args[0]).startsWith("https://api.test/")) return world.whole(args[0], args[1]);
      const request = new Request(...args);
      return request.url.startsWith("https://api.test/") ? world.fetch(request) : page.fetch(request);
    };
    globalThis.XMLHttpRequest = class extends FakeXhr {
      constructor() {
        super(world);
      }
    };
    EventTarget.prototype.addEventListener = function (...args) {
      world.listeners += 1;
      return page.add.apply(this, args);
    };
    EventTarget.prototype.removeEventListener = function (...args) {
      world.listeners -= 1;
      return page.remove.apply(this, args);
    };
    globalThis.setTimeout = (callback, ...rest) => {
      const id = page.setTimeout(() => {
        world.timers.delete(id);
        callback();
      }, ...rest);
      world.timers.add(id);
      return id;
    };
    globalThis.clearTimeout = (id) => {
      world.timers.delete(id);
      page.clearTimeout(id);
    };
    this.installJournal();
  }

  /** Lets the page's time run so much faster. Returns a wait of real milliseconds. */
  hurry(speed) {
    const [wall, since] = [page.dateNow(), page.now()];
    const passed = () => (page.now() - since) * speed;
    performance.now = () => since + passed();
    Date.now = () => wall + passed();
    const usual = globalThis.setTimeout;
    globalThis.setTimeout = (callback, ms = 0, ...rest) => {
      // As if the page were told of no timer any more.
      const fire = () => this.deaf || callback();
      return usual(fire, ms / speed, ...rest);
    };
    return (ms) => new Promise((done) => page.setTimeout(done, ms));
  }

  /** Journals belong to this world, and what they commit is noted. */
  installJournal() {
    const world = this;
    IDBFactory.prototype.open = function (name, version) {
      const error = world.refuse("open");
      if (error) throw error;
      const request = page.openDatabase.call(this, world.prefix + name, version);
      page.add.call(request, "success", () => world.databases.push(request.result));
      return request;
    };
    IDBObjectStore.prototype.put = function (value) {
      const error = world.refuse("put", value);
      if (error) throw error;
      page.add.call(this.transaction, "complete", () => world.journalled.push(value.id));
      return page.put.call(this, value);
    };
    IDBObjectStore.prototype.delete = function (which) {
      world.deletes += 1;
      return page.delete.call(this, which);
    };
  }

  /** The table of the journal of `https://api.test`, as the SDK keeps it. */
  async journal(mode, work) {
    const opened = await done(page.openDatabase.call(indexedDB, `${this.prefix}crowfly https://api.test `));
    try {
      return await done(work(opened.transaction("uploads", mode).objectStore("uploads")));
    } finally {
      opened.close();
    }
  }

  entries() {
    return this.journal("readonly", (table) => table.getAll());
  }

  write(entry) {
    return this.journal("readwrite", (table) => page.put.call(table, entry));
  }

  /** From now on a piece of one byte that `unreadable` names cannot be read: what an upload is sent from is larger. */
  refuseBytes(unreadable) {
    Blob.prototype.arrayBuffer = function () {
      if (this.size === 1 && unreadable(this)) return Promise.reject(new DOMException("no", "NotReadableError"));
      return page.read.call(this);
    };
  }

  /** Makes a worker; the test runner reads its script by an `XMLHttpRequest` of its own. */
  worker(source) {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const fake = globalThis.XMLHttpRequest;
    globalThis.XMLHttpRequest = page.XMLHttpRequest;
    try {
      return new Worker(url, { type: "module" });
    } finally {
      globalThis.XMLHttpRequest = fake;
    }
  }

  uninstall() {
    globalThis.fetch = page.fetch;
    globalThis.XMLHttpRequest = page.XMLHttpRequest;
    EventTarget.prototype.addEventListener = page.add;
    EventTarget.prototype.removeEventListener = page.remove;
    globalThis.setTimeout = page.setTimeout;
    globalThis.clearTimeout = page.clearTimeout;
    IDBFactory.prototype.open = page.openDatabase;
    IDBObjectStore.prototype.put = page.put;
    IDBObjectStore.prototype.delete = page.delete;
    Date.now = page.dateNow;
    performance.now = page.now;
    Blob.prototype.arrayBuffer = page.read;
  }

  async fetch(request) {
    const path = request.url.slice("https://api.test".length);
    const text = await request.text();
    const body = text ? JSON.parse(text) : undefined;
    const header = (name) => request.headers.get(name);
    const call = {
      method: request.method,
      path,
      body,
      authorization: header("authorization"),
      state: header("crowfly-state") ?? body?.state ?? body?.uploads?.map(({ state }) => state)[0],
      credentials: request.credentials,
      traceparent: header("traceparent"),
    };
    this.calls.push(call);
    const own = this.answer(call.method, path, body, call);
    if (own === "reject") throw "a rejection that is no Error";
    if (own === "hang") {
      return new Promise((_, reject) => {
        page.add.call(request.signal, "abort", () => {
          this.aborted += 1;
          reject(new DOMException("aborted", "AbortError"));
        });
      });
    }
    const { status, body: answer, headers } = own ?? this.route(call);
    const json = answer === undefined ? null : typeof answer === "string" ? answer : stringify(answer);
    return new Response(json, { status, headers });
  }

  route({ method, path, body }) {
    if (method === "POST" && path === "/uploads") {
      return { status: 201, body: { uploads: body.uploads.map((item) => this.create(item)) } };
    }
    if (method === "POST" && path === "/uploads/status") {
      return {
        status: 200,
        body: {
          uploads: body.ids.map((id) => ({ id, status: "stored", record: this.record(id) })),
        },
      };
    }
    const [, , id, verb] = path.split("/");
    const object = this.objects.get(id);
    if (method === "DELETE") {
      if (object) object.aborted = true;
      return { status: 204 };
    }
    if (!object) return { status: 404, body: { message: "Not Found" } };
    if (method === "POST" && verb === "parts") {
      return { status: 200, body: { grants: body.parts.map((part) => this.sign(id, part)) } };
    }
    if (method === "GET" && verb === "parts") return { status: 200, body: { parts: [...object.parts.values()] } };
    if (method === "POST" && verb === "complete") return this.complete(object, body);
    return { status: 404, body: { message: "Not Found" } };
  }

  create(item) {
    const { id, size, crc64nvme } = item;
    const parts = this.objects.get(id)?.parts ?? new Map();
    const partSize = (this.grantsSizes && item.partSize) || this.partSize;
    const partCount = size > this.partSize ? Math.ceil(size / partSize) : undefined;
    this.objects.set(id, { item, parts, partCount });
    const put = {
      url: `https://bucket.test/${id}?X-Amz-Signature=secret`,
      headers: { ...GRANT_HEADERS, ...checksum(crc64nvme) },
      expiresInMs: 300000,
    };
    const plan = partCount ? { kind: "multipart", partSize, partCount } : { kind: "single", put };
    const along = partCount && item.partSize === partSize ? (item.parts ?? []) : [];
    const grants = along.map((part) => this.sign(id, part));
    return { id, key: this.key(item), plan, ...(grants.length > 0 && { grants }), ...this.more(item) };
  }

  sign(id, { number, crc64nvme }) {
    const url = `https://bucket.test/${id}?partNumber=${number}&X-Amz-Signature=secret`;
    return { number, url, headers: checksum(crc64nvme), expiresInMs: 300000 };
  }

  complete({ item, parts, partCount }, body) {
    if (partCount && parts.size !== partCount) {
      return { status: 409, body: { error: { code: "parts_mismatch", message: "parts are missing", requestId: "r" } } };
    }
    const crc64nvme = item.crc64nvme ?? body.crc64nvme;
    return { status: 200, body: { id: item.id, key: this.key(item), size: item.size, crc64nvme, etag: "etag" } };
  }

  /** What storage does with a part that has come whole. */
  keep({ url, size, headers }) {
    const { pathname, searchParams } = new URL(url);
    const number = Number(searchParams.get("partNumber"));
    if (number) {
      const crc64nvme = headers["x-amz-checksum-crc64nvme"];
      this.objects.get(pathname.slice(1)).parts.set(number, { number, size, crc64nvme });
    }
  }

  /** The numbers of the parts that were sent. */
  sentParts() {
    return this.puts.map(({ url }) => Number(new URL(url).searchParams.get("partNumber")));
  }

  record(id) {
    const { item } = this.objects.get(id);
    return {
      id,
      status: "stored",
      bucket: "bucket",
      key: this.key(item),
      name: item.name,
      ...(item.path && { path: item.path }),
      size: item.size,
      type: item.type,
      visibility: item.visibility ?? "private",
      ...(item.metadata && { metadata: item.metadata }),
      ...(item.crc64nvme && { crc64nvme: item.crc64nvme }),
      verified: true,
      etag: "etag",
      createdAt: 1,
      storedAt: 2,
      aFieldOfTomorrow: { nested: [1, "two", null] },
    };
  }
}

const checksum = (crc64nvme) => (crc64nvme ? { "x-amz-checksum-crc64nvme": crc64nvme } : {});

/** As JSON, whatever a case has put on the prototypes of its page: this world is no part of that page. */
function stringify(value) {
  const own = [Object, Array, String, Number, Boolean].map(({ prototype }) => [prototype, prototype.toJSON]);
  for (const [prototype] of own) delete prototype.toJSON;
  try {
    return JSON.stringify(value);
  } finally {
    for (const [prototype, toJSON] of own) if (toJSON) prototype.toJSON = toJSON;
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function key(item) {
  return `uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa/${item.id}/${item.name}`;
}

/** For hostile.js: how many conversations are wanted, from which seed. */
export const settings = { count: 1, seed: 1 };

/** The codes of the contract. */
export const errorCodes = [];

/** Called by the test, with the contract's table of codes as JSON. */
export function prepare(count, seed, table) {
  Object.assign(settings, { count, seed });
  errorCodes.splice(0, Infinity, ...JSON.parse(table).map(({ code }) => code));
}

function newWorld() {
  const world = new World();
  world.install();
  return world;
}

/** Runs a case in a world of its own; what it leaves open is its failure. */
export async function runCase(test, createClient, isUploadError, workerSource, liveReferences) {
  ({ FakeXhr } = await import("./xhr.js"));
  const world = newWorld();
  try {
    await test({ world, createClient, isUploadError, workerSource, liveReferences });
  } finally {
    world.uninstall();
  }
}

export function equal(found, wanted, what = "value") {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: found ${a}, wanted ${b}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what);
}

export async function rejection(promise, what = "promise") {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`${what} did not reject`);
}

export function thrown(action, what = "call") {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error(`${what} did not throw`);
}

export async function until(check, what, limitMs = 5_000) {
  const end = performance.now() + limitMs;
  while (!check()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
