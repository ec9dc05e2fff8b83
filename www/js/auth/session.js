// The session of one person: an access token and its renewal. Tokens are kept in memory only, so that nothing
// on disk can leak them; after a reload the person signs in again.

import { problem } from "./problem.js";

/** How long before its expiry a token is renewed, in milliseconds; of a short life at most the last quarter. */
const EARLY_MS = 60_000;

/**
 * A session over `grant` = `{accessToken, expiresInMs?, refresh?, revoke?}`, where `refresh()` resolves to the next
 * grant, or rejects; an error marked `temporary` may pass. `onEnd` is called with the error when the token can no longer
 * be renewed.
 */
export class Session {
  #grant;
  #taken;
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
    const canRenew = this.#grant.refresh !== undefined;
    // Without CORS headers a 401 cannot be read, so the client takes calls without an answer for a refusal, too. A token
    // that is valid and cannot be renewed is kept: no other would be accepted where it is not.
    const due = canRenew ? reason === "unauthorized" || this.#left < this.#early : this.#left < 0;
    if (!due) return this.#grant.accessToken;
    // One at a time: where refresh tokens are rotated, a second use of one ends the session.
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Ends it at the issuer as well, if that is possible; the person need not wait for it. */
  async end() {
    // A renewal on its way brings the token that is to be revoked.
    await this.#renewal?.catch(() => {});
    await this.#grant.revoke?.().catch((error) => console.warn(`sign-out: ${error.message}`));
  }

  async #renew() {
    const used = this.#grant;
    try {
      if (!used.refresh) throw problem("Your session has ended. Sign in again to go on.");
      const next = await used.refresh();
      // A sign-in that came between is newer.
      if (this.#grant === used) this.#take(next);
      return this.#grant.accessToken;
    } catch (error) {
      if (this.#grant !== used) return this.#grant.accessToken;
      // A token outlives an issuer that fails for a while.
      if (error.temporary && this.#left > 0) return used.accessToken;
      if (!error.temporary) this.#onEnd(error);
      throw error;
    }
  }

  #take(grant) {
    this.#grant = grant;
    this.#taken = { monotonic: performance.now(), wall: Date.now() };
  }

  get #life() {
    return this.#grant.expiresInMs ?? Number.POSITIVE_INFINITY;
  }

  get #early() {
    return Math.min(EARLY_MS, this.#life / 4);
  }

  /** Milliseconds until the token expires. Some browsers stop the monotonic clock while the computer sleeps. */
  get #left() {
    const { monotonic, wall } = this.#taken;
    return this.#life - Math.max(performance.now() - monotonic, Date.now() - wall);
  }
}
