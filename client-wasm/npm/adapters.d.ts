import type {
  Client,
  ClientOptions,
  FileHandle,
  Resumable,
  Upload,
  UploadOptions,
  UploadSnapshot,
} from "./api.js";
import type { Totals } from "./events.js";

/**
 * What a component gives: the options of `createClient`. Components that name the same `api` (or `signer`) and `scope`
 * share one client of the page; its settings are those of the component that was first. Of `token`, `onWarning` and
 * `onEvent` the latest counts, whichever component gave it.
 */
export type ConnectOptions = ClientOptions & {
  /** Makes the client in place of `createClient` of `crowfly`: that of `crowfly/inline` or `crowfly/testing`, or a
   * function of yours around that of `crowfly/slim`. */
  createClient?: ((options: ClientOptions) => Promise<Client>) | undefined;
  /** Whether each upload is followed until its record is there, so that its state becomes `processed`; false by
   * default. Of one whose record does not come in time, `processed()` says why. */
  processed?: boolean | undefined;
};

/** A file as a drop zone gives it. */
export interface PickedFile {
  readonly file: File;
  /** Its handle, where the browser has handles and the file was dropped: with one, a later page needs no file. */
  readonly handle?: FileHandle;
  /** Its path in the folder that was dropped or picked, such as `trip/day 1/a.jpg`; its name outside of folders.
   * Without control characters. */
  readonly path: string;
}

/** What can be uploaded. Of a file in a folder, picked or dropped, the folder becomes the option `path` unless that is
 * given. */
export type Uploadable = Blob | FileHandle | PickedFile;

/** What can be done about one upload; the functions stay the same as long as it is there. */
export interface UploadMethods extends Pick<Upload, "pause" | "resume" | "abort" | "retry" | "processed"> {
  /** As `forget` of the client. */
  forget(this: void): boolean;
}

/** One upload at one moment, and what can be done about it. It stays the same object until something of it changes. */
export interface LiveUpload extends UploadSnapshot, UploadMethods {}

/** What components see of a client, at one moment. It stays the same object until something changes. */
export interface Connected {
  /** The client, once there is one. Its `close` is not for a component: others may use it. */
  readonly client: Client | undefined;
  /** Why there is no client, or why the last `upload()`, `attach()` or `discard()` failed: usually an `UploadError`.
   * What goes wrong with an upload later is in the upload. */
  readonly error: unknown;
  /** In the order in which they were started. */
  readonly uploads: readonly LiveUpload[];
  /** Sums over them. */
  readonly totals: Totals;
  /** What earlier pages left unfinished. The list is read again when one of them was attached or discarded. */
  readonly resumable: readonly Resumable[];
  /**
   * Starts uploads: of one file, or of each in a list (an array, the `files` of an input, what a drop zone gives).
   * Before there is a client, it waits for it; the files are kept, and so is the list of an input that is emptied
   * meanwhile.
   *
   * Rejects as `createClient` and `client.upload` do. Nobody has to handle that: `error` has it too. Of a list, those
   * before a wrong one are started.
   */
  upload(this: void, files: Iterable<Uploadable>, options?: UploadOptions | null): Promise<Upload[]>;
  upload(this: void, file: Uploadable, options?: UploadOptions | null): Promise<Upload>;
  /** As those of the client; before there is one, they do nothing. */
  pauseAll(this: void): void;
  resumeAll(this: void): void;
  retryFailed(this: void): void;
  abortAll(this: void, reason?: unknown): void;
  forget(this: void, id: string): boolean;
}

/** Why something that was dropped, pasted or picked is not given to `onFiles`. */
export type RejectionCode =
  /** More than `maxBytes`. */
  | "too_large"
  /** Less than `minBytes`. */
  | "too_small"
  /** With it, the files of the gesture have more than `maxTotalBytes`. */
  | "too_large_in_all"
  /** Not what `accept` lists. */
  | "type_not_accepted"
  /** One more than `maxFiles`, or the second where `multiple` is false. */
  | "too_many"
  /** A folder without a file that could be sent. */
  | "empty_folder"
  /** A file or folder that an operating system leaves behind, such as `.DS_Store`, `Thumbs.db` or `__MACOSX`. One that
   * was chosen by itself, outside any folder, is given. */
  | "system_file"
  /** The browser may not read it, or it is gone. */
  | "unreadable";

/** Something that is not given to `onFiles`. */
export interface Rejection {
  readonly code: RejectionCode;
  /** As in `PickedFile`; that of the folder for `empty_folder`. */
  readonly path: string;
  /** The file, unless it is a folder or unreadable. */
  readonly file?: File;
}

/** What a drop zone is set to. All of it is told before anything is sent. */
export interface DropzoneOptions {
  /** Called with the files, at least one. It may be the `upload` of a client's. */
  onFiles?: ((files: PickedFile[]) => unknown) | undefined;
  /** Called with what is left out, at least one, before `onFiles`. It is in the state too. */
  onReject?: ((rejected: readonly Rejection[]) => unknown) | undefined;
  /** As the attribute of an input: `image/*,.pdf`. Everything by default. */
  accept?: string | undefined;
  /** Most bytes of one file. */
  maxBytes?: number | undefined;
  /** Least bytes of one file. */
  minBytes?: number | undefined;
  /** Most bytes of the files of one gesture. */
  maxTotalBytes?: number | undefined;
  /** Most files of one gesture. */
  maxFiles?: number | undefined;
  /** Whether more than one file is taken at a time; true by default. */
  multiple?: boolean | undefined;
  /** Whether the browser's dialog picks a folder; false by default. Folders can be dropped either way. */
  directory?: boolean | undefined;
  /** Whether files that are pasted anywhere in the page are taken, other than into a text field; false by default. */
  paste?: boolean | undefined;
  /** Whether nothing is taken; what is dropped here then does nothing. False by default. */
  disabled?: boolean | undefined;
}

/** A drop zone at one moment. */
export interface DropzoneState {
  /** Whether files are held over it. */
  readonly isDragging: boolean;
  /** What was left out of the last gesture. */
  readonly rejected: readonly Rejection[];
}

/** Opens the browser's dialog: for files, or with `true` for a folder; `directory` by default. Call it in a click. */
export type OpenDialog = (folder?: unknown) => void;

/** Attributes of a drop zone's element: a button to keyboards and screen readers. */
export interface RootProps {
  readonly ref: (element: Element | null) => void;
  readonly role: "button";
  readonly tabIndex: 0;
  readonly "aria-disabled": boolean;
}

/** Attributes of its file input, which is inside of the element and hidden. */
export interface InputProps {
  readonly type: "file";
  readonly hidden: true;
  readonly accept: string | undefined;
  readonly multiple: boolean;
  readonly webkitdirectory: "" | undefined;
}
