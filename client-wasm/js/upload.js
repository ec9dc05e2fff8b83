// The handle of one upload, as `api.d.ts` describes it.
import { uploadError } from "./error.js";
import { bind, listen } from "./values.js";

/** One upload. It is no promise: its `done` is. */
export class Upload {
  #driver;
  #entry;

  constructor(driver, entry) {
    this.#driver = driver;
    this.#entry = entry;
    bind(this, "processed pause resume abort retry");
  }

  get id() {
    return this.#entry.id;
  }

  get state() {
    return this.#entry.state;
  }

  get progress() {
    return this.#entry.progress;
  }

  get done() {
    return this.#entry.done.promise;
  }

  processed() {
    if (this.#driver.settings.signer) {
      const message = "records need the API of a Crowfly stack; a `signer` has none";
      return Promise.reject(uploadError({ code: "unsupported", phase: "process", message }));
    }
    return this.#entry.processed(() => this.#driver.ask("process", this.#entry));
  }

  pause() {
    this.#driver.ask("pause", this.#entry);
  }

  resume() {
    this.#driver.ask("resume", this.#entry);
  }

  abort(reason) {
    abortFor(this.#driver, this.#entry, reason);
  }

  retry() {
    const [driver, entry] = [this.#driver, this.#entry];
    // The engine may not have heard of the last one yet.
    if (entry.state !== "failed" || entry.renewed || driver.closed) return;
    entry.renew();
    const open = heed(driver, entry);
    driver.ask("retry", entry);
    if (!open) driver.ask("abort", entry);
  }
}

/** Heeds the upload's signal, if there is one; false if it has fired already. */
export function heed(driver, entry) {
  const { signal } = entry.given;
  if (!signal) return true;
  if (signal.aborted) {
    entry.setReason(signal.reason);
    return false;
  }
  entry.listen(listen(signal, ["abort"], () => abortFor(driver, entry, signal.reason)));
  return true;
}

function abortFor(driver, entry, reason) {
  // The reason belongs to the abort that counts: one that comes after the end changes nothing.
  if (entry.final) return;
  entry.setReason(reason);
  driver.ask("abort", entry);
  if (entry.state !== "failed") return;
  // Of one that failed before the server heard of it the engine has nothing to cancel.
  driver.feed(() => {
    if (entry.state !== "failed" || driver.closed) return;
    driver.keeper?.erase(entry.id);
    endUnheard(driver, entry);
  });
}

/** Ends an upload of which the engine, or the server, has not heard. */
export function endUnheard(driver, entry, error) {
  entry.setState(error ? "failed" : "aborted");
  if (error) entry.fail(error);
  else entry.rejectAborted();
  driver.store.touch();
  driver.store.notify();
}
