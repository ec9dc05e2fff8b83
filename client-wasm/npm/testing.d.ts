import type {
  AttachOptions,
  ClientOptions,
  CommonOptions,
  FileHandle,
  Finding,
  Progress,
  Resumable,
  Signer,
  Stored,
  TokenProvider,
  Upload,
  UploadError,
  UploadErrorCode,
  UploadOptions,
  UploadRecord,
  WarningCode,
} from "./api.js";
import type { LiveClient, LiveOptions } from "./live.js";

export * from "./api.js";

/** What a test client is set to: the client's own options, of which none is required, and how uploads go. */
export interface TestClientOptions extends CommonOptions {
  /** Not called: there is no network. */
  api?: string | URL | undefined;
  /** Not called. */
  token?: TokenProvider | undefined;
  credentials?: "same-origin" | "include" | undefined;
  /** Not called; as with the real client, reading records then rejects as `unsupported`. */
  signer?: Signer | undefined;
  /** Whether uploads run by themselves, to `stored` and, once `processed()` was called, `processed`; true by default.
   * False: as after `testing.hold()`. */
  auto?: boolean | undefined;
  /** Milliseconds before each step of an upload; 0 by default: a step is then a microtask, which fake timers do not stop.
   * With more, steps wait for `setTimeout` as it is at that moment, so that fake timers move them. */
  delayMs?: number | undefined;
  /** In how many steps the bytes go, 1 to 1,000; 4 by default: `onProgress` is called with a quarter, a half, ... */
  steps?: number | undefined;
  /** What `resumable()` lists. */
  resumable?: readonly ResumableSeed[] | undefined;
  /** What `records()` lists, in any order. */
  records?: readonly RecordSeed[] | undefined;
  /** What `doctor()` finds; nothing by default. */
  findings?: readonly Finding[] | undefined;
}

/** An upload that an earlier page left. */
export interface ResumableSeed {
  /** By default the next one of the test client's ids. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly path?: string | undefined;
  /** Bytes. `attach` refuses a file of another size with `file_changed`; bytes are not compared. */
  readonly size: number;
  /** `application/octet-stream` by default. */
  readonly type?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Unix milliseconds; now by default. */
  readonly savedAt?: number | undefined;
  /** Set for a live upload; `size` are then its recorded bytes. */
  readonly live?: true | undefined;
  /** `file` by default; `nothing` for a live upload. */
  readonly needs?: Resumable["needs"] | undefined;
  /** Bytes that storage holds already; 0 by default. */
  readonly confirmed?: number | undefined;
}

/** A record; what is absent is made up. */
export type RecordSeed = Partial<UploadRecord>;

/** What an error is to have besides its code; what is absent follows from the code and the upload's state. */
export type ErrorFields = Partial<Omit<UploadError, "name" | "code" | "stack">>;

/** A client without a network, and what a test tells it. */
export interface TestClient extends LiveClient {
  readonly testing: TestControls;
}

/** What a test tells a client. */
export interface TestControls {
  /** What the client was made with. */
  readonly options: Readonly<TestClientOptions>;
  /** All uploads that were started, in that order, also those that were forgotten since. */
  readonly uploads: readonly UploadControls[];
  /** The upload with this id or name, the last one of several; without an argument the last one that was started. Throws if
   * there is none. */
  upload(this: void, which?: string | Upload): UploadControls;
  /** All uploads stop before their next step, and those that are started later before their first; also those that were
   * released one by one. */
  hold(this: void): void;
  /** All go on, also those that were told something one by one. */
  release(this: void): void;
  /** The network is lost: active uploads are `waiting`, and reads reject with `network`. */
  offline(this: void): void;
  /** It is back: they go on. */
  online(this: void): void;
  /** The next upload that is started, and is not told otherwise, fails with this code half-way. Called again, the one
   * after it, and so on. */
  failNext(this: void, code: UploadErrorCode, fields?: ErrorFields): void;
  /** `records`, `record`, `content`, `remove`, `resumable` and `processed` reject with this code, until `null` is given. */
  failReads(this: void, code: UploadErrorCode | null, fields?: ErrorFields): void;
  /** Adds to what `resumable()` lists; returns the id. */
  addResumable(this: void, seed: ResumableSeed): string;
  /** Adds a record, or replaces that of the same id; returns it. */
  addRecord(this: void, seed?: RecordSeed): UploadRecord;
  /** Calls `onWarning`. */
  warn(this: void, code: WarningCode, message?: string, upload?: string): void;
  /** Resolves when nothing moves any more: every upload has ended, is paused, is held, or waits for the network. */
  settled(this: void): Promise<void>;
}

/** What a test tells one upload. From `hold`, `progress`, `store` or `retrying` on it goes no further by itself, until
 * `release`. Of an upload that has ended nothing can be told, but `process`, and `fail` while `processed()` is waited for. */
export interface UploadControls {
  readonly upload: Upload;
  /** What the application gave to `upload`, or to `attach`. */
  readonly file: Blob | FileHandle | undefined;
  readonly options: Readonly<(UploadOptions & AttachOptions) | LiveOptions>;
  /** It stops before its next step. */
  hold(this: void): void;
  /** It goes on by itself, also while the client holds all others. */
  release(this: void): void;
  /** Sends: a part of the file from 0 to 1, or fields of `Progress`. */
  progress(this: void, to: number | Partial<Progress>): void;
  /** Storage holds it: `done` resolves with this. */
  store(this: void, fields?: Partial<Stored>): void;
  /** Its record is there, with these fields: `processed()` resolves, now or when it is called. Stores the upload
   * first if need be. */
  process(this: void, fields?: RecordSeed): void;
  /** It fails: `done` rejects. Of a stored upload whose `processed()` is waited for, that rejects. */
  fail(this: void, code: UploadErrorCode, fields?: ErrorFields): void;
  /** A step has failed, and is repeated: the event `retried`, with the state `waiting`; `release` or `progress` goes on. */
  retrying(this: void, code: UploadErrorCode, fields?: ErrorFields): void;
}

/** Makes a client without a network, at once. */
export function createTestClient(options?: TestClientOptions): TestClient;

/** As `createClient` of `crowfly` and `crowfly/live`, which a test replaces by this one: `vi.mock("crowfly", () => import("crowfly/testing"))`,
 * or `jest.mock("crowfly", () => require("crowfly/testing"))`. */
export function createClient(options: ClientOptions | TestClientOptions): Promise<TestClient>;

/** The test clients that were made and not closed, in that order: how a test gets hold of the one that the application made. */
export function openClients(): readonly TestClient[];

/** Closes them all; for `afterEach`. */
export function closeClients(): void;

/** An error of the SDK, for a test that replaces more than the client. */
export function uploadError(code: UploadErrorCode, fields?: ErrorFields): UploadError;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
