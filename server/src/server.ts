/** An upload API for any S3 bucket on Web-standard `Request` and `Response`; the page's side is `createClient({ api })`.
 * It keeps nothing: what a later call must know goes to the browser and comes back, sealed by a secret.
 *
 * Runs where `fetch` and WebCrypto do: Node 20 or newer, Bun, Deno, Cloudflare Workers.
 * @module */
import type { S3Client } from "@aws-sdk/client-s3";
import { handlerOf } from "./handler.js";
import { nodeListener } from "./node.js";
import { readOptions } from "./options.js";

/** Which store the client speaks to: what it verifies, signs and demands. Amazon S3 and Garage are tested against the
 * handler; MinIO, Cloudflare R2 and Backblaze B2 are from documents of 2026-11-28, and were not run.
 *
 * `"garage"` and `"b2"` do not keep an object from being overwritten, so that a key must contain `item.id`. `"b2"` takes
 * no checksums: its uploads are never verified. */
export type Store = "s3" | "r2" | "minio" | "b2" | "garage";

/** Who uploads. */
export interface UploadUser {
  /** The same for every request of one person, and of nobody else; 1 to 1,024 characters. An upload belongs to it. */
  readonly id: string;
}

/** A file that a page wants to upload. All of it is a stranger's text, checked for form only. */
export interface UploadItem {
  /** Of the upload: a ULID that the browser made. */
  readonly id: string;
  /** The file's name, in NFC, without control characters and those that only hide or reorder text. It may still be
   * `../../etc/passwd`. */
  readonly name: string;
  /** The file's folder, such as `photos/2026`: cleaned as the name is, without a slash at its ends, empty segments, `.`
   * and `..`; at most 700 bytes of UTF-8. */
  readonly path?: string;
  /** In bytes. Of a live upload the most that it may have: its own limit, or `limits.maxFileBytes`. */
  readonly size: number;
  /** The size is not known yet: a recorder makes the bytes while they are sent. */
  readonly live?: true;
  /** The media type, `type/subtype` in lower case, without parameters. */
  readonly type: string;
  /** The file's CRC64NVME in base64, if the page knows it already. */
  readonly crc64nvme?: string;
  /** What the page gave with the file: at most 32 entries and 2,048 bytes. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object that storage holds. */
export interface StoredUpload {
  /** Of the upload. */
  readonly id: string;
  /** Of the object. */
  readonly key: string;
  /** In bytes, as storage says. */
  readonly size: number;
  /** The media type that was asked for at creation. */
  readonly type: string;
  /** Its entity tag, without quotes. */
  readonly etag: string;
  /** Its CRC64NVME in base64, if storage states one. */
  readonly crc64nvme?: string;
  /** Its version, in a versioned bucket. */
  readonly versionId?: string;
  /** Whether storage states the checksum that the browser computed: the object is exactly the file. */
  readonly verified: boolean;
  /** It was a live upload. */
  readonly live?: true;
  /** Of a live upload: how long it plays, in milliseconds, if the page said so. */
  readonly durationMs?: number;
}

/** What is allowed. */
export interface UploadLimits {
  /** The largest file in bytes. Default 5 GiB; the most is 48.8 TiB. */
  readonly maxFileBytes?: number | undefined;
  /** Media types by their standard names, which the page's client sends: `video/webm`, `video/*`, `application/vnd.ms-*` with a prefix before its star, and `*` with `/*` for all.
   * HTML, SVG, XML and scripts are refused even if listed, since a browser would run them. Default: image/*, video/*,
   * audio/*, text/plain, application/zip, application/octet-stream. */
  readonly allowedTypes?: readonly string[] | undefined;
  /** Most files in one call, 1 to 100. Default 100. */
  readonly maxBatch?: number | undefined;
  /** How long a presigned URL counts, 1 to 900. Default 300. With temporary credentials it ends with these. */
  readonly urlLifetimeSeconds?: number | undefined;
  /** How long an upload may take, from its creation to the end, over reloads and pauses; at most 30 days. Default 7 days.
   * Let the bucket abort incomplete multipart uploads a little later. */
  readonly stateLifetimeSeconds?: number | undefined;
}

/** Why there is no room: for good, or until another upload has ended. */
export type QuotaRefusal = "quota_bytes" | "quota_open_uploads";

/** Where an error happened, for `onError`. */
export interface UploadErrorContext {
  /** The one in the answer, and in the page's error. */
  readonly requestId: string;
  /** Such as `POST {id}/complete`. */
  readonly route: string;
}

/** `authorize` comes first: TypeScript learns from it what the user is, for the functions after it.
 * @typeParam User what `authorize` gives */
export interface UploadHandlerOptions<User extends UploadUser = UploadUser> {
  /** The client of the bucket. Its `requestChecksumCalculation` does not matter: URLs are signed without the checksum of an
   * empty body.
   *
   * IAM: `s3:PutObject`, `s3:GetObject`, `s3:AbortMultipartUpload`, `s3:ListMultipartUploadParts` on the objects;
   * `s3:ListBucket` on the bucket (without it a missing object is 403), and `s3:ListBucketMultipartUploads`, which keeps a
   * create call whose answer was lost from beginning a second multipart upload. */
  readonly client: S3Client;
  /** Its name. Its CORS rules must allow the page's origin: see the package's documents. */
  readonly bucket: string;
  /** Seals the state of uploads: 32 bytes or more, such as from `openssl rand -base64 32`, the same for every instance. Of a
   * list the first one seals and all are accepted, so that one can be replaced without breaking uploads that are under
   * way. There is no default. */
  readonly secret: string | readonly string[];
  /** Who sends this request; null: nobody, 401. It may read headers and cookies, not the body. */
  readonly authorize: (request: Request) => User | null | Promise<User | null>;
  /** The key of the object, 1 to 1,024 bytes of UTF-8. It must be the same whenever the same item is asked for again, and
   * different for different users. Put `item.id` into it: then no upload can meet another. `item.name` is not safe as it
   * is. */
  readonly key: (item: UploadItem, user: User) => string | Promise<string>;
  /** Default `"s3"`. */
  readonly store?: Store | undefined;
  /** Origins whose pages may call, such as `https://app.example.com`: exact, no wildcard. They get CORS headers, with
   * credentials. Default: the handler's own origin, without CORS headers.
   *
   * A request that changes something must come from one of them, or say `Sec-Fetch-Site: same-origin`, which browsers do
   * over https and on localhost and no page can forge; 403 otherwise. Behind a proxy that ends TLS the handler's own
   * origin seems to be http: current browsers pass by that header, older ones need `origins` or `trustForwarded`. */
  readonly origins?: readonly string[] | undefined;
  /** Whether the handler's own origin is told by `X-Forwarded-Proto` and `X-Forwarded-Host`. Only behind a proxy that
   * always sets both. Default false. */
  readonly trustForwarded?: boolean | undefined;
  /** Whether checksums (CRC64NVME) are signed and asked for. Default: yes, but for `"b2"`. Set it to false if pages use
   * `checksum: "none"`: some stores refuse parts without one. */
  readonly checksums?: boolean | undefined;
  /** What is allowed. */
  readonly limits?: UploadLimits | undefined;
  /** Storage holds the object: write it into your database. Called at least once for each upload that a page completes,
   * maybe again and at the same time, so make it idempotent by `stored.id` and `user.id`. If it throws, the page's call fails and
   * is repeated.
   *
   * A page may close between its last byte and this call. The next page finishes the upload; if none comes, only storage
   * knows of the object. */
  readonly onStored?: ((stored: StoredUpload, user: User) => void | Promise<void>) | undefined;
  /** Called for each new upload. A code refuses it: `quota_bytes` for good, `quota_open_uploads` until another upload has
   * ended. */
  readonly quota?: ((item: UploadItem, user: User) => QuotaRefusal | null | void | Promise<QuotaRefusal | null | void>) | undefined;
  /** Called for each request, with its number of items and parts. Milliseconds to wait refuse it by 429; 0 or nothing admits
   * it. */
  readonly rate?: ((user: User, cost: number) => number | void | Promise<number | void>) | undefined;
  /** Called for each upload that is created or signed again. True refuses it by 409 `upload_mismatch`: your database knows
   * the id, for another file. Without it, only a state that comes back tells. */
  readonly mismatch?: ((item: UploadItem, user: User) => boolean | Promise<boolean>) | undefined;
  /** A failure behind the API: of storage, or of one of these functions. Default: one line by `console.error` with route,
   * name and request id, without the message, which may hold a secret. */
  readonly onError?: ((error: unknown, context: UploadErrorContext) => void) | undefined;
}

/** Answers requests. It never rejects. */
export type UploadHandler = (request: Request) => Promise<Response>;

/** The part of `http.IncomingMessage` that is used; Express' `originalUrl` and `body` if there are. */
export interface NodeRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The part of `http.ServerResponse` that is used. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: Uint8Array): unknown;
}

/** Fastify's request: the one of Node, and what a parser made of its body. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
  readonly body?: unknown;
}

/** Fastify's reply. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

/** What `toNode` gives. */
export type NodeHandler = (request: NodeRequest | FastifyRequestLike, response: NodeResponse | FastifyReplyLike) => void;

/** The upload API of a bucket.
 *
 * Its routes end in `/uploads`, `/uploads/{id}/parts` and the like, whatever is before: in the page
 * `createClient({ api: "/api/uploads", credentials: "same-origin" })`, and every request under `/api/uploads` to the
 * handler.
 * @throws TypeError if an option is missing or wrong */
export function createUploadHandler<User extends UploadUser>(options: UploadHandlerOptions<User>): UploadHandler {
  return handlerOf(readOptions(options));
}

/** The handler for `node:http`, Express and Fastify; before or after a body parser.
 * ```js
 * createServer(toNode(handler));                      // node:http
 * app.use("/api/uploads", toNode(handler));           // Express
 * app.all("/api/uploads/*", toNode(handler));         // Fastify
 * ``` */
export function toNode(handler: UploadHandler): NodeHandler {
  return nodeListener(handler);
}
