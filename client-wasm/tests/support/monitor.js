// What must hold of every promise and error of the SDK, whatever a server says.

import { errorCodes } from "./world.js";

/** Watches promises: each must settle in time, in a right form. */
export class Monitor {
  constructor(isUploadError) {
    this.isUploadError = isUploadError;
    this.violations = [];
    this.open = new Set();
    this.heard = (event) => this.violate(`${event.type}: ${event.message ?? shown(event.reason)}`);
    for (const name of ["error", "unhandledrejection"]) addEventListener(name, this.heard);
  }

  violate(what) {
    if (this.violations.length < 20) this.violations.push(what);
  }

  /** Watches one promise; resolves when it has settled, never rejects. */
  watch(what, promise, reasons = []) {
    this.open.add(what);
    const over = () => void this.open.delete(what);
    return promise.then(over, (error) => {
      over();
      if (reasons.includes(error)) return;
      if (error?.name === "AbortError") return;
      if (!this.isUploadError(error)) return this.violate(`${what} rejected with ${shown(error)}`);
      this.check(what, error);
    });
  }

  check(what, error) {
    const { code, message, path = "", storage } = error;
    if (!errorCodes.includes(code) && code !== "unknown") this.violate(`${what}: code ${code}`);
    if (["aborted", "locked"].includes(code) && !what.endsWith("attach")) this.violate(`${what}: code ${code}`);
    const texts = [message, path, storage?.code ?? "", storage?.message ?? "", error.requestId ?? ""];
    for (const text of texts) {
      if (typeof text !== "string" || text.length > 700) this.violate(`${what}: a text of ${text?.length}`);
      if (/secret/.test(text)) this.violate(`${what}: a secret in ${code}`);
    }
    if (!message.trim()) this.violate(`${what}: no message with ${code}`);
  }

  close() {
    for (const name of ["error", "unhandledrejection"]) removeEventListener(name, this.heard);
  }
}

function shown(value) {
  try {
    return `${value?.name ?? typeof value}: ${value?.message ?? String(value)}`.slice(0, 300);
  } catch {
    return "a value that cannot be shown";
  }
}
