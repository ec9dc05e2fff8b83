// What the client did about trouble, counted from the events that it gives to `onEvent`.

/** Counts what the client repeats, and says when uploads that were hurt go on. */
export class Recovery {
  retries = 0;
  resent = 0;
  /** Milliseconds from the end of trouble, or without a switch from its beginning, until storage took a part of each upload that
   * was hurt; undefined before the first time. */
  tookMs = undefined;
  #hurt = new Set();
  #since = undefined;
  #trouble = false;

  /** Takes one event of the client at a moment in milliseconds. Returns `"retry"` or `"recovered"` if it was one. */
  take({ type, phase, upload }, now) {
    switch (type) {
      case "retried":
        this.retries += 1;
        if (phase === "send") this.resent += 1;
        this.#hit(upload, now);
        return "retry";
      case "waiting":
        this.#hit(upload, now);
        return undefined;
      case "part":
        // In the middle of trouble, one part more is no recovery.
        if (!this.#trouble) this.#hurt.delete(upload);
        return this.#ended(now);
      case "verified":
      case "unverified":
      case "failed":
        this.forget(upload);
        return this.#ended(now);
      default:
        return undefined;
    }
  }

  /** Says that trouble is made from now on, or no more. */
  trouble(on, now) {
    this.#trouble = on;
    if (!on && this.#since !== undefined) this.#since = now;
    return this.#ended(now);
  }

  /** An upload that was cancelled recovers from nothing. */
  forget(upload) {
    this.#hurt.delete(upload);
  }

  #hit(upload, now) {
    this.#hurt.add(upload);
    this.#since ??= now;
  }

  #ended(now) {
    if (this.#trouble || this.#since === undefined || this.#hurt.size > 0) return undefined;
    this.tookMs = now - this.#since;
    this.#since = undefined;
    return "recovered";
  }
}
