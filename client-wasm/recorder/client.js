// The client of a recorder: the page's, or one of its own, which is loaded when it is first needed.

/** @import { Warning } from "../npm/api.d.ts" */
/** @import { LiveClient } from "../npm/live.d.ts" */
/** @import { CrowflyRecorder } from "./recorder.js" */

export class Opener {
  /** @type {{ own: boolean, client: Promise<LiveClient> } | undefined} */
  #opened;

  /** @param {CrowflyRecorder} host
   * @param {(warning: Warning) => void} warn */
  constructor(host, warn) {
    this.host = host;
    this.warn = warn;
  }

  /** The client, which is made if there is none. */
  open() {
    if (this.#opened) return this.#opened.client;
    const opened = (this.#opened = { own: !this.host.client, client: this.#make() });
    opened.client.catch(() => {
      if (this.#opened === opened) this.#opened = undefined;
    });
    return opened.client;
  }

  async #make() {
    const { client, api, token, credentials } = this.host;
    if (client) {
      if (typeof client.uploadLive === "function") return client;
      throw unset("`client` must be one of crowfly/live: this one has no `uploadLive`");
    }
    if (!api) throw unset("it needs `api` or `client`");
    const { createClient } = await import("../npm/live.js").catch((error) => {
      throw Object.assign(error, { code: "wasm_unavailable" });
    });
    const options = /** @type {unknown} */ ({
      ...{ api, credentials: credentials || (token ? undefined : "same-origin"), onWarning: this.warn },
      // The latest one counts.
      ...(token && { token: (/** @type {Parameters<typeof token>[0]} */ request) => (this.host.token ?? token)(request) }),
    });
    return createClient(/** @type {Parameters<typeof createClient>[0]} */ (options));
  }

  /** Uses another one next. One of the recorder's own is closed, unless something runs with it.
   * @param {boolean} [runs] */
  leave(runs) {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened?.own && !runs) opened.client.then((client) => client.close(), () => {});
  }
}

/** @param {string} why */
const unset = (why) => Object.assign(new Error(`<crowfly-recorder>: ${why}`), { code: "notSetUp" });
