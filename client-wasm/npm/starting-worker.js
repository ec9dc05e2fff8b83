// A worker that starts in the first of several ways that works.
import { fallback } from "./module.js";
import { policyWatch } from "./policy.js";

/** @import { Cause } from "./fallback.js" */

/** One way to a worker: `start` gives it, `url` is where its script is, if that is known, `failed` is told why it could
 * not be started.
 * @typedef {object} Way
 * @property {() => Worker | Promise<Worker>} start
 * @property {URL | undefined} [url]
 * @property {(why: Cause) => void} [failed] */

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
      /** @type {Cause | undefined} */
      const cause = await fallback().then(
        ({ workerCause }) => workerCause(error, policy, way.url),
        () => undefined,
      );
      if (this.#ended) return;
      if (cause) way.failed?.(cause);
      this.#causes.push(cause?.text ?? "it did not start");
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
