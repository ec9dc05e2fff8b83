const UNITS = ["B", "kB", "MB", "GB", "TB"];
const REJECTED = {
  too_large: "larger than 5 GB",
  type_not_accepted: "not a type that is taken",
  too_many: "one file too many",
  empty_folder: "holds nothing to send",
  system_file: "a file of the operating system, left out",
  unreadable: "could not be read",
};

/** A size for people, such as `3.4 MB`. */
export function size(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${UNITS[power]}`;
}

/** How far everything is. */
export function summary({ uploads, active, failed, sent, total, bytesPerSecond }) {
  if (uploads === 0) return "No uploads yet";
  const rate = active > 0 ? `, ${size(bytesPerSecond)} a second` : "";
  return `${uploads - active - failed} of ${uploads} done, ${size(sent)} of ${size(total)}${rate}${failed > 0 ? `, ${failed} failed` : ""}`;
}

/** Why something was left out. */
export function reason({ path, code }) {
  return `${path}: ${REJECTED[code]}`;
}

/** What can be done about an upload, by its state: the name of the function and the word of the button. */
export function actions(state) {
  if (state === "failed") return [["retry", "Retry"], ["forget", "Remove"]];
  if (state === "paused") return [["resume", "Resume"], ["abort", "Cancel"]];
  if (["stored", "processed", "aborted"].includes(state)) return [["forget", "Remove"]];
  return [["pause", "Pause"], ["abort", "Cancel"]];
}
