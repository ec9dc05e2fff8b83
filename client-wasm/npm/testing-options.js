// The options of a client without a network: refused where the real client refuses them, so that a test finds the mistake.
import { OCTET_STREAM, invalidOption } from "./testing-values.js";

/** @import { LiveOptions } from "./live.d.ts" */
/** @import { FileHandle, TestClientOptions, UploadOptions } from "./testing.d.ts" */

const COMMON = "checksum requireVerified concurrency tokenTimeoutMs pollTimeoutMs onWarning onEvent trace resume scope";
const CLIENT = `api signer token credentials ${COMMON}`;
const OWN = "auto delayMs steps resumable records findings";
const UPLOAD = "onProgress onStateChange signal visibility metadata priority name path type checksum requireVerified";
const LIVE = `${UPLOAD} maxBytes onSourceError fixDuration persist`;
const ATTACH = "onProgress onStateChange signal";

/** @typedef {(value: unknown) => string | false | undefined} Check says what a value must be, if it is not */

/** @param {string} type
 * @param {string} must
 * @returns {Check} */
const typed = (type, must) => (value) => typeof value !== type && must;
/** @param {number} least
 * @param {number} most
 * @returns {Check} */
const integer = (least, most) => (value) =>
  !(Number.isInteger(value) && Number(value) >= least && Number(value) <= most) && `must be an integer from ${least} to ${most}`;
/** @param {string[]} words
 * @returns {Check} */
const word =
  (...words) =>
  (value) =>
    !words.includes(String(value)) && `must be ${words.map((each) => `"${each}"`).join(" or ")}`;
const FUNCTION = typed("function", "must be a function");
const FLAG = typed("boolean", "must be true or false");
const TEXT = typed("string", "must be a string");
const HOUR = integer(1, 3_600_000);

/** @type {Readonly<Record<string, Check>>} */
const CHECKS = {
  checksum: word("crc64nvme", "none"),
  credentials: word("same-origin", "include"),
  visibility: word("private", "public"),
  requireVerified: FLAG,
  trace: FLAG,
  resume: FLAG,
  auto: FLAG,
  fixDuration: FLAG,
  persist: FLAG,
  onSourceError: word("keep", "abort"),
  maxBytes: (value) => !(Number.isSafeInteger(value) && Number(value) >= 1) && "must be a number of bytes",
  concurrency: integer(1, 6),
  priority: integer(-1_000, 1_000),
  steps: integer(1, 1_000),
  limit: integer(1, 100),
  delayMs: integer(0, 3_600_000),
  tokenTimeoutMs: HOUR,
  pollTimeoutMs: HOUR,
  token: FUNCTION,
  onWarning: FUNCTION,
  onEvent: FUNCTION,
  onProgress: FUNCTION,
  onStateChange: FUNCTION,
  scope: TEXT,
  cursor: TEXT,
  path: TEXT,
  name: (value) => (typeof value !== "string" ? "must be a string" : bytes(value, 1, 1_024) && "must have 1 to 1024 bytes"),
  type: (value) =>
    typeof value !== "string"
      ? "must be a string"
      : value !== "" && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(?:;|$)/.test(value) && "must be a media type such as video/webm",
  signal: (value) =>
    typeof Object(value).aborted !== "boolean" || typeof Object(value).addEventListener !== "function"
      ? "must be an AbortSignal"
      : undefined,
  metadata,
};

/** Whether a text has fewer or more bytes of UTF-8; jsdom has no `TextEncoder`.
 * @param {string} text
 * @param {number} least
 * @param {number} most */
function bytes(text, least, most) {
  const length = [...text].reduce((sum, { length: units, [0]: first = "" }) => {
    if (units === 2) return sum + 4;
    return sum + (first < "\x80" ? 1 : first < "\u0800" ? 2 : 3);
  }, 0);
  return length < least || length > most;
}

/** @type {Check} */
function metadata(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object of strings";
  const entries = Object.entries(value);
  if (entries.some(([, text]) => typeof text !== "string")) return "must have nothing but strings as values";
  if (entries.some(([key]) => bytes(key, 1, 64))) return "must have keys of 1 to 64 bytes";
  const much = entries.length > 32 || bytes(entries.flat().join(""), 0, 2_048);
  return much && "must have at most 32 entries and 2048 bytes";
}

/** What of the options is given; `null` is absent.
 * @param {string} owner
 * @param {string} known
 * @param {unknown} options
 * @returns {Record<string, unknown>} */
function read(owner, known, options) {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") throw invalidOption(`${owner}: the options must be an object`);
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  for (const name of Object.keys(options)) {
    if (!known.split(" ").includes(name)) throw invalidOption(`${owner}: ${name} is not an option; there are ${known}`);
  }
  for (const [name, value] of given) {
    const must = CHECKS[name]?.(value);
    if (must) throw invalidOption(`${owner}: ${name} ${must}`);
  }
  return Object.fromEntries(given);
}

/** @param {TestClientOptions | undefined} options
 * @returns {TestClientOptions} */
export function readClient(options) {
  const given = /** @type {TestClientOptions} */ (read("createClient", `${CLIENT} ${OWN}`, options));
  proof("createClient", given, {});
  if (given.signer && (given.api !== undefined || given.credentials)) {
    throw invalidOption("createClient: signer stands instead of `api` and `credentials`");
  }
  return Object.freeze(given);
}

/** @param {unknown} file
 * @param {UploadOptions | null | undefined} options
 * @param {TestClientOptions} client
 * @returns {UploadOptions & { name: string }} */
export function readUpload(file, options, client) {
  readFile("upload", file);
  const given = /** @type {UploadOptions} */ (read("upload", UPLOAD, options));
  proof("upload", given, client);
  const name = given.name ?? /** @type {Partial<File>} */ (file).name;
  if (typeof name !== "string") throw invalidOption("upload: name is missing; a Blob has none of its own");
  if (bytes(name, 1, 1_024)) throw invalidOption("upload: name must have 1 to 1024 bytes");
  return { ...given, name };
}

/** @param {unknown} source
 * @param {unknown} options
 * @param {TestClientOptions} client
 * @returns {LiveOptions} */
export function readLive(source, options, client) {
  const { getReader, requestData, [Symbol.asyncIterator]: pieces = Object(source)[Symbol.iterator] } = Object(source);
  if (typeof source !== "object" || ![getReader, requestData, pieces].some((way) => typeof way === "function")) {
    throw invalidOption("uploadLive: source must be a MediaRecorder, a ReadableStream, or an iterable of bytes or Blobs");
  }
  const given = /** @type {Partial<LiveOptions>} */ (read("uploadLive", LIVE, options));
  proof("uploadLive", /** @type {UploadOptions} */ (given), client);
  const { name } = given;
  if (typeof name !== "string") throw invalidOption("uploadLive: name is missing");
  return { ...given, name };
}

/** @param {unknown} options
 * @returns {UploadOptions} */
export const readAttach = (options) => read("attach", ATTACH, options);

/** @param {unknown} page
 * @returns {{ limit?: number, cursor?: string }} */
export const readPage = (page) => read("records", "limit cursor", page);

/** @param {string} owner
 * @param {unknown} file */
export function readFile(owner, file) {
  const blob = typeof Object(file).slice === "function" && typeof file === "object";
  const sized = Number.isSafeInteger(Object(file).size) && Object(file).size >= 0;
  if ((blob && sized) || isHandle(file)) return;
  const what = blob ? "whose size is a number of bytes" : "a Blob or a FileSystemFileHandle";
  throw invalidOption(`${owner}: file must be a File, ${what}`);
}

/** @param {unknown} file
 * @returns {file is FileHandle} */
export const isHandle = (file) => Object(file).kind === "file" && typeof Object(file).getFile === "function";

/** A media type without its parameters.
 * @param {string | undefined} given
 * @param {string} own */
export const mediaType = (given, own) => (given ?? own).split(";", 1)[0]?.trim().toLowerCase() || OCTET_STREAM;

/** @param {string} owner
 * @param {UploadOptions} given
 * @param {UploadOptions} client */
function proof(owner, given, client) {
  const required = given.requireVerified ?? client.requireVerified;
  if (required && (given.checksum ?? client.checksum) === "none") {
    throw invalidOption(`${owner}: requireVerified needs checksum "crc64nvme"`);
  }
}
