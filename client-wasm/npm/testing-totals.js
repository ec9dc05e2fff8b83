// Sums over the uploads of a snapshot.
import { frozen } from "./testing-values.js";

/** @import { Totals, UploadSnapshot, UploadState } from "./testing.d.ts" */

/** @param {readonly UploadSnapshot[]} uploads
 * @returns {Totals} */
export function totalsOf(uploads) {
  const count = (/** @type {UploadState[]} */ ...states) => uploads.filter(({ state }) => states.includes(state)).length;
  const counted = uploads.filter(({ state }) => state !== "failed" && state !== "aborted").map(({ progress }) => progress);
  const sum = (/** @type {"sent" | "confirmed" | "total" | "bytesPerSecond"} */ what) =>
    counted.reduce((total, progress) => total + progress[what], 0);
  const [sent, total, bytesPerSecond] = [sum("sent"), sum("total"), sum("bytesPerSecond")];
  return frozen({
    uploads: uploads.length,
    active: count("queued", "hashing", "uploading", "paused", "waiting"),
    stored: count("stored", "processed"),
    failed: count("failed"),
    aborted: count("aborted"),
    sent,
    confirmed: sum("confirmed"),
    total,
    bytesPerSecond,
    etaMs: bytesPerSecond > 0 ? Math.round(((total - sent) * 1_000) / bytesPerSecond) : undefined,
  });
}
