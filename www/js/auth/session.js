// One signed-in person: an access token, and how to renew it. Tokens live in memory only, so that nothing
// on disk can leak them; a reload asks for a new sign-in.

/** A token is renewed this long before it ends, in milliseconds. */
const EARLY_MS = 60_000;

/**
 * A session over `grant` = `{accessToken, expiresInMs?, refresh?}`, where `refresh()` resolves to the next
 * grant, or rejects; an error marked `temporary` may pass. `onEnd` is called when the token can no longer be
 * renewed.
 */
export class Session {
  #grant;
  #endsAt;
  #renewal;
  #onEnd;

  constructor(name, grant, onEnd) {
    this.name = name;
    this.#onEnd = onEnd;
    this.#take(grant);
  }

  /** Replaces an ended grant after the same person has signed in again. */
  renewWith(grant) {
    this.#take(grant);
  }

  /** The access token; a fresh one when the old is ending or was refused. */
  async token({ reason } = {}) {
    const ending = performance.now() > this.#endsAt - EARLY_MS;
    // A refusal may not be readable here, so an ended token counts as refused.
    const refused = reason === "unauthorized" || performance.now() > this.#endsAt;
    // A token that cannot be renewed is used until then.
    if (!refused && !(ending && this.#grant.refresh)) return this.#grant.accessToken;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew() {
    try {
      if (!this.#grant.refresh) throw new Error("The session has ended and cannot be renewed.");
      this.#take(await this.#grant.refresh());
      return this.#grant.accessToken;
    } catch (error) {
      if (!error.temporary) this.#onEnd();
      throw error;
    }
  }

  #take(grant) {
    this.#grant = grant;
    this.#endsAt = performance.now() + (grant.expiresInMs ?? Number.POSITIVE_INFINITY);
  }
}

/** An error that may pass by itself: it does not end a session. */
export function temporary(sentence, cause) {
  return Object.assign(new Error(sentence, { cause }), { temporary: true });
}

/** The claims of a JWT, unchecked: to show a name and to know when it ends, nothing else. */
export function claimsOf(token) {
  try {
    const payload = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const raw = Uint8Array.from(atob(payload), (digit) => digit.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(raw));
    return claims && typeof claims === "object" ? claims : {};
  } catch {
    return {};
  }
}
