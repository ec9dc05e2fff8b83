// Reads what the journal holds. Another version, another script of the page or a broken disk may have written it.
import { isHandle } from "./options.js";
import { STAMP } from "./owner.js";
import { attempt } from "./values.js";

const CHECKSUM = /^[A-Za-z\d+/]{11}=$/;
const text = (value) => typeof value === "string";
const optional = (test) => (value) => value === undefined || test(value);
const integer = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
const oneOf = (...words) => (value) => words.includes(value);
const checksum = (value) => text(value) && CHECKSUM.test(value);

const MOMENT = integer(0, Number.MAX_SAFE_INTEGER);

/** What each field of an upload's entry must be. */
const FIELDS = {
  owner: text,
  savedAt: MOMENT,
  cancelled: optional((value) => typeof value === "boolean"),
  name: (value) => text(value) && value !== "",
  size: integer(0, Number.MAX_SAFE_INTEGER),
  type: text,
  sample: checksum,
  crc64nvme: optional(checksum),
  checksum: optional(oneOf("crc64nvme", "none")),
  requireVerified: optional((value) => typeof value === "boolean"),
  visibility: optional(oneOf("private", "public")),
  priority: optional(integer(-1_000, 1_000)),
  metadata: optional((value) => typeof value === "object" && value && Object.values(value).every(text)),
  handle: optional(isHandle),
};

/** Whether an entry of the journal is an upload's, or the stamp of a client, with all fields as they were written. */
export function isSaved(core, entry) {
  return attempt(() => {
    if (!text(entry.id)) return false;
    if (entry.id.startsWith(STAMP)) return MOMENT(entry.savedAt);
    return core.isId(entry.id) && Object.entries(FIELDS).every(([name, right]) => right(entry[name]));
  }) === true;
}
