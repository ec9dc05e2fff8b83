// The documented ways of use, and the mistakes that the types must catch. Compiled, never run.
import { createClient, isUploadError } from "crowfly";
import type {
  Client,
  Progress,
  Resumable,
  Signer,
  Snapshot,
  Stored,
  Upload,
  UploadErrorCode,
  UploadRecord,
  Warning,
  WarningCode,
} from "crowfly";
import { createClient as createSlim } from "crowfly/slim";
import { createClient as createInline } from "crowfly/inline";
import { closeClients, createClient as createFake, createTestClient, openClients, uploadError } from "crowfly/testing";

declare const file: File;
declare const blob: Blob;
declare const handle: FileSystemFileHandle;
declare const controller: AbortController;
declare const signer: Signer;

export async function main(): Promise<UploadRecord> {
  const client: Client = await createClient({
    api: new URL("https://api.example.com"),
    token: async ({ reason }) => (reason === "unauthorized" ? "new" : "old"),
    checksum: "crc64nvme",
    requireVerified: true,
    concurrency: 4,
    pollTimeoutMs: 60_000,
    onWarning: ({ code, message, upload }) => console.log(code satisfies WarningCode, message, upload),
    resume: true,
    scope: "user-1",
  });
  const upload: Upload = client.upload(file, {
    onProgress: (progress: Progress) => progress.sent / progress.total,
    onStateChange: (state) => state === "waiting",
    signal: controller.signal,
    visibility: "public",
    metadata: { album: "summer" },
    priority: 1,
    name: "a.txt",
    path: "photos/2026",
    type: "text/plain",
    checksum: "none",
    requireVerified: false,
  });
  client.upload(blob, { name: "a.bin" });
  upload.pause();
  upload.resume();
  upload.abort();
  upload.abort(new Error("enough"));
  upload.retry();
  const eta: number | undefined = upload.progress.etaMs;
  const stored: Stored = await upload.done;
  const verified: boolean = stored.verified;
  console.log(eta, stored.key, stored.crc64nvme?.length, verified);
  const leave: () => void = client.subscribe(() => {});
  leave();
  const snapshot: Snapshot = client.snapshot();
  const failed: UploadErrorCode | undefined = snapshot.uploads[0]?.error?.code;
  console.log(failed);
  const page = await client.records({ limit: 10 });
  await client.records(page.cursor === undefined ? {} : { cursor: page.cursor });
  const content = await client.content(upload.id);
  console.log(content.url, await client.record(upload.id));
  const removed: void = await client.remove(upload.id);
  console.log(removed);
  // @ts-expect-error it is an id that is deleted, and not an upload
  await client.remove(upload);
  try {
    return await upload.processed();
  } catch (error) {
    if (isUploadError(error)) {
      const status: number | undefined = error.status;
      console.log(error.code satisfies UploadErrorCode, error.retryable, error.phase, status, error.stack);
    }
    throw error;
  } finally {
    client.close();
  }
}

export async function later(client: Client): Promise<void> {
  client.upload(handle, { priority: 2 });
  const entries: Resumable[] = await client.resumable();
  for (const entry of entries) {
    if (entry.needs === "nothing") (await entry.attach()).pause();
    else if (entry.needs === "permission") await entry.attach(undefined, { onProgress: ({ sent }) => sent });
    else if (entry.name === file.name) await entry.attach(file);
    else await entry.attach(handle, { signal: controller.signal });
    await entry.discard();
  }
}

export async function ownBackend(): Promise<void> {
  (await createClient({ signer })).close();
  (await createClient({ signer, token: () => "jwt", resume: false })).close();
  (await createClient({ api: "/api", credentials: "same-origin" })).close();
  (await createClient({ api: "/api", credentials: "include", token: () => "jwt" })).close();
  const post = async (path: string, body: unknown, signal: AbortSignal) =>
    (await fetch(path, { method: "POST", body: JSON.stringify(body), signal })).json();
  const own: Signer = {
    create: (request, signal) => post("/uploads", request, signal),
    sign: (id, request, signal) => post(`/uploads/${id}/parts`, request, signal),
    parts: async (id, signal) => (await fetch(`/uploads/${id}/parts`, { signal })).json(),
    complete: async () => ({ retryAfterMs: 500 }),
    abort: async (id, signal) => void (await fetch(`/uploads/${id}`, { method: "DELETE", signal })),
  };
  console.log(own);
}

export async function otherEntries(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const options = { api: "https://api.example.com", token: () => "jwt" };
  (await createInline(options)).close();
  (await createSlim({ ...options, wasm: bytes })).close();
  (await createSlim({ ...options, wasm: fetch("/crowfly_bg.wasm"), worker: () => new Worker("/w.js") })).close();
  // @ts-expect-error the slim entry needs the module
  await createSlim(options);
}

/** React needs no adapter. */
export function store(client: Client, useSyncExternalStore: <T>(s: (l: () => void) => () => void, g: () => T) => T): Snapshot {
  return useSyncExternalStore((listener) => client.subscribe(listener), () => client.snapshot());
}

/** Methods need no object round them. */
export function unbound(client: Client, upload: Upload, use: <T>(s: (l: () => void) => () => void, g: () => T) => T): Snapshot {
  const { pause, resume, abort } = upload;
  for (const deed of [pause, resume, abort] satisfies (() => void)[]) deed();
  const inlined: WarningCode = "inlined";
  console.log(inlined);
  const { subscribe, snapshot } = client;
  return use(subscribe, snapshot);
}

/** A client without a network is a client, and its module stands in for the package's. */
export async function withoutNetwork(): Promise<UploadErrorCode> {
  const client: Client = createTestClient();
  const replaced: typeof createClient = createFake;
  const { testing } = createTestClient({ auto: false, delayMs: 10, records: [{ name: "a" }], resumable: [{ name: "b", size: 1 }] });
  client.upload(file).pause();
  testing.upload("a.txt").progress(0.5);
  testing.upload(client.upload(file)).fail("network", { status: 503, phase: "send" });
  testing.upload().store({ verified: false });
  testing.failNext("stalled");
  await testing.settled();
  await replaced({ api: "/api", credentials: "include" });
  openClients().at(-1)?.testing.offline();
  closeClients();
  // @ts-expect-error no such code
  testing.failNext("no_such_code");
  // @ts-expect-error no such option
  createTestClient({ automatic: false });
  return uploadError("network", { message: "gone" }).code;
}

/** What became of a file whose bytes are not what its type says, or that a scan has not let pass. */
export function withheld(client: Client, record: UploadRecord): string {
  const mismatch: true | undefined = record.typeMismatch;
  const scan: "pending" | "clean" | "infected" | "unscannable" | undefined = record.scan;
  client.content(record.id).catch((error: unknown) => {
    if (isUploadError(error) && error.code === "scan_pending" && error.retryable) console.log("later");
  });
  const never: UploadErrorCode[] = ["type_mismatch", "infected", "content_encoding"];
  const seen: string | undefined = record.seenType;
  const why: "active_content" | "scan_pending" | "infected" | "content_encoding" | undefined = record.withheld;
  const onWarning = ({ code, upload }: Warning): void => {
    if (code === "type_mismatch") console.log(upload);
  };
  console.log(never, onWarning, seen, why);
  // @ts-expect-error a mismatch is said by its presence
  if (record.typeMismatch === false) console.log("no mismatch");
  // @ts-expect-error a status that does not exist
  if (record.scan === "dirty") console.log("no scan");
  return mismatch ? "mismatch" : (scan ?? "unscanned");
}

export async function mistakes(client: Client, upload: Upload): Promise<void> {
  // @ts-expect-error an API and a signer
  await createClient({ api: "https://api.example.com", token: () => "jwt", signer });
  // @ts-expect-error cookies are for an API
  await createClient({ signer, credentials: "include" });
  // @ts-expect-error no such word
  await createClient({ api: "/api", credentials: "omit" });
  // @ts-expect-error a signer of one function
  await createClient({ signer: { create: signer.create } });
  // @ts-expect-error a resumed upload keeps its name
  await (await client.resumable())[0]?.attach(file, { name: "b.txt" });
  // @ts-expect-error no address
  await createClient({ token: () => "jwt" });
  // @ts-expect-error no token
  await createClient({ api: "https://api.example.com" });
  // @ts-expect-error a token is no function
  await createClient({ api: "https://api.example.com", token: "jwt" });
  // @ts-expect-error an option that does not exist
  await createClient({ api: "https://api.example.com", token: () => "jwt", getToken: () => "jwt" });
  // @ts-expect-error a checksum that does not exist
  await createClient({ api: "https://api.example.com", token: () => "jwt", checksum: "md5" });
  // @ts-expect-error a token function must give a string
  await createClient({ api: "https://api.example.com", token: async () => 5 });
  // @ts-expect-error a path is no file
  client.upload("a.txt");
  // @ts-expect-error the controller is not its signal
  client.upload(file, { signal: controller });
  // @ts-expect-error a folder is text
  client.upload(file, { path: ["photos"] });
  // @ts-expect-error metadata is text
  client.upload(file, { metadata: { count: 1 } });
  // @ts-expect-error a handle is not what it ends in
  const stored: Stored = await upload;
  // @ts-expect-error a state that does not exist
  if (upload.state === "done") console.log(stored);
  // @ts-expect-error an error code that does not exist
  const code: UploadErrorCode = "oops";
  // @ts-expect-error a snapshot cannot be changed
  client.snapshot().uploads = [];
  // @ts-expect-error `processed` is a function: nothing is asked before it is called
  const record: UploadRecord = await upload.processed;
  console.log(code, record);
}
