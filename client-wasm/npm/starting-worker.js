// A worker that starts in the first of several ways that works.
import { Cause, copyOf, place } from "./module.js";
import { policyWatch } from "./policy.js";

/** @import { Data, Thrown } from "./module.js" */
/** @import { PolicyWatch } from "./policy.js" */

/** One way to a worker: `start` gives it, `url` is where its script is, if that is known, `failed` is told why it could
 * not be started.
 * @typedef {object} Way
 * @property {() => Worker | Promise<Worker>} start
 * @property {URL | undefined} [url]
 * @property {(why: Cause) => void} [failed] */

/** The part of Trusted Types that is used; a `TrustedScriptURL` counts as text. https://www.w3.org/TR/trusted-types/
 * @typedef {{ createScriptURL: (text: string) => string }} Policy
 * @typedef {{ trustedTypes?: { createPolicy: (name: string, policy: Policy) => Policy } }} TrustedTypes */

const COPY = "have worker.js of the package served there as JavaScript";
const ALLOW = "allow it in worker-src ('self', and blob: for the inlined copy)";
const TRUSTED = "allow the Trusted Types policy crowfly (trusted-types crowfly)";
const UNSAID =
  "its script could not be loaded (it is missing, is no JavaScript, or lacks the page's Cross-Origin-Embedder-Policy)";

/** As a `Worker`. What is posted is kept until the worker has answered once, for the next way to get it too; an
 * `error` event comes when no way is left, its message saying why. */
export class StartingWorker extends EventTarget {
  /** @type {Way[]} */
  #ways;
  /** @type {(() => void) | undefined} */
  #started;
  /** @type {string[]} */
  #causes;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {unknown[] | undefined} */
  #kept = [];
  #ended = false;

  /** @param {Way[]} ways
   * @param {() => void} [started] called once one has answered
   * @param {Cause} [cause] why a way before these is not tried any more */
  constructor(ways, started, cause) {
    super();
    this.#ways = ways;
    this.#started = started;
    this.#causes = cause ? [cause.text] : [];
    this.#next();
  }

  /** @param {unknown} message */
  postMessage(message) {
    this.#kept?.push(message);
    this.#worker?.postMessage(message);
  }

  terminate() {
    this.#ended = true;
    this.#worker?.terminate();
  }

  async #next() {
    const way = this.#ways.shift();
    if (!way) return this.#fail(this.#causes.join("; its inlined copy neither: "));
    const policy = policyWatch("worker-src");
    /** @type {Worker | undefined} */
    let worker;
    try {
      worker = await way.start();
      const answer = await this.#first(worker);
      this.#go(worker, answer);
      this.#started?.();
    } catch (error) {
      this.#worker = undefined;
      worker?.terminate();
      const cause = await whyNot(error, policy, way.url);
      if (this.#ended) return;
      way.failed?.(cause);
      this.#causes.push(cause.text);
      this.#next();
    } finally {
      policy.end();
    }
  }

  /** Hands a worker what was posted so far; resolves with its first message, and rejects if it has none.
   * @param {Worker} worker
   * @returns {Promise<unknown>} */
  #first(worker) {
    return new Promise((resolve, reject) => {
      /** @template {keyof WorkerEventMap} Name
       * @param {Name} name
       * @param {(event: WorkerEventMap[Name]) => void} hear */
      const listen = (name, hear) => worker.addEventListener(name, hear, { once: true });
      listen("message", (/** @type {MessageEvent<{ failed?: true }>} */ { data }) =>
        data.failed ? reject(new Error("it cannot use the module")) : resolve(data),
      );
      listen("messageerror", () => reject(new Error("it cannot be sent the module")));
      listen("error", (event) => {
        event.preventDefault();
        reject(event);
      });
      this.#worker = worker;
      for (const message of this.#kept ?? []) worker.postMessage(message);
      if (this.#ended) worker.terminate();
    });
  }

  /** @param {Worker} worker
   * @param {unknown} answer */
  #go(worker, answer) {
    this.#kept = undefined;
    /** @param {unknown} data */
    const pass = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
    worker.addEventListener("message", ({ data }) => pass(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(`it broke (${event.message})`);
    });
    pass(answer);
  }

  /** @param {string} message */
  #fail(message) {
    this.dispatchEvent(new ErrorEvent("error", { message, cancelable: true }));
  }
}

/** Starts the worker of the copy that `data` imports.
 * @param {Data} data
 * @returns {Promise<Worker>} */
export async function blobWorker(data) {
  const { worker } = await copyOf(data);
  const url = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
  try {
    return new Worker(trusted(url), { type: "module", name: "crowfly" });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @type {Policy | undefined} */
let policy;

/** The address in the form in which a page that enforces Trusted Types takes it.
 * @param {string} url */
function trusted(url) {
  try {
    policy ??= /** @type {TrustedTypes} */ (globalThis).trustedTypes?.createPolicy("crowfly", {
      createScriptURL: (text) => text,
    });
  } catch {
    // This policy is not allowed; the page may not enforce any.
  }
  return policy?.createScriptURL(url) ?? url;
}

/** Why a worker did not start.
 * @param {unknown} error what was thrown, or its `error` event
 * @param {PolicyWatch} policy
 * @param {URL | undefined} url */
async function whyNot(error, policy, url) {
  if (await policy.refused()) return new Cause("the page's content security policy refused the worker", ALLOW);
  if (error instanceof Cause) return error;
  if (error instanceof TypeError && /TrustedScriptURL/.test(error.message)) {
    return new Cause("the page's Trusted Types refused the worker's address", TRUSTED);
  }
  // Without what may be secret in an address.
  const said = /** @type {Thrown} */ (error)?.message?.replace(/[?#][^\s'"]*/g, "");
  if (said) return new Cause(`the worker did not start (${said})`, "");
  return scriptOf(url);
}

/** What is wrong with the script of a worker: its `error` event does not say.
 * @param {URL | undefined} url */
async function scriptOf(url) {
  const response = url && (await fetch(url).catch(() => undefined));
  if (!response) return new Cause(UNSAID, COPY);
  const type = response.headers.get("content-type")?.split(";")[0] || "no content type";
  const at = `${place(url)} was answered with`;
  if (!response.ok) return new Cause(`${at} status ${response.status}`, COPY);
  if (type === "text/html") return new Cause(`${at} a page (HTML) in place of the worker's script`, COPY);
  if (!/(java|ecma)script/.test(type)) return new Cause(`${at} ${type} in place of JavaScript`, COPY);
  if (globalThis.crossOriginIsolated && !response.headers.has("cross-origin-embedder-policy")) {
    return new Cause(`${at.replace("was answered with", "has")} no Cross-Origin-Embedder-Policy, as the page has`, "add it");
  }
  return new Cause(UNSAID, COPY);
}
