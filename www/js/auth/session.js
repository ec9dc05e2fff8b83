// The session of one person: an access token and its renewal. Tokens are kept in memory only, so that nothing
// on disk can leak them; after a reload the person signs in again.

/** How long before its expiry a token is renewed, in milliseconds. */
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

  /** Replaces an expired grant after the same person has signed in again. */
  renewWith(grant) {
    this.#take(grant);
  }

  /** The access token; renewed when it is about to expire or was refused. */
  async token({ reason } = {}) {
    const ending = performance.now() > this.#endsAt - EARLY_MS;
    // Without CORS headers a 401 cannot be read here, so an expired token counts as refused.
    const refused = reason === "unauthorized" || performance.now() > this.#endsAt;
    // A token that cannot be renewed is used until it expires.
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

/** An error that may pass by itself and does not end the session. */
export function temporary(sentence, cause) {
  return Object.assign(new Error(sentence, { cause }), { temporary: true });
}

/** The unverified claims of a JWT: to display the name and to know the expiry, nothing else. */
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
