import type { Stored } from "./api.js";
import type { UploadError, UploadErrorCode, UploadPhase } from "./errors.js";

/** Sums over the uploads of a snapshot. */
export interface Totals {
  /** Uploads in the snapshot. */
  readonly uploads: number;
  /** Those in a state that changes by itself, and paused ones. */
  readonly active: number;
  /** Those in storage, `processed` ones among them. */
  readonly stored: number;
  readonly failed: number;
  readonly aborted: number;
  /** Bytes, as in `Progress`; those of failed and aborted uploads are not counted. */
  readonly sent: number;
  readonly confirmed: number;
  /** Bytes of the files whose size is known by now. */
  readonly total: number;
  /** Of all together. */
  readonly bytesPerSecond: number;
  /** Milliseconds to the end of all at this rate; absent while nothing is sent. */
  readonly etaMs?: number;
}

/** What one upload took. */
export interface UploadSummary {
  /** Requests to storage, repeated ones among them. */
  readonly attempts: number;
  /** Bytes of requests that failed or were stopped, and so were sent again, as far as the browser reports them. */
  readonly bytesResent: number;
  /** Milliseconds in each state; those of earlier pages are not counted. */
  readonly ms: Readonly<Record<"queued" | "hashing" | "uploading" | "waiting" | "paused", number>>;
}

/** What happened to an upload. Further types may come: ignore those that you do not know. */
export type UploadEvent = { readonly upload: string } & (
  | /** It has its turn. */ { readonly type: "started" }
  | /** Storage has taken a part, or the whole of a single PUT. */ {
      readonly type: "part";
      /** Of a multipart upload, from 1 on. */
      readonly number?: number;
      readonly bytes: number;
    }
  | /** A step has failed, and is done again. */ {
      readonly type: "retried";
      readonly code: UploadErrorCode;
      readonly phase: UploadPhase;
      /** The HTTP status, if there was an answer. */
      readonly status?: number;
      readonly number?: number;
      /** Failed attempts of this step so far. */
      readonly attempt: number;
      /** Milliseconds until then, at least. */
      readonly delayMs: number;
    }
  | /** It waits for the network, a token, a quota or a throttled server. */ { readonly type: "waiting" }
  | /** It goes on after it was paused or has waited, or where an earlier page left it. */ { readonly type: "resumed" }
  | /** It is in storage. `verified` is whether its bytes are proved. */ {
      readonly type: "verified" | "unverified";
      readonly stored: Stored;
      readonly summary: UploadSummary;
    }
  | /** It failed, and nothing is done about it unless `retry()` is called. */ {
      readonly type: "failed";
      readonly error: UploadError;
      readonly summary: UploadSummary;
    }
);
