// What a page asks for: bodies of the routes, parsed.
import { type Json, type JsonObject, checkFields, isList, objectOf, readObject } from "./json.js";
import { readType } from "./media.js";
import { Refusal } from "./problem.js";
import type { UploadItem } from "./server.js";
import { readMetadata, readName, readPath } from "./text.js";

/** https://github.com/ulid/spec, in its canonical form. */
const ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
/** Base64 of eight bytes, in its canonical form. */
const CRC = /^[A-Za-z0-9+/]{10}[AEIMQUYcgkosw048]=$/;
/** Fits a header as it is. */
const STATE = /^[!-~]{1,2048}$/;
const MAX_PARTS = 10_000;
const MAX_BATCH = 100;
const MAX_FIRST_PARTS = 6;
const ITEM = ["id", "name", "path", "size", "live", "maxBytes", "type", "crc64nvme", "visibility", "metadata", "state", "partSize", "parts"];

/** An item, and the state that came back with it. */
export interface ItemAsked {
  /** Of a live upload with `size` 0: nobody knows it yet. */
  readonly item: UploadItem;
  /** Of a live upload: the most bytes that the page will send, if it says so. */
  readonly maxBytes: number | undefined;
  readonly state: string | undefined;
  readonly first: FirstParts;
}

export interface PartAsked {
  readonly number: number;
  /** Of the last part of a live upload: its bytes. */
  readonly size?: number;
  readonly crc64nvme: string | undefined;
}

/** The part size that a page asks for, and the first parts of a file, to be signed along if the plan has that size. */
export interface FirstParts {
  readonly partSize: number | undefined;
  readonly parts: readonly PartAsked[];
}

export const isId = (text: string): boolean => ID.test(text);

/** An absent field, and `null` as the other server of this contract reads it. */
const absent = (value: Json | undefined): value is null | undefined => value === undefined || value === null;

function readChecksum(value: Json | undefined, where: string): string | undefined {
  if (absent(value)) return undefined;
  if (typeof value === "string" && CRC.test(value)) return value;
  throw new Refusal("invalid_checksum", `\`${where}\`: a CRC64NVME must be base64 of 8 big-endian bytes, 12 characters long`);
}

/** What is no state cannot have been given by this server: it is treated as one that was altered. */
function readState(value: Json | undefined): string | undefined {
  if (absent(value)) return undefined;
  return typeof value === "string" && STATE.test(value) ? value : "";
}

export const stateOf = (request: Request): string | undefined => readState(request.headers.get("crowfly-state"));

function readSize(value: Json | undefined, where: string): number {
  // -0 is an integer of JSON as well.
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value + 0;
  throw new Refusal("invalid_size", `\`${where}\`: a size in bytes must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
}

/** Whether a live upload is asked for, and what only that one has. */
function readLive(object: JsonObject, where: string): { live: boolean; size: number; maxBytes: number | undefined } {
  const { live, maxBytes, size } = object;
  if (!absent(live) && typeof live !== "boolean") throw new Refusal("invalid_size", `\`${where}.live\`: it must be true or false`);
  const wrong = (code: "invalid_size" | "invalid_checksum" | "invalid_part", name: string, rule: string) => new Refusal(code, `\`${where}.${name}\`: ${rule}`);
  if (live !== true) {
    if (!absent(maxBytes)) throw wrong("invalid_size", "maxBytes", "only a live upload has it");
    return { live: false, size: readSize(size, `${where}.size`), maxBytes: undefined };
  }
  const none = "a live upload has none";
  if (!absent(size)) throw wrong("invalid_size", "size", none);
  const most = absent(maxBytes) ? undefined : readSize(maxBytes, `${where}.maxBytes`);
  if (most === 0) throw wrong("invalid_size", "maxBytes", "it must be at least 1");
  if (!absent(object["crc64nvme"])) throw wrong("invalid_checksum", "crc64nvme", none);
  for (const name of ["partSize", "parts"] as const) if (!absent(object[name])) throw wrong("invalid_part", name, none);
  return { live: true, size: 0, maxBytes: most };
}

function readVisibility(value: Json | undefined, where: string): void {
  if (absent(value) || value === "private") return;
  if (value === "public") throw new Refusal("public_not_allowed", "public objects are switched off here; leave out `visibility`");
  throw new Refusal("invalid_visibility", `\`${where}\`: it must be "private" or "public"`);
}

function readFirst({ partSize, parts }: JsonObject, where: string): FirstParts {
  const wrong = (name: string, rule: string) => new Refusal("invalid_part", `\`${where}.${name}\`: ${rule}`);
  const size = absent(partSize) ? undefined : partSize;
  if (size !== undefined && !(typeof size === "number" && Number.isSafeInteger(size) && size >= 0)) throw wrong("partSize", "a size in bytes must be an integer");
  const given = absent(parts) ? [] : parts;
  const read = (part: Json, index: number): PartAsked | undefined => {
    if (part === null || typeof part !== "object" || isList(part)) return undefined;
    const { number, crc64nvme, ...more } = part;
    const right = number === index + 1 && Object.keys(more).length === 0 && (absent(crc64nvme) || (typeof crc64nvme === "string" && CRC.test(crc64nvme)));
    return right ? { number: index + 1, crc64nvme: crc64nvme ?? undefined } : undefined;
  };
  const first = isList(given) && given.length <= MAX_FIRST_PARTS ? given.map(read).filter((part) => part !== undefined) : undefined;
  if (isList(given) && first?.length === given.length) return { partSize: size, parts: first };
  throw wrong("parts", `it may list the first parts of the file, from 1 without a gap, at most ${MAX_FIRST_PARTS}, each with \`number\` and \`crc64nvme\``);
}

function readItem(value: Json, id: string, where: string): ItemAsked {
  const object = objectOf(value, `\`${where}\``);
  checkFields(object, ITEM, `${where}.`);
  // In this order, so that of several errors the same one is reported.
  const name = readName(object["name"], `${where}.name`);
  const path = readPath(object["path"], `${where}.path`);
  const { live, size, maxBytes } = readLive(object, where);
  const type = readType(object["type"], `${where}.type`);
  const crc64nvme = readChecksum(object["crc64nvme"], `${where}.crc64nvme`);
  readVisibility(object["visibility"], `${where}.visibility`);
  const metadata = readMetadata(object["metadata"], `${where}.metadata`);
  const given = { ...(path !== undefined && { path }), ...(crc64nvme !== undefined && { crc64nvme }) };
  const first = readFirst(object, where);
  return { item: { id, name, size, ...(live && { live }), type, ...given, metadata }, maxBytes, state: readState(object["state"]), first };
}

function list(value: Json | undefined, what: string, most: number): readonly Json[] {
  if (!isList(value)) throw new Refusal("invalid_json", `\`${what}\` must be a list`);
  if (value.length >= 1 && value.length <= most) return value;
  throw new Refusal("invalid_batch", `\`${what}\` must have 1 to ${most} items; it has ${value.length}`);
}

/** The body of `POST /uploads`: each item with its id, or its refusal. One that is wrong does not refuse the others. */
export async function readCreate(request: Request, most: number): Promise<readonly (readonly [string, ItemAsked | Refusal])[]> {
  const body = await readObject(request);
  checkFields(body, ["uploads"]);
  const ids = new Set<string>();
  return list(body["uploads"], "uploads", most).map((value, index) => {
    const where = `uploads[${index}]`;
    const { id } = objectOf(value, `\`${where}\``);
    if (typeof id !== "string" || !isId(id)) {
      throw new Refusal("invalid_id", `\`${where}.id\`: an upload id must be a ULID: 26 upper-case Crockford base32 characters`);
    }
    if (ids.has(id)) throw new Refusal("invalid_batch", `the id ${id} is in the list twice`);
    ids.add(id);
    try {
      return [id, readItem(value, id, where)];
    } catch (error) {
      if (error instanceof Refusal) return [id, error];
      throw error;
    }
  });
}

/** The body of `POST /uploads/{id}/parts`. */
export async function readSign(request: Request): Promise<{ parts: readonly PartAsked[]; state: string | undefined }> {
  const body = await readObject(request);
  checkFields(body, ["parts", "state"]);
  const numbers = new Set<number>();
  const parts = list(body["parts"], "parts", MAX_BATCH).map((value, index) => {
    const where = `parts[${index}]`;
    const part = objectOf(value, `\`${where}\``);
    checkFields(part, ["number", "crc64nvme", "size"], `${where}.`);
    const { number, size } = part;
    if (typeof number !== "number" || !Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
      throw new Refusal("invalid_part", `\`${where}.number\`: a part number must be an integer from 1 to ${MAX_PARTS}`);
    }
    if (numbers.has(number)) throw new Refusal("invalid_part", `part ${number} is in the list twice`);
    numbers.add(number);
    const crc64nvme = readChecksum(part["crc64nvme"], `${where}.crc64nvme`);
    if (absent(size)) return { number, crc64nvme };
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw new Refusal("invalid_part", `\`${where}.size\`: a size in bytes must be an integer`);
    return { number, crc64nvme, size };
  });
  return { parts, state: readState(body["state"]) };
}

/** What a page says of its file when all of it is sent. */
export interface EndAsked {
  readonly crc64nvme: string | undefined;
  /** Of a live upload. */
  readonly size: number | undefined;
  readonly durationMs: number | undefined;
  readonly state: string | undefined;
}

/** The body of `POST /uploads/{id}/complete`. */
export async function readComplete(request: Request): Promise<EndAsked> {
  const body = await readObject(request, true);
  checkFields(body, ["crc64nvme", "size", "durationMs", "state"]);
  const { size, durationMs } = body;
  if (!absent(durationMs) && !(typeof durationMs === "number" && Number.isInteger(durationMs) && durationMs >= 0 && durationMs <= 2 ** 53)) {
    throw new Refusal("invalid_size", "`durationMs`: a duration in milliseconds must be an integer from 0 to 2^53");
  }
  return {
    crc64nvme: readChecksum(body["crc64nvme"], "crc64nvme"),
    size: absent(size) ? undefined : readSize(size, "size"),
    durationMs: absent(durationMs) ? undefined : durationMs,
    state: readState(body["state"]),
  };
}
