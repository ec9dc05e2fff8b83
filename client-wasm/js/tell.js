// From the engine's events to what the application sees.
import { uploadError } from "./error.js";

const RESTARTED =
  "storage had let go of the parts of this upload, for instance because it lay unfinished for days; it " +
  "begins anew";

const UNVERIFIED =
  "storage has stored a file, but it states no checksum of it that could be compared: whether it holds the very " +
  "bytes is not proved, and `verified` is false; `requireVerified: true` makes such uploads fail";

/** Tells the application what the engine says. */
export function tell(driver, { event, upload, read, value }) {
  const { store } = driver;
  if (event === "read") return driver.endRead(read, value, value && causeOf(driver, value));
  const entry = store.find(upload);
  if (!entry) return;
  if (event === "progress") store.touchInFrame();
  else if (event !== "unprocessed" && event !== "restarted" && event !== "unverified") store.touch();
  switch (event) {
    case "state":
      return entry.setState(value);
    case "progress":
      return entry.setProgress(value);
    case "stored":
      return entry.resolve(value);
    case "failed":
      return entry.fail(failureOf(driver, value));
    case "aborted":
      return entry.rejectAborted();
    case "processed":
      return entry.resolveProcessed(value);
    case "unprocessed":
      return entry.rejectProcessed(failureOf(driver, value));
    case "unverified":
      return driver.warn("unverified", UNVERIFIED, upload);
    case "restarted":
      return driver.warn("restarted", RESTARTED, upload);
  }
}

function failureOf(driver, failure) {
  return uploadError(failure, causeOf(driver, failure));
}

const causeOf = (driver, { code }) => (code === "token_provider" ? driver.token.failure : undefined);
