// The routes that read records. When an attempt goes out, and when no other follows, is the engine's.
import { closed, uploadError } from "./error.js";
import { deferred } from "./values.js";

const SAY = {
  network: "the API could not be reached; if it should be, check that it allows this page's origin",
  bad_response: "the API answered with something that is not its contract; check the `api` address",
  token_provider: "the `token` function gave no token",
};

/** Reads `/uploads` with `path` as `route` ("records", "record" or "content") says. */
export async function readRoute(driver, route, path) {
  if (driver.settings.signer) {
    const message = "reading records needs the API of a Crowfly stack; a `signer` has none";
    throw uploadError({ code: "unsupported", phase: "read", message });
  }
  if (driver.closed) throw closed("read");
  const read = new Read(route, path);
  driver.read(read);
  return read.done.promise;
}

/** One read: its route, and what became of it. */
export class Read {
  done = deferred();
  #value;

  constructor(route, path) {
    Object.assign(this, { route, path });
  }

  /** Whether an answer is the contract's; what it says is kept. */
  take(core, answer) {
    this.#value = answer?.status === 200 ? core.read(this.route, answer.body) : undefined;
    return this.#value !== undefined;
  }

  /** Ends with what was kept, or with a failure of the engine. */
  end(failure, cause) {
    if (!failure) return this.done.resolve(this.#value);
    if (failure.code === "closed") return this.done.reject(closed("read"));
    const message = failure.message || SAY[failure.code];
    return this.done.reject(uploadError({ ...failure, message }, cause));
  }
}
