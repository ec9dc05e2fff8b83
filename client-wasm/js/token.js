// The application's JWT: asked for once at a time, kept in memory only, never in a message or a log.
import { now } from "./clock.js";
import { deferred } from "./values.js";

/** Where the token comes from, and the last one. */
export class TokenSource {
  /** The value of the `authorization` header. */
  header;
  /** What the application's function threw last. */
  failure;
  #provider;
  #timeoutMs;
  #expires;
  #pending;
  #limit;

  /** Without `provider` there is no token, and none is missed. */
  constructor(provider, timeoutMs) {
    this.#provider = provider;
    this.#timeoutMs = timeoutMs;
  }

  /** Asks the application, or waits with those who ask already. Gives how long the token lives (`NaN` if
   * nobody knows), or undefined if there is none. Never rejects. */
  async ask(reason) {
    if (!this.#provider) return NaN;
    this.#pending ??= this.#start(reason).finally(() => (this.#pending = undefined));
    if (!(await this.#pending)) return undefined;
    return this.#expires === undefined ? NaN : Math.max(0, this.#expires - now());
  }

  /** Ends a wait for the application, and forgets the token. */
  close() {
    this.#limit?.reject(new Error("the client was closed"));
    this.header = undefined;
  }

  async #start(reason) {
    try {
      this.#keep(await this.#call(reason));
      return true;
    } catch (thrown) {
      this.failure = thrown;
      return false;
    }
  }

  async #call(reason) {
    const answer = this.#provider(Object.freeze({ reason }));
    this.#limit = deferred();
    const late = () => this.#limit.reject(new Error("`token` gave no token in time"));
    const timer = setTimeout(late, this.#timeoutMs);
    try {
      return await Promise.race([answer, this.#limit.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #keep(answer) {
    // Some libraries give the whole header.
    const text = typeof answer === "string" ? answer.trim().replace(/^(?:bearer(?:\s+|$))+/i, "") : "";
    if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError("`token` must give a JWT as a string, and nothing else");
    const life = lifeMs(text);
    this.header = `Bearer ${text}`;
    this.#expires = life && now() + life;
    this.failure = undefined;
  }
}

/** How long a JWT lives from now, as far as it can be told on a machine whose clock may be wrong: never
 * longer than from `iat` to `exp`, and unknown when it seems over at the moment when it was given. */
function lifeMs(token) {
  try {
    const { exp, iat } = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    const left = exp * 1000 - Date.now();
    const life = Number.isFinite(iat) ? Math.min(left, (exp - iat) * 1000) : left;
    return life > 0 ? life : undefined;
  } catch {
    return undefined;
  }
}
