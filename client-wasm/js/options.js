// Reads the options that the application gives: nothing is trusted, and each refusal names the option.
import { readAddress } from "./address.js";
import { invalidOption } from "./error.js";
import { attempt } from "./values.js";

const BYTES = new TextEncoder();
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;
const SIGNER = ["create", "sign", "parts", "complete", "abort"];

/** An object of options, read one by one; the first that is wrong is thrown. */
class Options {
  constructor(value, owner, known) {
    this.owner = owner;
    this.object = value ?? {};
    if (value !== undefined && (typeof value !== "object" || !value)) {
      this.refuse("the options", "must be an object");
    }
    const keys = attempt(() => Object.keys(this.object)) ?? this.refuse("the options", "must be an object");
    for (const key of keys) {
      if (!known.includes(key)) this.refuse(key, `is not an option; there are ${known.join(" ")}`);
    }
  }

  refuse(name, what) {
    throw invalidOption(`${this.owner}: ${name} ${what}`);
  }

  /** A value; a getter that throws has none. */
  get(name) {
    try {
      return this.object[name];
    } catch {
      return undefined;
    }
  }

  /** A value that passes `test`, or undefined. */
  read(name, test, what) {
    const value = this.get(name);
    if (value !== undefined && !attempt(() => test(value))) this.refuse(name, `must be ${what}`);
    return value;
  }

  function(name) {
    return this.read(name, (value) => typeof value === "function", "a function");
  }

  text(name) {
    return this.read(name, (value) => typeof value === "string", "a string");
  }

  flag(name) {
    return this.read(name, (value) => typeof value === "boolean", "true or false");
  }

  integer(name, least, most, unit = "") {
    const right = (value) => Number.isInteger(value) && value >= least && value <= most;
    return this.read(name, right, `an integer${unit} from ${least} to ${most}`);
  }

  word(name, words) {
    return this.read(name, (value) => words.includes(value), words.map((word) => `"${word}"`).join(" or "));
  }

  milliseconds(name, otherwise) {
    return this.integer(name, 1, 3_600_000, " of milliseconds") ?? otherwise;
  }

  address(name) {
    return readAddress(this.get(name), (what) => this.refuse(name, what));
  }

  /** Whether the proof of the bytes is required; `checksum` is what then cannot be "none". */
  proof(checksum, otherwise) {
    const required = this.flag("requireVerified") ?? otherwise;
    if (required && checksum === "none") {
      this.refuse("requireVerified", 'needs checksum "crc64nvme": without a checksum nothing is verified');
    }
    return required;
  }

  callbacks() {
    return {
      onProgress: this.function("onProgress"),
      onStateChange: this.function("onStateChange"),
      signal: this.read("signal", (value) => value instanceof AbortSignal, "an AbortSignal"),
    };
  }
}

/** What a client is set to. */
export function readClient(value) {
  const options = new Options(value, "createClient", [
    "api",
    "signer",
    "token",
    "checksum",
    "requireVerified",
    "concurrency",
    "tokenTimeoutMs",
    "pollTimeoutMs",
    "onWarning",
    "resume",
    "scope",
  ]);
  const settings = {
    concurrency: options.integer("concurrency", 1, 6) ?? 6,
    pollTimeoutMs: options.milliseconds("pollTimeoutMs", 60_000),
    tokenTimeoutMs: options.milliseconds("tokenTimeoutMs", 30_000),
    checksum: options.word("checksum", ["crc64nvme", "none"]) ?? "crc64nvme",
    onWarning: options.function("onWarning"),
    resume: options.flag("resume") ?? true,
    scope: options.text("scope") ?? "",
    token: options.function("token"),
    signer: options.get("signer"),
  };
  settings.requireVerified = options.proof(settings.checksum, false);
  const { signer } = settings;
  if (signer === undefined) {
    if (options.get("api") === undefined) {
      options.refuse("api", "is missing; give the address of the API, or a `signer`");
    }
    settings.api = options.address("api");
    if (!settings.token) options.refuse("token", "is missing; give a function that gives a JWT");
    return settings;
  }
  if (options.get("api") !== undefined) options.refuse("signer", "stands instead of `api`; give one of both");
  if (!attempt(() => SIGNER.every((name) => typeof signer[name] === "function"))) {
    options.refuse("signer", `must have five functions: ${SIGNER.join(" ")}`);
  }
  return settings;
}

const has = (value, name) => typeof value[name] === "function";

/** Whether a value is, or acts as, a `Blob`; a `File` of another window is one too. */
const isBlob = (value) =>
  attempt(() => value instanceof Blob || (has(value, "slice") && has(value, "arrayBuffer"))) ?? false;

const isSize = (size) => Number.isSafeInteger(size) && size >= 0;

/** Whether a value is a file, or acts as one whose size can be a file's. For the size of a real one the browser asks the
 * disk, so that is left until it is needed. */
export const isReadable = (value) =>
  isBlob(value) && attempt(() => value instanceof Blob || isSize(value.size)) === true;

/** Whether a value is a handle of a file, as the picker and drag and drop give them. */
export const isHandle = (value) => attempt(() => value.kind === "file" && has(value, "getFile")) ?? false;

/** The file argument. */
export function readFile(value, owner = "upload") {
  if (isReadable(value) || isHandle(value)) return value;
  const what = isBlob(value) ? "whose size is a number of bytes" : "a Blob or a FileSystemFileHandle";
  throw invalidOption(`${owner}: file must be a File, ${what}`);
}

/** What one upload is set to, where the client's settings do not say otherwise. `file` may be a handle: its type is
 * known later. */
export function readUpload(file, value, client) {
  const options = new Options(value, "upload", [
    "onProgress",
    "onStateChange",
    "signal",
    "visibility",
    "metadata",
    "priority",
    "name",
    "type",
    "checksum",
    "requireVerified",
  ]);
  const checksum = options.word("checksum", ["crc64nvme", "none"]) ?? client.checksum;
  return {
    visibility: options.word("visibility", ["private", "public"]),
    ...options.callbacks(),
    name: readName(file, options),
    type: readType(options),
    metadata: readMetadata(options),
    priority: options.integer("priority", -1_000, 1_000) ?? 0,
    checksum,
    requireVerified: options.proof(checksum, client.requireVerified),
  };
}

/** What a resumed upload may be given. */
export function readAttach(value) {
  return new Options(value, "attach", ["onProgress", "onStateChange", "signal"]).callbacks();
}

function readName(file, options) {
  const given = attempt(() => file.name);
  const own = typeof given === "string" ? given : undefined;
  const name = options.text("name") ?? own ?? options.refuse("name", "is missing; a Blob has none of its own");
  const { length } = BYTES.encode(name);
  if (length < 1 || length > 1024) options.refuse("name", "must have 1 to 1024 bytes");
  return name;
}

/** A media type without its parameters: what a recorder gives is `video/webm;codecs=vp8`. */
export function mediaType(text) {
  const bare = String(text).split(";")[0].trim().toLowerCase();
  return bare.length <= 127 && MEDIA_TYPE.test(bare) ? bare : undefined;
}

function readType(options) {
  const given = options.text("type");
  if (given === undefined) return undefined;
  return mediaType(given) ?? options.refuse("type", "must be a media type such as video/webm");
}

function readMetadata(options) {
  const value = options.get("metadata");
  if (value === undefined) return undefined;
  const refuse = (what) => options.refuse("metadata", what);
  const keys = attempt(() => typeof value === "object" && !Array.isArray(value) && Object.keys(value));
  if (!keys) refuse("must be an object of strings");
  const metadata = Object.create(null);
  let bytes = 0;
  for (const key of keys) {
    const text = attempt(() => value[key]);
    if (typeof text !== "string") refuse("must have nothing but strings as values");
    const { length } = BYTES.encode(key);
    if (length < 1 || length > 64) refuse("must have keys of 1 to 64 bytes");
    bytes += length + BYTES.encode(text).length;
    metadata[key] = text;
  }
  if (Object.keys(metadata).length > 32 || bytes > 2048) refuse("must have at most 32 entries and 2048 bytes");
  return metadata;
}

/** The path of a page of records. */
export function readPage(value) {
  const options = new Options(value, "records", ["limit", "cursor"]);
  const query = [];
  const limit = options.integer("limit", 1, 100);
  if (limit !== undefined) query.push(`limit=${limit}`);
  const cursor = options.text("cursor");
  if (cursor !== undefined) query.push(`cursor=${encodeURIComponent(cursor)}`);
  return query.length > 0 ? `?${query.join("&")}` : "";
}
