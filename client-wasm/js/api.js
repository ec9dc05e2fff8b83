// The API: one HTTP call at a time. An answer of any status is an answer; only the lack of one is none.

const ROUTES = {
  create: ["POST", () => ""],
  status: ["POST", () => "/status"],
  sign: ["POST", (id) => `/${id}/parts`],
  parts: ["GET", (id) => `/${id}/parts`],
  complete: ["POST", (id) => `/${id}/complete`],
  abort: ["DELETE", (id) => `/${id}`],
};

/** Seconds; the form with a date needs a clock that can be trusted, so it is left. */
export function retryAfter(text) {
  const bare = text?.trim() ?? "";
  return /^\d{1,9}$/.test(bare) ? Number(bare) * 1000 : undefined;
}

/** The API of a Crowfly stack. */
export class Api {
  constructor(core, base, token) {
    Object.assign(this, { core, base, token });
  }

  /** Asks one route of the engine's; `body` is JSON text. Gives `{status, body, retryAfterMs}`, or undefined; never rejects. */
  ask(route, id, body, signal) {
    const [method, path] = ROUTES[route];
    return this.call(method, path(id), body, signal);
  }

  /** One request and its answer. */
  async call(method, path, body, signal) {
    try {
      const request = this.core.request(method, `${this.base}/uploads${path}`, this.token.header, body, signal);
      const response = await fetch(request);
      const answer = { status: response.status, retryAfterMs: retryAfter(response.headers.get("retry-after")) };
      // A connection that is lost within the body is a lost connection.
      const answered = await response.text();
      try {
        answer.body = JSON.parse(answered);
      } catch {
        // No JSON: the module says what that means.
      }
      return answer;
    } catch {
      return undefined;
    }
  }
}
