// The application's own backend: five functions in place of the API, with the same bodies and answers.
import { attempt } from "./values.js";

/** As `Api`, by the application's functions. */
export class Signer {
  constructor(functions) {
    this.functions = functions;
  }

  /** Asks one route of the engine's; `text` is the body as JSON. Gives `{status, body, retryAfterMs}`, or undefined; never rejects. */
  async ask(route, id, text, signal) {
    try {
      const body = text && JSON.parse(text);
      const given = route === "create" ? [body] : route === "parts" || route === "abort" ? [id] : [id, body];
      const answer = await this.functions[route](...given, signal);
      if (route === "abort") return { status: 204 };
      const working = route === "complete" && answer && !("key" in answer) && "retryAfterMs" in answer;
      return { status: working ? 202 : 200, body: answer };
    } catch (thrown) {
      return attempt(() => thrownRefusal(thrown));
    }
  }
}

/** What an exception says, if it says anything: without a status it is a lost connection. */
function thrownRefusal(thrown) {
  const { status, code, message, retryAfterMs } = Object(thrown);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const error = { code: String(code), message: String(message ?? ""), requestId: "" };
  const wait = Number.isInteger(retryAfterMs) && retryAfterMs >= 0 ? retryAfterMs : undefined;
  return { status, body: code === undefined ? { message: error.message } : { error }, retryAfterMs: wait };
}
