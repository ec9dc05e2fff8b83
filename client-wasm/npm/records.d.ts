import type { Visibility } from "./api.js";

/** State of an upload, according to its record. */
export type RecordStatus = "pending" | "stored" | "aborted" | "deleted" | "expired";

/** Result of the malware scan. */
export type ScanStatus = "pending" | "clean" | "infected" | "unscannable";

/** Why a stored object is withheld: it could run, under a type that says something harmless; a scan has to find it
 * clean; a scan has found malware, or could not read it; it was sent with a `Content-Encoding`. */
export type Withheld = "active_content" | "scan_pending" | "infected" | "content_encoding";

/** One upload as the database knows it. Moments are Unix milliseconds by the server's clock. */
export interface UploadRecord {
  readonly id: string;
  readonly status: RecordStatus;
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
  /** The folder of the file, relative to what was picked, such as `photos/2026`; absent without one. At most 700 bytes
   * of UTF-8, in NFC, without `..`. */
  readonly path?: string;
  /** Bytes; 0 of a recording that has not ended. */
  readonly size: number;
  /** The media type by its standard name: `image/jpeg` for a file that was announced as `image/jpg`. */
  readonly type: string;
  readonly visibility: Visibility;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Bytes of each part but the last, of a recording those of its first parts; absent for a single PUT. */
  readonly partSize?: number;
  /** It was uploaded while it was recorded. */
  readonly live?: true;
  /** How long such a recording plays, in milliseconds, as its client said. */
  readonly durationMs?: number;
  /** Its client went away: the object has what had been sent until then. */
  readonly truncated?: true;
  /** The object's CRC64NVME in base64 of 8 big-endian bytes. */
  readonly crc64nvme?: string;
  /** The checksum of the browser, the size and the type equal what storage holds. */
  readonly verified: boolean;
  readonly etag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
  /** The first bytes are not what the type says. */
  readonly typeMismatch?: true;
  /** On a mismatch, what the first bytes look like: a media type, under which `content` gives the object out unless a
   * browser could run it. */
  readonly seenType?: string;
  /** What the scan of the object says; absent where nothing is scanned. */
  readonly scan?: ScanStatus;
  /** Why the stored object is withheld; absent if it is not. */
  readonly withheld?: Withheld;
  /** The object's address without a signature; it opens by itself only if public. Absent while withheld. */
  readonly url?: string;
  readonly createdAt: number;
  readonly storedAt?: number;
  /** When the record goes away; only of aborted and expired uploads, and not in their first day. */
  readonly expiresAt?: number;
}

/** One page of records, newest first. */
export interface RecordPage {
  /** A page may be short, or empty, and still have a cursor. */
  readonly uploads: readonly UploadRecord[];
  /** Where the next page starts; absent on the last one. */
  readonly cursor?: string;
}

/** Where to read an object's bytes. */
export interface Content {
  /** A credential for a private object: do not log it. */
  readonly url: string;
  /** Milliseconds from the answer on in which the address works; absent for a public object. */
  readonly expiresInMs?: number;
}
