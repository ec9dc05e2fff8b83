// File names, folders and metadata: the rules of `contract/src/name.rs`, `marks.rs`, `path.rs` and `metadata.rs`.
import { type Json, isList } from "./json.js";
import { Refusal } from "./problem.js";

const MAX_NAME_CHARS = 255;
const MAX_NAME_BYTES = 1024;
const MAX_PATH_BYTES = 700;
const MAX_EXTENSION_BYTES = 32;
/** Longer than the longest name and folder in their decomposed form. Normalising takes the square of a run of marks. */
const MAX_RAW_LENGTH = 4096;
const MAX_ENTRIES = 32;
const MAX_KEY_BYTES = 64;
const MAX_METADATA_BYTES = 2048;

/** Control characters, line breaks, lone surrogates and noncharacters. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029]/u;
/** Format characters that only hide or reorder text, and belong to no script. */
const HIDING = /[\u200b\ufeff\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g;
/** What leaves no ink. */
const BLANKS = /[\p{White_Space}\u2800\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]+/gu;
const isBlank = (text: string): boolean => text.replace(BLANKS, "") === "";

const encoder = new TextEncoder();
export const byteLength = (text: string): number => encoder.encode(text).byteLength;

function splitExtension(name: string): [string, string] {
  const dot = name.lastIndexOf(".");
  const short = dot > 0 && byteLength(name.slice(dot)) <= MAX_EXTENSION_BYTES;
  return short ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
}

/** In NFC, without what only hides; what is far too long as it is. */
function composed(text: string): string {
  const visible = text.replace(HIDING, "");
  return visible.length > MAX_RAW_LENGTH ? visible : visible.normalize("NFC");
}

export function readName(value: Json | undefined, where: string): string {
  const refused = (what: string) => new Refusal("invalid_name", `\`${where}\`: a file name must ${what}`);
  if (typeof value !== "string") throw refused("be a text");
  if (value === "") throw refused("not be empty");
  if (REFUSED.test(value)) throw refused("not have control characters, line breaks or noncharacters");
  const [stem, extension] = splitExtension(value);
  const visible = composed(`${isBlank(stem) ? "file" : stem}${extension}`);
  if ([...visible].length > MAX_NAME_CHARS || byteLength(visible) > MAX_NAME_BYTES) {
    throw refused(`have at most ${MAX_NAME_CHARS} characters and ${MAX_NAME_BYTES} bytes of UTF-8`);
  }
  return visible;
}

/** A segment of a folder; undefined if it says nothing. */
function segmentOf(given: string, refused: (what: string) => Refusal): string | undefined {
  const segment = given.replace(HIDING, "");
  // What a file system or a person may read it as: Windows drops spaces at its end.
  const seen = segment.replace(BLANKS, "");
  if (seen === "..") throw refused("not have `..` as a folder");
  if (seen === "." || segment === "") return undefined;
  return seen === "" ? "folder" : segment;
}

/** A folder: cleaned segments with one slash between them. None is undefined. */
export function readPath(value: Json | undefined, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const refused = (what: string) => new Refusal("invalid_path", `\`${where}\`: a path must ${what}`);
  if (typeof value !== "string") throw refused("be a text");
  if (REFUSED.test(value)) throw refused("not have control characters, line breaks or noncharacters");
  const segments = value.split(/[/\\]/).flatMap((given) => segmentOf(given, refused) ?? []);
  const path = composed(segments.join("/"));
  if (byteLength(path) > MAX_PATH_BYTES) throw refused(`have at most ${MAX_PATH_BYTES} bytes of UTF-8`);
  return path === "" ? undefined : path;
}

export function readMetadata(value: Json | undefined, where: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const refused = (what: string) => new Refusal("invalid_metadata", `\`${where}\`: ${what}`);
  if (typeof value !== "object" || isList(value)) throw refused("metadata must be an object whose values are texts");
  const entries = Object.entries(value);
  if (entries.length > MAX_ENTRIES) throw refused(`metadata must have at most ${MAX_ENTRIES} entries`);
  const clean = new Map<string, string>();
  let bytes = 0;
  for (const [name, given] of entries) {
    if (typeof given !== "string") throw refused("metadata must be an object whose values are texts");
    if (REFUSED.test(name) || REFUSED.test(given)) throw refused("metadata must not have control characters, line breaks or noncharacters");
    const [key, text] = [name.replace(HIDING, ""), given.replace(HIDING, "")];
    const length = byteLength(key);
    if (length < 1 || length > MAX_KEY_BYTES || clean.has(key)) {
      throw refused(`every key of metadata must have 1 to ${MAX_KEY_BYTES} bytes of UTF-8 and differ visibly from the others`);
    }
    clean.set(key, text);
    bytes += length + byteLength(text);
  }
  if (bytes > MAX_METADATA_BYTES) throw refused(`keys and values of metadata must have at most ${MAX_METADATA_BYTES} bytes together`);
  // Not by assignment, of which `__proto__` would be no entry.
  return Object.fromEntries(clean);
}
