// Bodies of requests: JSON in UTF-8, bounded, each name once in an object.
import { Misconfigured, Refusal } from "./problem.js";

const MAX_BODY_BYTES = 1024 * 1024;
/** As deep as the parser of the other server of this contract. */
const MAX_DEPTH = 128;

/** What JSON gives. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

const invalid = (message: string): Refusal => new Refusal("invalid_json", message);

/** Only JSON is taken, so that a request of another site always needs a preflight:
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
export function checkContentType(request: Request): void {
  const [essence = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (essence.trim().toLowerCase() === "application/json") return;
  throw new Refusal("unsupported_media_type", "the request's content-type must be application/json");
}

async function bytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () => new Refusal("body_too_large", `the body must have at most ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) throw tooLarge();
  if (request.bodyUsed) throw new Misconfigured("the request's body was read before the handler could; authorize must not read it");
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.byteLength;
    if (length > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  return joined(chunks, length);
}

/** Chunks of so many bytes together as one. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

/** The body of a POST, whose content type is checked, as an object. An empty body is `{}` where the route allows it. */
export async function readObject(request: Request, mayBeEmpty = false): Promise<JsonObject> {
  const body = await bytes(request);
  if (mayBeEmpty && body.byteLength === 0) return {};
  let text: string;
  try {
    // A byte order mark stays, and is no JSON.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw invalid("the body is not UTF-8");
  }
  return objectOf(parse(text), "the body");
}

export function objectOf(value: Json | undefined, what: string): JsonObject {
  if (typeof value !== "object" || value === null || isList(value)) throw invalid(`${what} must be a JSON object`);
  return value;
}

/** `Array.isArray` does not tell a read-only list from an object. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export function parse(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw invalid("the body is not JSON");
  }
  checkObjects(text);
  return value;
}

/** The strings and brackets of JSON. In a text that is none, an open string could be sought from each of its quotes. */
const tokens = (json: string) => json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g);

/** Refuses deep nesting, and an object that has a name twice, of which `JSON.parse` takes the last. */
function checkObjects(json: string): void {
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [token] of tokens(json)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const name = JSON.parse(last) as string;
      const names = open.at(-1);
      if (names?.has(name)) throw invalid("an object has a duplicate name");
      names?.add(name);
    }
    if (open.length > MAX_DEPTH) throw invalid(`the body is nested deeper than ${MAX_DEPTH}`);
    last = token;
  }
}

/** Refuses a field that the contract does not name. It is looked for first: it is often a misspelt known one. */
export function checkFields(object: JsonObject, known: readonly string[], where = ""): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const shown = unknown.replace(/[^!-~]/g, "").slice(0, 40);
  throw new Refusal("unknown_field", `\`${where}${shown}\` is an unknown field; there may be: ${known.join(", ")}`);
}
