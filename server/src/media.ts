// Media types: the rules of `contract/src/media`.
import { type Json } from "./json.js";
import { Refusal } from "./problem.js";

const MAX_TYPE_BYTES = 127;
const TYPE = /^[a-z0-9][a-z0-9!#$&\-^_.+]*\/[a-z0-9][a-z0-9!#$&\-^_.+]*$/;

export const isMediaType = (text: string): boolean => text.length <= MAX_TYPE_BYTES && TYPE.test(text);

export function readType(value: Json | undefined, where: string): string {
  if (typeof value === "string" && isMediaType(value)) return value;
  throw new Refusal("invalid_type", `\`${where}\`: a media type must be \`type/subtype\` in lower case without parameters, such as video/webm`);
}

/** What a browser runs, or shows as a page, when it opens the file: pages, scripts, and containers of them, by all their
 * names, without the `x-` that each may have before its subtype. `contract/tests/refused_types.json` holds both servers to
 * the same. */
const RUNS: Readonly<Record<string, string>> = {
  text: `html ecmascript jscript livescript vbscript xsl component scriptlet cache-manifest xml mathml xslt
    xml-external-parsed-entity`,
  application: `javascript ecmascript hta xml xml-dtd xml-external-parsed-entity xslt ms-xbap xpinstall ns-proxy-autoconfig
    vnd.adobe.flash.movie shockwave-flash futuresplash rfc2557 mimearchive xhtml+xml vnd.wap.xhtml+xml vnd.pwg-xhtml-print+xml
    xslt+xml mathml mathml+xml mathml-content+xml mathml-presentation+xml vnd.mozilla.xul+xml xaml+xml svg svg-xml svg+xml`,
  image: "svg svg-xml svg+xml",
  message: "rfc822 mimearchive rfc2557",
};
const NAMES = new Set(Object.entries(RUNS).flatMap(([kind, subtypes]) => subtypes.split(/\s+/).map((name) => `${kind}/${name}`)));

export function isRefused(type: string): boolean {
  const bare = type.replace("/x-", "/");
  return /^multipart\/|^text\/javascript/.test(bare) || NAMES.has(bare);
}

export const DEFAULT_TYPES = ["image/*", "video/*", "audio/*", "text/plain", "application/zip", "application/octet-stream"];

/** Whether an entry of the allow list is one. */
export function isPattern(entry: string): boolean {
  if (entry === "*/*") return true;
  const start = entry.replace(/\*$/, "");
  return start === entry ? isMediaType(entry) : /[/.-]$/.test(start) && isMediaType(`${start}x`);
}

export function allows(list: readonly string[], type: string): boolean {
  const matches = (entry: string) => entry === "*/*" || (entry.endsWith("*") ? type.startsWith(entry.slice(0, -1)) : type === entry);
  return !isRefused(type) && list.some(matches);
}
