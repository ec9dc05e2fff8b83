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
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  /** Asks one route of the engine's. Gives `{status, body, retryAfterMs}`, or undefined; never rejects. */
  ask(route, id, body, signal) {
    const [method, path] = ROUTES[route];
    return this.call(method, path(id), body, signal);
  }

  /** Nothing but the token identifies the caller, and the token goes to no other address. */
  async call(method, path, body, signal) {
    const headers = {};
    if (this.token.header) headers.authorization = this.token.header;
    if (body) headers["content-type"] = "application/json";
    try {
      const response = await fetch(`${this.base}/uploads${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        signal,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
      const answer = { status: response.status, retryAfterMs: retryAfter(response.headers.get("retry-after")) };
      // A connection that is lost within the body is a lost connection.
      const text = await response.text();
      try {
        answer.body = JSON.parse(text);
      } catch {
        // No JSON: the module says what that means.
      }
      return answer;
    } catch {
      return undefined;
    }
  }
}
