import type { TokenProvider, Upload, Visibility } from "./api.js";
import type { CrowflyUploadEventMap, Messages } from "./elements.js";
import type { LiveClient, LiveOptions, LiveUpload } from "./live.js";

export * from "./api.js";
export type { LiveClient, LiveOptions, LivePiece, LiveProgress, LiveSource, LiveUpload } from "./live.js";
export type { Messages, PluralText } from "./elements.js";

/** What can be recorded. */
export type RecorderSource = "camera" | "microphone" | "screen";

/**
 * What a recorder does: nothing (`idle`); it waits for a person's leave (`starting`); it records, and sends what there is by
 * now (`recording`); it sends the rest (`sending`); storage has it (`stored`); it was not stored, and can be tried again (`failed`).
 */
export type RecorderState = "idle" | "starting" | "recording" | "sending" | "stored" | "failed";

/** A recording that is about to begin. */
export interface RecordingInfo {
  readonly source: RecorderSource;
  /** How its file is called unless the options have another name: `camera 2026-11-30 14.05.09.webm`. */
  readonly name: string;
  /** The media type, with its codecs: `video/webm;codecs=vp9,opus`. */
  readonly type: string;
}

/** Options of `uploadLive`; `name` has a default, and `fixDuration` is on unless it is false here. */
export type RecorderOptions = Partial<LiveOptions>;

/** The properties of `<crowfly-recorder>`. Those down to `light` are attributes as well: `max-seconds` is `maxSeconds`. */
export interface CrowflyRecorderProperties {
  /** Base of the HTTP API, as for `createClient`; the element makes its own client. */
  api: string;
  /** Cookie sessions: "same-origin" or "include", as for `createClient`. With neither this nor a `token`: "same-origin". */
  credentials: string;
  /** Name of the form field, whose value is the id of the stored recording. */
  name: string;
  /** The form is not valid until a recording is stored. */
  required: boolean;
  /** No recording can be started, or taken out of the field. One that runs can be ended. */
  disabled: boolean;
  /** What a person may choose from, separated by spaces: `camera`, `microphone`, `screen`. The first one is chosen; of one
   * alone there is no choice. `camera microphone` by default. */
  sources: string;
  /** Most bytes, beside the server's limit; undefined for no limit. The recording ends there, and is stored. */
  maxBytes: number | undefined;
  /** Most seconds; undefined for no limit. The recording ends there, and is stored. */
  maxSeconds: number | undefined;
  /** The folder that the recording is in. */
  folder: string;
  /** "private" or "public". */
  visibility: Visibility | "";
  /** Rendered in the page's own tree instead of a shadow root. Read once, when the element comes into the page. */
  light: boolean;
  /** A client of the page's, of `crowfly/live`, which wins over `api`. One without `uploadLive` records nothing: it fails with an
   * error that says so. */
  client: LiveClient | undefined;
  token: TokenProvider | undefined;
  /** Options of each recording's upload, or a function that gives them. */
  options: RecorderOptions | ((recording: RecordingInfo) => RecorderOptions | undefined) | undefined;
  messages: Messages | undefined;
  /** What the browser is asked for, in place of the element's own: for `getUserMedia`, and for `getDisplayMedia` where a screen is chosen. */
  constraints: MediaStreamConstraints | undefined;
}

/** What can be told to `<crowfly-recorder>`. */
export interface CrowflyRecorderMethods {
  /** Asks for the device and records; call it in a click, as browsers share a screen in no other moment. A new recording
   * takes the place of the stored one. Resolves when it runs, or will not: why is told by an event and to the person. Does nothing while
   * the element is busy or disabled. */
  start(): Promise<void>;
  /** Ends the recording; the rest of it is sent. */
  stop(): void;
  /** Pauses the sending. It is recorded on, and kept on the disk. */
  pause(): void;
  /** Goes on sending. */
  resume(): void;
  /** Tries again what has failed. */
  retry(): void;
  /** Discards what is recorded, sent or failed, without a question; nothing of it is kept. */
  cancel(): void;
  /** Takes a stored recording out of the field. Storage keeps it. */
  clear(): void;
}

/** `<crowfly-recorder>`: records camera, microphone or screen, and uploads while it is recorded. */
export interface CrowflyRecorder extends CrowflyRecorderProperties, CrowflyRecorderMethods {}
export class CrowflyRecorder extends HTMLElement {
  static readonly formAssociated: true;
  /** The upload of the recording that runs, or ran last. It is an `Upload` if an earlier page recorded it. */
  readonly upload: LiveUpload | Upload | undefined;
  /** The id of the stored recording, or an empty text. */
  readonly value: string;
  readonly state: RecorderState;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
}

/** What the element's events tell in their `detail`: those of `<crowfly-upload>`, without `file`. */
export type CrowflyRecorderEventMap = Omit<CrowflyUploadEventMap, "crowfly-refused">;

declare global {
  interface HTMLElementTagNameMap {
    "crowfly-recorder": CrowflyRecorder;
  }
}
