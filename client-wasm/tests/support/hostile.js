// Conversations with hostile APIs, signers and stores, drawn from a seed.

import { errorCodes } from "./world.js";

/** Numbers from a seed: xorshift32. https://www.jstatsoft.org/article/view/v008i14 */
export class Chance {
  constructor(seed) {
    this.state = seed >>> 0 || 1;
    for (let round = 0; round < 16; round += 1) this.below(2);
  }

  below(limit) {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  percent(share) {
    return this.below(100) < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}

const OTHER_ID = "01JD7ZK3V8Q2X5N6R9T0W1Y4ZZ";
const LONG = "long ".repeat(600_000);

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const throwing = (target) =>
  new Proxy(target, {
    get() {
      throw new Error("a trap");
    },
    ownKeys() {
      throw undefined;
    },
  });

class OddPromise extends Promise {}
Object.defineProperty(OddPromise.prototype, "constructor", {
  get() {
    throw new Error("a constructor that throws");
  },
});

/** Values in place of any other. */
const ODD = [
  () => undefined,
  () => null,
  () => -1,
  () => 0,
  () => 1.5,
  () => NaN,
  () => 1e308,
  () => 2 ** 53,
  () => 10_000,
  () => 4_294_967_297,
  () => "",
  () => "x",
  () => LONG,
  () => true,
  () => 5n,
  () => Symbol("odd"),
  () => () => {},
  () => ({}),
  () => [],
  () => [[]],
  () => new Map([["a", 1]]),
  () => ({ [LONG]: 5 }),
  () => new Date(NaN),
  () => revoked({}),
  () => revoked([]),
  () => throwing({}),
  () => throwing([]),
  () => Object.defineProperty({}, "length", { get: () => { throw 1; } }),
  () => ({ length: 4e9 }),
  () => ({ then() { throw "a thenable"; } }),
  () => "javascript:alert(1)",
  () => OTHER_ID,
];

/** What only looks like a list. */
const LISTS = [
  () => revoked([]),
  () => revoked({}),
  () => throwing([]),
  () => ({ length: 4e9 }),
  () => Object.assign([1], { [Symbol.iterator]: () => { throw 1; } }),
  () => Object.defineProperty([], "0", { get: () => { throw 1; }, enumerable: true }),
];

/** Exceptions of an application's function. */
const THROWN = [
  () => undefined,
  () => null,
  () => "a text",
  () => Symbol("thrown"),
  () => new Error("https://bucket.test/x?X-Amz-Signature=secret"),
  () => new TypeError("x is not a function"),
  () => new TypeError("Failed to fetch"),
  () => new DOMException("aborted", "AbortError"),
  () => revoked({}),
  () => revoked(function () {}),
  () => throwing({}),
  () => throwing(new Error("hidden")),
  () => Object.defineProperty(new Error("x"), "message", { get: () => { throw 1; } }),
  (chance) => ({ status: chance.pick(STATUSES), code: chance.pick(codes()), message: chance.pick(["", "no", LONG]) }),
  (chance) => Object.assign(new Error("no"), { status: chance.pick([401, 409, 429, 500]), retryAfterMs: chance.pick([0, 1, 1e300, -1, NaN]) }),
  () => ({ get status() { throw 1; } }),
  () => ({ status: 5n }),
];

const STATUSES = [0, 99, 200, 204, 301, 400, 401, 403, 404, 408, 409, 413, 418, 429, 500, 502, 503, 504, 599, 600];
const codes = () => [...errorCodes, "aborted", "locked", "closed", "no_such_code", "", LONG];

/** Places in a tree of objects and lists: each with its owner. */
function places(tree, found = []) {
  if (typeof tree === "object" && tree !== null && found.length < 200) {
    for (const name of Object.keys(tree)) {
      found.push([tree, name]);
      places(tree[name], found);
    }
  }
  return found;
}

/** Changes one or two things in a right answer. */
function spoiled(chance, answer) {
  const whole = { answer };
  for (let changes = 1 + chance.below(2); changes > 0; changes -= 1) {
    const all = places(whole);
    // Half of the changes are at the top, where lists are.
    const [owner, name] = all[chance.below(chance.percent(50) ? Math.min(3, all.length) : all.length)];
    switch (chance.below(4)) {
      case 0:
        delete owner[name];
        break;
      case 1:
        if (Array.isArray(owner[name])) owner[name].push(...owner[name].slice(0, 3));
        else owner.more = owner[name];
        break;
      default:
        try {
          owner[name] = chance.pick(ODD)();
        } catch {
          // A proxy from a change before.
        }
    }
  }
  return whole.answer;
}

/** One conversation: what a signer or an API says, which may be anything. */
export class Conversation {
  constructor(number, seed) {
    this.number = number;
    this.chance = new Chance(seed);
    this.items = new Map();
    this.hostility = this.chance.pick([5, 20, 50, 90]);
    /** Storage never ends completing. */
    this.endless = this.chance.percent(8);
    this.partSize = 5 * 1024 * 1024;
  }

  key(id) {
    return `${this.number}/${id}`;
  }

  grant(id, number) {
    return {
      url: `https://bucket.test/${this.number}/${id}?partNumber=${number}&X-Amz-Signature=secret`,
      headers: { "content-type": "text/plain" },
      expiresInMs: 300_000,
    };
  }

  /** The right answer of a route. */
  right(route, id, body) {
    const item = this.items.get(id);
    switch (route) {
      case "create":
        return {
          uploads: body.uploads.map((one) => {
            this.items.set(one.id, one);
            const partCount = Math.ceil(one.size / this.partSize);
            const plan =
              one.size > 2 * this.partSize
                ? { kind: "multipart", partSize: this.partSize, partCount }
                : { kind: "single", put: this.grant(one.id, 0) };
            return { id: one.id, key: this.key(one.id), plan, state: "kept" };
          }),
        };
      case "sign":
        return { grants: body.parts.map(({ number }) => ({ number, ...this.grant(id, number) })) };
      case "parts":
        return { parts: [1, 2, 3].map((number) => ({ number, size: this.partSize, etag: `"${number}"` })) };
      case "complete":
        if (this.endless) return { retryAfterMs: this.chance.pick([0, 1, 100_000]) };
        return { id, key: this.key(id), size: item?.size ?? 0, etag: "etag" };
      case "status":
        return {
          uploads: body.ids.map((one) => ({ id: one, status: "stored", record: this.record(one) })),
        };
      case "records":
        return { uploads: [...this.items.keys()].map((one) => this.record(one)), cursor: "next" };
      case "record":
        return this.record(id);
      case "content":
        return { url: "https://bucket.test/x?X-Amz-Signature=secret", expiresInMs: 1 };
      default:
        return undefined;
    }
  }

  record(id) {
    const { name = "n", size = 0, type = "t/t" } = this.items.get(id) ?? {};
    const own = { id, status: "stored", bucket: "b", key: this.key(id), name, size, type };
    return { ...own, visibility: "private", verified: true, createdAt: 1 };
  }

  /** What a function of a signer does. */
  async say(route, id, body) {
    const { chance } = this;
    const answer = this.right(route, id, body);
    if (!chance.percent(this.hostility)) return answer;
    switch (chance.below(8)) {
      case 0:
        return new Promise(() => {});
      case 1:
      case 2:
        throw chance.pick(THROWN)(chance);
      case 3:
        return chance.pick(ODD)();
      case 4: {
        const names = Object.keys(answer ?? {});
        return Object.fromEntries(names.map((name) => [name, chance.pick(LISTS)()]));
      }
      default:
        return spoiled(chance, answer);
    }
  }

  /** The same, as a function that may not even give a promise. */
  signer() {
    const functions = {};
    for (const route of ["create", "sign", "parts", "complete", "abort"]) {
      functions[route] = (...args) => {
        const [id, body] = route === "create" ? [undefined, args[0]] : args;
        if (this.chance.percent(this.hostility)) {
          switch (this.chance.below(12)) {
            case 0:
              throw this.chance.pick(THROWN)(this.chance);
            case 1:
              return this.chance.pick(ODD)();
            case 2:
              return new OddPromise((resolve) => resolve(this.right(route, id, body)));
            case 3:
              return Object.assign(Promise.resolve(1), { then: () => { throw "a promise"; } });
            default:
          }
        }
        return this.say(route, id, body);
      };
    }
    return functions;
  }

  /** The answer of an API to a request of the page. */
  async answer(method, path, body, signal) {
    const { chance } = this;
    const [, id, verb] = path.split("?")[0].split("/").slice(1);
    const route = routeOf(method, id, verb);
    const right = { create: 201, abort: 204 }[route] ?? 200;
    const status = this.endless && route === "complete" ? 202 : right;
    const answer = this.right(route, id, body);
    if (!chance.percent(this.hostility)) return response(status, answer);
    switch (chance.below(10)) {
      case 0:
        // The limit does not depend on a page's `fetch`, which may ignore the signal.
        if (chance.percent(50)) return new Promise(() => {});
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      case 1:
        throw chance.pick(THROWN)(chance);
      case 2:
        return chance.pick(ODD)();
      case 3:
        return Object.assign(response(status, answer), { text: chance.pick([() => { throw 1; }, () => 5, () => new Promise(() => {})]) });
      case 4:
        return response(status, text(chance, answer));
      case 5:
        return response(chance.pick(STATUSES.filter((one) => one >= 200 && one < 600)), answer);
      case 6: {
        const error = { code: chance.pick(codes()), message: chance.pick(["", "no", LONG]), requestId: "r" };
        if (chance.percent(30)) error.retryAfterMs = chance.pick([0, -1, 1e300, 1_000]);
        const headers = chance.percent(30) ? { "retry-after": chance.pick(["0", "1", "-1", "x", "999999999"]) } : {};
        return response(chance.pick([400, 401, 403, 404, 409, 413, 429, 500, 503]), { error }, headers);
      }
      default:
        return response(status, spoiled(chance, answer));
    }
  }

  /** What becomes of one PUT. */
  store() {
    const { chance } = this;
    if (!chance.percent(this.hostility / 2)) return { status: 200, headers: 'etag: "1"\r\n' };
    switch (chance.below(6)) {
      case 0:
        return "hang";
      case 1:
        return "lost";
      case 2:
        return "refused";
      case 3:
        return { status: 200, headers: `etag: ${"x".repeat(5_000)}\r\nx-amz-checksum-crc64nvme: ${chance.pick(["", "AAAAAAAAAAA=", "no"])}\r\n` };
      default: {
        const code = chance.pick(["SlowDown", "AccessDenied", "NoSuchUpload", "BadDigest", "x".repeat(9_000), "<b>"]);
        const message = chance.pick(["", "Request has expired", "https://bucket.test/?X-Amz-Signature=secret", LONG]);
        const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
        return { status: chance.pick([301, 400, 403, 404, 409, 412, 500, 503]), body, headers: "retry-after: 999999999\r\n" };
      }
    }
  }
}

function routeOf(method, id, verb) {
  if (id === undefined) return method === "POST" ? "create" : "records";
  if (id === "status") return "status";
  if (method === "DELETE") return "abort";
  if (verb === "content" || verb === "complete") return verb;
  if (verb === "parts") return method === "POST" ? "sign" : "parts";
  return "record";
}

const json = (value) => {
  try {
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? 5 : inner));
  } catch {
    return "{";
  }
};

function response(status, value, headers = {}) {
  const empty = [204, 205, 304].includes(status) || value === undefined;
  const body = empty ? null : typeof value === "string" ? value : json(value);
  return new Response(body, { status, headers });
}

/** Bodies that are no JSON, or too much of it. */
function text(chance, answer) {
  const whole = json(answer) ?? "";
  return chance.pick([
    () => whole.slice(0, chance.below(whole.length + 1)),
    () => "<!doctype html><title>Log in</title>",
    () => "",
    () => "\u0000",
    () => "[".repeat(100_000),
    () => `{"uploads":[${"{},".repeat(100_000)}{}]}`,
    () => `"${LONG.repeat(3)}"`,
    () => `${whole}${whole}`,
  ])();
}
