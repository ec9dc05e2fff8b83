// What the elements have in common.
import type { Rejection } from "./adapters.js";
import type { Stored, Upload, UploadError, UploadErrorCode, Warning, WarningCode } from "./api.js";

/** A text for each plural category of its language; which one is chosen by `Intl.PluralRules`. */
export type PluralText = { readonly other: string } & Readonly<Partial<Record<"zero" | "one" | "two" | "few" | "many", string>>>;

/** Texts in place of those of the language, by their names in docs/ELEMENT.md and docs/RECORDER.md. `{n}`, `{name}`, `{size}` and others are
 * replaced by what they stand for. */
export interface Messages {
  readonly [name: string]: string | PluralText | Readonly<Record<string, string>> | undefined;
  /** What an upload failed with, by its code. */
  readonly errors?: Readonly<Partial<Record<UploadErrorCode, string>>> | undefined;
  /** What the client warns of, by its code; without a text a warning is not shown. */
  readonly warnings?: Readonly<Partial<Record<WarningCode, string>>> | undefined;
}

/** What the events of the elements tell in their `detail`. All of them bubble, and leave shadow roots. */
export interface CrowflyUploadEventMap {
  /** It has begun. `file` is absent of a recording, and if it goes on from an earlier page by a handle. */
  "crowfly-upload": CustomEvent<{ readonly upload: Upload; readonly file?: File }>;
  /** What `<crowfly-upload>` does not take. */
  "crowfly-refused": CustomEvent<{ readonly rejected: readonly Rejection[] }>;
  "crowfly-stored": CustomEvent<{ readonly upload: Upload; readonly result: Stored }>;
  /** Without an `upload` if there came to be none, such as when `prepare` has thrown, or a person has
   * refused the camera. */
  "crowfly-failed": CustomEvent<{ readonly upload?: Upload; readonly error: UploadError | Error }>;
  "crowfly-aborted": CustomEvent<{ readonly upload: Upload }>;
  /** Of the element's own client. Unless it is cancelled it is written to the console. */
  "crowfly-warning": CustomEvent<{ readonly warning: Warning }>;
}

declare global {
  interface GlobalEventHandlersEventMap extends CrowflyUploadEventMap {}
}
