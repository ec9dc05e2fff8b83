// The options of an application, checked before the first request.
import { DEFAULT_TYPES, isPattern } from "./media.js";
import { GIB, MAX_OBJECT_BYTES } from "./plan.js";
import type { UploadHandlerOptions, UploadUser } from "./server.js";
import { Sealer } from "./state.js";
import { Storage } from "./storage.js";
import { PRESETS, type Preset } from "./stores.js";
import { byteLength } from "./text.js";

const MIN_SECRET_BYTES = 32;
const DAY_SECONDS = 86_400;

export interface Settings<User extends UploadUser> {
  readonly options: UploadHandlerOptions<User>;
  readonly preset: Preset;
  readonly storage: Storage;
  readonly sealer: Sealer;
  /** Undefined: the handler's own. */
  readonly origins: readonly string[] | undefined;
  readonly maxFileBytes: number;
  readonly allowedTypes: readonly string[];
  readonly maxBatch: number;
  readonly stateSeconds: number;
}

const wrong = (name: string, what: string): TypeError => new TypeError(`createUploadHandler: \`${name}\` ${what}`);

function integer(name: string, value: unknown, fallback: number, least: number, most: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw wrong(name, `must be an integer from ${least} to ${most}`);
}

/** No message holds a secret, or says how long it is. */
function readSecrets(secret: unknown): readonly string[] {
  const rule = `must be a string of ${MIN_SECRET_BYTES} bytes or more, such as from \`openssl rand -base64 32\`, or a list of them`;
  const all: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  const good = all.filter((one): one is string => typeof one === "string" && byteLength(one) >= MIN_SECRET_BYTES);
  if (good.length === 0 || good.length < all.length) throw wrong("secret", rule);
  return good;
}

function readOrigins(origins: unknown): readonly string[] | undefined {
  if (origins === undefined) return undefined;
  const exact = (one: unknown) => {
    try {
      const { origin, protocol } = new URL(String(one));
      return origin === one && /^https?:$/.test(protocol) && !origin.includes("*");
    } catch {
      return false;
    }
  };
  if (Array.isArray(origins) && origins.length > 0 && origins.every(exact)) return origins as readonly string[];
  throw wrong("origins", "must be a list of exact origins, such as https://app.example.com, without a path and without wildcards");
}

function readTypes(types: unknown): readonly string[] {
  if (types === undefined) return DEFAULT_TYPES;
  const fits = (entry: unknown) => typeof entry === "string" && isPattern(entry);
  if (Array.isArray(types) && types.length > 0 && types.every(fits)) return types as readonly string[];
  throw wrong("limits.allowedTypes", "must be a list of media types such as video/webm, video/* or */*");
}

export function readOptions<User extends UploadUser>(options: UploadHandlerOptions<User>): Settings<User> {
  if (typeof options !== "object" || options === null) throw new TypeError("createUploadHandler needs an object of options");
  const { client, bucket, store = "s3", limits = {}, checksums } = options;
  if (typeof client?.send !== "function" || typeof client.config !== "object") throw wrong("client", "must be an S3Client of @aws-sdk/client-s3");
  if (typeof bucket !== "string" || bucket === "") throw wrong("bucket", "must be the bucket's name");
  for (const name of ["key", "authorize"] as const) if (typeof options[name] !== "function") throw wrong(name, "must be a function");
  for (const name of ["onStored", "quota", "rate", "mismatch", "onError"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") throw wrong(name, "must be a function");
  }
  for (const name of ["checksums", "trustForwarded"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "boolean") throw wrong(name, "must be true or false");
  }
  if (!Object.hasOwn(PRESETS, store)) throw wrong("store", `must be one of ${Object.keys(PRESETS).join(", ")}`);
  const known = PRESETS[store];
  if (checksums && !known.checksums) throw wrong("checksums", `must not be true: ${store} takes none`);
  const preset = { ...known, checksums: checksums ?? known.checksums };
  const urlSeconds = integer("limits.urlLifetimeSeconds", limits.urlLifetimeSeconds, 300, 1, 900);
  return {
    options,
    preset,
    storage: new Storage({ client, name: bucket, preset, urlSeconds }),
    sealer: new Sealer(readSecrets(options.secret)),
    origins: readOrigins(options.origins),
    maxFileBytes: integer("limits.maxFileBytes", limits.maxFileBytes, 5 * GIB, 0, MAX_OBJECT_BYTES),
    allowedTypes: readTypes(limits.allowedTypes),
    maxBatch: integer("limits.maxBatch", limits.maxBatch, 100, 1, 100),
    stateSeconds: integer("limits.stateLifetimeSeconds", limits.stateLifetimeSeconds, 7 * DAY_SECONDS, 60, 30 * DAY_SECONDS),
  };
}
