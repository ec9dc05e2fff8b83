// What later calls must know of an upload. It is given to the browser and comes back: a MAC shows that it is still what was
// given, to this user, for this upload.
import { Misconfigured, notFound } from "./problem.js";

const FORM = /^v1\.([\w-]+)\.([\w-]{43})$/;
/** Of the contract: it must fit a header. */
const MAX_STATE_BYTES = 2048;

/** What is known of an upload. User and id are not in it, but under the MAC. */
export interface Facts {
  readonly key: string;
  /** Of a live upload the most bytes that it may have. */
  readonly size: number;
  readonly type: string;
  /** Of a multipart upload. */
  readonly parts?: { readonly size: number; readonly uploadId: string };
  /** Of a live upload, whose first parts have `parts.size` bytes: after how many parts the size doubles; 0: never. */
  readonly doubleEvery?: number;
  /** The checksum that the page gave at creation. */
  readonly crc64nvme?: string;
  /** Of the whole item, so that a repeated create call for another file is found. */
  readonly item: string;
  /** In seconds since 1970. */
  readonly expires: number;
}

/** The text in a state: a list is shorter than names. */
type Packed = [string, number, string, number, string, string, string, number, number?];

const encoder = new TextEncoder();

function base64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
    // One text only for the same bytes.
    return base64url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** A short name of a text. */
export async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return base64url(new Uint8Array(hash).subarray(0, 12));
}

export class Sealer {
  private keys: Promise<readonly CryptoKey[]> | undefined;

  constructor(private readonly secrets: readonly string[]) {}

  private ready(): Promise<readonly CryptoKey[]> {
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const load = (secret: string) => crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["sign", "verify"]);
    return (this.keys ??= Promise.all(this.secrets.map(load)));
  }

  /** What the MAC is of. A JSON list has one reading only, whatever a user's id holds. */
  private signed(user: string, id: string, text: string): Uint8Array<ArrayBuffer> {
    return encoder.encode(JSON.stringify(["crowfly state v1", user, id, text]));
  }

  async seal(user: string, id: string, facts: Facts): Promise<string> {
    const { key, size, type, parts, crc64nvme = "", item, expires, doubleEvery } = facts;
    const packed: Packed = [key, size, type, parts?.size ?? 0, parts?.uploadId ?? "", crc64nvme, item, expires];
    if (doubleEvery !== undefined) packed.push(doubleEvery);
    const text = base64url(encoder.encode(JSON.stringify(packed)));
    const [first] = await this.ready();
    if (!first) throw new TypeError("there is no secret");
    const mac = await crypto.subtle.sign("HMAC", first, this.signed(user, id, text));
    const state = `v1.${text}.${base64url(new Uint8Array(mac))}`;
    if (state.length > MAX_STATE_BYTES) {
      throw new Misconfigured(`the key of ${id} and storage's multipart id are too long together: they must fit ${MAX_STATE_BYTES} bytes; use shorter keys`);
    }
    return state;
  }

  /** The facts.
   * @throws Refusal `not_found` if this server did not give them to this user for this upload, or too long ago */
  async open(user: string, id: string, state: string | undefined, now: number): Promise<Facts> {
    const [, text = "", given = ""] = FORM.exec(state ?? "") ?? [];
    const mac = fromBase64url(given);
    const bytes = fromBase64url(text);
    if (!mac || !bytes) throw notFound();
    const signed = this.signed(user, id, text);
    const keys = await this.ready();
    // `verify` compares in constant time, and every key is tried whether or not an earlier one fits.
    const fits = await Promise.all(keys.map((key) => crypto.subtle.verify("HMAC", key, mac, signed)));
    if (!fits.includes(true)) throw notFound();
    const packed = JSON.parse(new TextDecoder().decode(bytes)) as Packed;
    const [key, size, type, partSize, uploadId, crc64nvme, item, expires, doubleEvery] = packed;
    if (expires * 1000 <= now) throw notFound();
    return {
      key,
      size,
      type,
      ...(partSize > 0 && { parts: { size: partSize, uploadId } }),
      ...(doubleEvery !== undefined && { doubleEvery }),
      ...(crc64nvme !== "" && { crc64nvme }),
      item,
      expires,
    };
  }
}
