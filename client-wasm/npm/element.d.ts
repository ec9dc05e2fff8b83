import type { Uploadable } from "./adapters.js";
import type { Client, Signer, TokenProvider, Upload, UploadOptions, Visibility } from "./api.js";
import type { Messages } from "./elements.js";

export * from "./api.js";
export type { PickedFile, Rejection, RejectionCode, Uploadable } from "./adapters.js";
export type { CrowflyUploadEventMap, Messages, PluralText } from "./elements.js";

/** What `add` takes: one file, or a list. */
export type Uploadables = Uploadable | Iterable<Uploadable>;

/** Makes what is sent of a file, before anything is sent: a smaller picture, one of another kind. Null leaves the file
 * out. `signal` is aborted when the file is taken out of the list. */
export type Prepare = (
  file: File,
  context: { readonly signal: AbortSignal },
) => File | Blob | null | Promise<File | Blob | null>;

/** The properties of `<crowfly-upload>`. Those down to `light` are attributes as well: `max-bytes` is `maxBytes`. */
export interface CrowflyUploadProperties {
  /** Base of the HTTP API, as for `createClient`; the element makes its own client. */
  api: string;
  /** Cookie sessions: "same-origin" or "include", as for `createClient`. With neither this nor a `token`: "same-origin". */
  credentials: string;
  /** Name of the form field, whose values are the ids of stored uploads. */
  name: string;
  /** More than one file; without it a new file replaces the old one. */
  multiple: boolean;
  /** The form is not valid until one file is stored. */
  required: boolean;
  disabled: boolean;
  /** As the attribute of an input: `image/*,.pdf`. */
  accept: string;
  /** Most and least bytes of one file; undefined for no limit. */
  maxBytes: number | undefined;
  minBytes: number | undefined;
  /** Most files of the list, and most bytes of all of them; failed and cancelled ones are not counted. */
  maxFiles: number | undefined;
  maxTotalBytes: number | undefined;
  /** Whether the picker of folders is offered. Folders can be dropped either way. */
  folders: boolean;
  /** Which camera "take a photo" opens on touch devices: "user" or "environment". */
  camera: string;
  /** "page": what is pasted anywhere in the page counts, other than into a text field. */
  paste: string;
  /** Nothing is sent until `start()`. */
  manual: boolean;
  /** The folder that the uploads are in. */
  folder: string;
  /** "private" or "public". */
  visibility: Visibility | "";
  /** Rendered in the page's own tree instead of a shadow root. Read once, when the element comes into the page. */
  light: boolean;
  /** A client of the page's, which wins over `api`. */
  client: Client | undefined;
  token: TokenProvider | undefined;
  signer: Signer | undefined;
  /** Options of each upload, or a function that gives them. */
  options: UploadOptions | ((file: File) => UploadOptions | undefined) | undefined;
  prepare: Prepare | undefined;
  messages: Messages | undefined;
}

/** What can be told to `<crowfly-upload>`. */
export interface CrowflyUploadMethods {
  /** Adds files as if they had been picked. Resolves when they are in the list or refused, and started unless `manual`. */
  add(files: Uploadables): Promise<void>;
  /** Opens the browser's dialog; call it in a click. */
  browse(): void;
  /** Starts what `manual` holds back. */
  start(): Promise<void>;
  /** Of all uploads. */
  pause(): void;
  resume(): void;
  /** Starts all that failed again. */
  retry(): void;
  cancel(): void;
  /** What has ended leaves the list. */
  clear(): void;
}

/** `<crowfly-upload>`: an uploader in one tag. */
export interface CrowflyUpload extends CrowflyUploadProperties, CrowflyUploadMethods {}
export class CrowflyUpload extends HTMLElement {
  static readonly formAssociated: true;
  /** The uploads of the list, oldest first. */
  readonly uploads: readonly Upload[];
  /** The ids of stored uploads. */
  readonly value: readonly string[];
  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
}

declare global {
  interface HTMLElementTagNameMap {
    "crowfly-upload": CrowflyUpload;
  }
}
