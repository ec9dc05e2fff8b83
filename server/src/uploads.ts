// What each route does, over the bucket and the sealed state.
import type { EndAsked, ItemAsked, PartAsked } from "./item.js";
import { type LiveSizes, checkLast, liveCapacity, liveLength, liveLengths, liveSizes } from "./live.js";
import { allows } from "./media.js";
import type { Settings } from "./options.js";
import { MAX_OBJECT_BYTES, heldPartSize, partCount, partLength, partLengths, partSizeOf } from "./plan.js";
import { Misconfigured, Refusal } from "./problem.js";
import type { StoredUpload, UploadItem, UploadUser } from "./server.js";
import { type Facts, digest } from "./state.js";
import { type Grant, type ListedPart, type Multipart, unquoted } from "./storage.js";
import { byteLength } from "./text.js";

const MAX_KEY_BYTES = 1024;
const COMPLETING_AGAIN_MS = 1_000;

type Plan =
  | { kind: "single"; put: Grant }
  | { kind: "multipart"; partSize: number; partCount: number }
  | { kind: "live"; partSize: number; doubleEvery?: number; maxBytes: number };
export interface Created {
  readonly id: string;
  readonly key: string;
  readonly plan: Plan;
  readonly confirm: true;
  readonly state: string;
  readonly grants?: readonly PartGrant[];
}
type PartGrant = Grant & { readonly number: number };
interface ShownPart {
  readonly number: number;
  readonly size: number;
  readonly crc64nvme?: string;
  readonly etag?: string;
}

const alreadyStored = () => new Refusal("already_stored", "this upload is stored already");
const gone = () => new Refusal("multipart_gone", "the multipart upload and its parts no longer exist in storage; create the upload again by the same id to start over");
const partsMismatch = (what: string) => new Refusal("parts_mismatch", `${what}; list the parts and send those that are missing or differ`);

/** The multipart upload of the facts; a single PUT has none. */
function multipartOf(facts: Facts): Multipart & { readonly partSize: number } {
  if (facts.parts) return { key: facts.key, uploadId: facts.parts.uploadId, partSize: facts.parts.size };
  throw new Refusal("invalid_part", "this upload is a single PUT and has no parts; a create call signs it again");
}

export class Uploads<User extends UploadUser> {
  constructor(
    private readonly settings: Settings<User>,
    private readonly now: () => number = Date.now,
  ) {}

  private facts(user: User, id: string, state: string | undefined): Promise<Facts> {
    return this.settings.sealer.open(user.id, id, state, this.now());
  }

  private check({ size, type }: UploadItem): void {
    const { allowedTypes, maxFileBytes } = this.settings;
    if (!allows(allowedTypes, type)) {
      throw new Refusal("type_not_allowed", `the type \`${type}\` is not allowed; allowed are ${allowedTypes.join(", ")}, never HTML, SVG, XML or script`);
    }
    const largest = Math.min(maxFileBytes, MAX_OBJECT_BYTES);
    if (size > largest) throw new Refusal("too_large", `the file has ${size} bytes; at most ${largest} are allowed`);
  }

  private async keyOf(item: UploadItem, user: User): Promise<string> {
    const key: unknown = await this.settings.options.key(item, user);
    if (typeof key !== "string" || /\p{Cs}/u.test(key) || key === "" || byteLength(key) > MAX_KEY_BYTES) {
      throw new Misconfigured(`\`key\` must give a text of 1 to ${MAX_KEY_BYTES} bytes of UTF-8`);
    }
    // https://url.spec.whatwg.org/#path-state: a browser takes these out of the URL, which is then not the signed one.
    if (/(?:^|\/)\.\.?(?:\/|$)/.test(key)) throw new Misconfigured("`key` must give a key without `.` or `..` between its slashes");
    if (!this.settings.preset.ifNoneMatch && !key.includes(item.id)) {
      throw new Misconfigured(`\`key\` must give a key that contains \`item.id\`: the store "${this.settings.options.store}" does not keep an object from being overwritten`);
    }
    return key;
  }

  private liveLimit(maxBytes: number | undefined): number {
    const { maxFileBytes, preset } = this.settings;
    const limit = Math.min(maxBytes ?? Infinity, maxFileBytes, MAX_OBJECT_BYTES);
    return Math.min(limit, liveCapacity(liveSizes(limit, preset.equalParts)));
  }

  private async admit(item: UploadItem, user: User, known: boolean): Promise<void> {
    const { mismatch, quota } = this.settings.options;
    if (await mismatch?.(item, user)) throw new Refusal("upload_mismatch", "this id was used for another file; a different upload needs a new id");
    const refused = known ? undefined : await quota?.(item, user);
    if (refused) throw new Refusal(refused, refused === "quota_bytes" ? "there is no room for this file" : "too many uploads are unfinished");
  }

  /** Creates an upload, or signs it again. */
  async create(user: User, { item: asked, maxBytes, state, first }: ItemAsked): Promise<Created> {
    // Of a live upload the application sees the most bytes that it may have.
    const item = asked.live ? { ...asked, size: this.liveLimit(maxBytes) } : asked;
    this.check(item);
    const { id, name, path = null, size, type, metadata } = item;
    const identity = item.live ? ["live", maxBytes ?? null] : size;
    const same = await digest(JSON.stringify([name, path, identity, type, metadata]));
    const known = state === undefined ? undefined : await this.facts(user, id, state);
    const later = known?.parts && item.crc64nvme === undefined;
    if (known && (known.item !== same || (!later && known.crc64nvme !== item.crc64nvme))) {
      throw new Refusal("upload_mismatch", "this id was used for another file; a different upload needs a new id");
    }
    await this.admit(item, user, known !== undefined);
    const facts = known ?? (await this.begin(user, item, same, first.partSize));
    const sizes = liveOf(facts);
    if (sizes && facts.parts) {
      const there = known ? await this.still(facts, facts.parts.uploadId) : facts;
      const { partSize, doubleEvery } = sizes;
      return this.created(user, id, there, { kind: "live", partSize, ...(doubleEvery > 0 && { doubleEvery }), maxBytes: facts.size });
    }
    const partSize = facts.parts?.size;
    if (facts.parts && partSize !== undefined) {
      const there = known ? await this.still(facts, facts.parts.uploadId) : facts;
      const created = await this.created(user, id, there, { kind: "multipart", partSize, partCount: partCount(size, partSize) });
      const along = first.partSize === partSize ? first.parts.filter(({ number }) => number <= partCount(size, partSize)) : [];
      return along.length === 0 ? created : { ...created, grants: await this.grants(there, along) };
    }
    return this.created(user, id, facts, { kind: "single", put: await this.settings.storage.grantPut(facts) });
  }

  private async created(user: User, id: string, facts: Facts, plan: Plan): Promise<Created> {
    return { id, key: facts.key, plan, confirm: true, state: await this.settings.sealer.seal(user.id, id, facts) };
  }

  private async begin(user: User, item: UploadItem, same: string, asked: number | undefined): Promise<Facts> {
    const { storage, stateSeconds } = this.settings;
    const { id, size, type, crc64nvme } = item;
    const key = await this.keyOf(item, user);
    const expires = Math.floor(this.now() / 1000) + stateSeconds;
    const facts = { key, size, type, ...(crc64nvme && { crc64nvme }), item: same, expires };
    const sizes = item.live ? liveSizes(size, this.settings.preset.equalParts) : undefined;
    const partSize = sizes ? sizes.partSize : partSizeOf(size, asked);
    if (partSize === undefined) return facts;
    // A repeated call goes on with the multipart upload of the first one, whose answer was lost; only where the key is of
    // this upload alone, as it may belong to another one else.
    const first = key.includes(id) ? await storage.unfinished(key) : undefined;
    // Without its state nobody can say that it is this upload's.
    if (!first && (await storage.head(key))) throw new Refusal("conflict", "there is an object under the key of this file already");
    if (sizes) return { ...facts, parts: { size: partSize, uploadId: first ?? (await storage.begin(key, type)) }, doubleEvery: sizes.doubleEvery };
    // The first call may have asked for another part size: what is in storage counts, and goes if it fits no plan.
    const held = first === undefined ? undefined : await storage.parts({ key, uploadId: first });
    const kept = held && heldPartSize(size, partSize, held);
    if (first !== undefined && held && kept === undefined) await storage.abort({ key, uploadId: first });
    const uploadId = first !== undefined && kept !== undefined ? first : await storage.begin(key, type);
    return { ...facts, parts: { size: kept ?? partSize, uploadId } };
  }

  /** The facts with a multipart upload that storage has: a new one, if that of the state is gone. */
  private async still(facts: Facts, uploadId: string): Promise<Facts> {
    const { storage } = this.settings;
    if (!facts.parts || (await storage.parts({ key: facts.key, uploadId }))) return facts;
    if (await storage.head(facts.key)) throw alreadyStored();
    return { ...facts, parts: { ...facts.parts, uploadId: await storage.begin(facts.key, facts.type) } };
  }

  async sign(user: User, id: string, asked: { parts: readonly PartAsked[]; state: string | undefined }): Promise<{ grants: PartGrant[] }> {
    return { grants: await this.grants(await this.facts(user, id, asked.state), asked.parts) };
  }

  private grants(facts: Facts, parts: readonly PartAsked[]): Promise<PartGrant[]> {
    const multipart = multipartOf(facts);
    const sizes = liveOf(facts);
    if (sizes) checkLast(parts);
    // All are checked before one is signed.
    const lengths = parts.map((part) => {
      if (sizes) return liveLength(sizes, facts.size, part);
      const { number } = part;
      if (part.size !== undefined) throw new Refusal("invalid_part", `\`size\`: only a live upload has it, and part ${number} is of another`);
      const length = partLength(facts.size, multipart.partSize, number);
      if (length === undefined) {
        throw new Refusal("invalid_part", `part ${number} is not in the plan: 1 to ${partCount(facts.size, multipart.partSize)}`);
      }
      return length;
    });
    const one = async ({ number, crc64nvme }: PartAsked, index: number) => ({
      number,
      ...(await this.settings.storage.grantPart(multipart, number, lengths[index] ?? 0, crc64nvme)),
    });
    return Promise.all(parts.map(one));
  }

  async parts(user: User, id: string, state: string | undefined): Promise<{ parts: ShownPart[] }> {
    const facts = await this.facts(user, id, state);
    const listed = await this.settings.storage.parts(multipartOf(facts));
    if (!listed) throw (await this.settings.storage.head(facts.key)) ? alreadyStored() : gone();
    const shown = ({ number, size, etag, crc64nvme }: ListedPart): ShownPart => ({
      number,
      size,
      // Where storage states no checksum, a browser that has seen this tag acknowledged knows the part.
      ...(crc64nvme ? { crc64nvme } : { etag: unquoted(etag) }),
    });
    return { parts: listed.map(shown) };
  }

  /** What is stored, or when to ask again. */
  async complete(user: User, id: string, asked: EndAsked): Promise<object> {
    const sealed = await this.facts(user, id, asked.state);
    const sizes = liveOf(sealed);
    const facts = sizes ? { ...sealed, size: this.endOf(sealed, asked) } : sealed;
    if (!sizes && asked.size !== undefined) throw new Refusal("invalid_size", "`size`: only a live upload has it; that of this one was said when it was created");
    if (!sizes && asked.durationMs !== undefined) throw new Refusal("invalid_size", "`durationMs`: only a live upload has it");
    const crc64nvme = asked.crc64nvme ?? facts.crc64nvme;
    if (facts.crc64nvme !== undefined && facts.crc64nvme !== crc64nvme) throw mismatched();
    const working = facts.parts ? await this.assemble(facts, multipartOf(facts), crc64nvme) : false;
    const stored = await this.stored(facts, id, crc64nvme);
    if (stored) {
      const { durationMs } = asked;
      const more = { ...(sizes && { live: true as const }), ...(durationMs !== undefined && { durationMs }) };
      await this.settings.options.onStored?.({ ...stored, ...more }, user);
      const { type: _type, verified: _verified, ...shown } = stored;
      return shown;
    }
    if (working) return { retryAfterMs: COMPLETING_AGAIN_MS };
    if (facts.parts) throw gone();
    throw new Refusal("not_stored", "storage does not hold the object; send the file again, with a new URL from a create call");
  }

  /** The bytes of a live upload, as its page says. */
  private endOf({ size: most }: Facts, { size }: EndAsked): number {
    if (size === undefined) throw new Refusal("invalid_size", "`size`: a live upload needs it, the bytes of the whole file");
    if (size > most) throw new Refusal("too_large", `\`size\`: ${size} bytes; this upload may have ${most} bytes`);
    return size;
  }

  private async stored({ key, size, type }: Facts, id: string, crc64nvme: string | undefined): Promise<StoredUpload | undefined> {
    const head = await this.settings.storage.head(key);
    if (!head) return undefined;
    if (head.size !== size) throw new Refusal("size_mismatch", `storage holds ${head.size} bytes, ${size} were declared`);
    if (head.crc64nvme && crc64nvme && head.crc64nvme !== crc64nvme) throw mismatched();
    if (head.encoding) throw new Refusal("content_encoding", "the file was sent with a Content-Encoding: who downloads it would see other bytes than were checked");
    const { etag, versionId } = head;
    const more = { ...(head.crc64nvme && { crc64nvme: head.crc64nvme }), etag, ...(versionId && { versionId }) };
    return { id, key, size, ...more, type, verified: crc64nvme !== undefined && head.crc64nvme === crc64nvme };
  }

  /** Completes the multipart upload; HEAD decides afterwards. True if storage may still be working. */
  private async assemble(facts: Facts, multipart: Multipart & { partSize: number }, crc64nvme: string | undefined): Promise<boolean> {
    const { storage } = this.settings;
    const { size } = facts;
    const sizes = liveOf(facts);
    const listed = await storage.parts(multipart);
    if (!listed) return false;
    checkParts(listed, sizes ? liveLengths(sizes, size) : partLengths(size, multipart.partSize));
    const completion = await storage.complete(multipart, listed, size, crc64nvme);
    switch (completion) {
      case "done":
      case "unknown":
        return true;
      case "gone":
        return false;
      case "exists":
      case "conflict":
        // The key is taken: HEAD tells whether by this file. After a 409 the multipart upload cannot be completed either:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        await storage.abort(multipart);
        return completion === "exists";
      case "parts":
        throw partsMismatch("the parts in storage have changed");
      case "checksum":
        throw mismatched();
    }
  }

  async cancel(user: User, id: string, state: string | undefined): Promise<void> {
    const facts = await this.facts(user, id, state);
    if (await this.settings.storage.head(facts.key)) throw alreadyStored();
    if (facts.parts) await this.settings.storage.abort(multipartOf(facts));
  }
}

/** The sizes of the parts of a live upload; undefined of another. */
const liveOf = ({ parts, doubleEvery }: Facts): LiveSizes | undefined => (parts && doubleEvery !== undefined ? { partSize: parts.size, doubleEvery } : undefined);

const mismatched = () => new Refusal("checksum_mismatch", "the checksum of the stored object differs from that of the file");

/** Each number once, each with its size. */
function checkParts(listed: readonly ListedPart[], lengths: Iterable<number>): void {
  let number = 0;
  for (const length of lengths) {
    const found = listed[number];
    number += 1;
    if (found?.number !== number) throw partsMismatch(`part ${number} is missing in storage`);
    if (found.size !== length) throw partsMismatch(`part ${number} has ${found.size} bytes in storage, ${length} in the plan`);
  }
  const extra = listed[number];
  if (extra) throw partsMismatch(`part ${extra.number} is not in the plan`);
}
