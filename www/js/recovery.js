// What the client did about trouble, counted from the events that it gives to `onEvent`.

/** Counts what the client repeats, and says when everything that was hurt goes on again. */
export class Recovery {
  retries = 0;
  resent = 0;
  /** Milliseconds of the last recovery; undefined before the first. */
  tookMs = undefined;
  #hurt = new Set();
  #since = undefined;
  #trouble = false;

  /** Takes one event of the client at a moment in milliseconds. Returns `"retry"` or `"recovered"` if it was one. */
  take(event, now) {
    const key = `${event.upload}/${event.number ?? ""}`;
    switch (event.type) {
      case "retried":
        this.retries += 1;
        if (event.phase === "send") this.resent += 1;
        this.#hit(key, now);
        return "retry";
      case "waiting":
        this.#hit(`${event.upload}/`, now);
        return undefined;
      case "part":
        this.#hurt.delete(key);
        return this.#ended(now);
      case "resumed":
        this.#hurt.delete(`${event.upload}/`);
        return this.#ended(now);
      case "verified":
      case "unverified":
      case "failed":
        this.forget(event.upload);
        return this.#ended(now);
      default:
        return undefined;
    }
  }

  /** Says that trouble is made from now on, or no more: what goes on in the middle of it has not recovered from it. */
  trouble(on, now) {
    this.#trouble = on;
    if (!on && this.#since !== undefined) this.#since = now;
    return this.#ended(now);
  }

  /** An upload that was cancelled recovers from nothing. */
  forget(upload) {
    for (const key of this.#hurt) if (key.startsWith(`${upload}/`)) this.#hurt.delete(key);
  }

  #hit(key, now) {
    this.#hurt.add(key);
    this.#since ??= now;
  }

  #ended(now) {
    if (this.#trouble || this.#since === undefined || this.#hurt.size > 0) return undefined;
    this.tookMs = now - this.#since;
    this.#since = undefined;
    return "recovered";
  }
}
