// The published entry, installed in a project of its own, and a bucket in memory behind the real S3 client.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const modules = resolve(process.env.CROWFLY_NODE_MODULES ?? join(root, "target/tools/node/node_modules"));

const project = mkdtempSync(join(tmpdir(), "crowfly-server-"));
after(() => rmSync(project, { recursive: true, force: true }));
mkdirSync(join(project, "node_modules/crowfly"), { recursive: true });
for (const name of ["package.json", "server.js", "server.cjs"]) cpSync(join(packageDir, name), join(project, "node_modules/crowfly", name));
symlinkSync(join(modules, "@aws-sdk"), join(project, "node_modules/@aws-sdk"));

const fromProject = createRequire(join(project, "app.js"));
export const { createUploadHandler, toNode } = await import(pathToFileURL(join(project, "node_modules/crowfly/server.js")));
export const { S3Client } = fromProject("@aws-sdk/client-s3");
export const golden = (name) => JSON.parse(readFileSync(join(root, `contract/tests/golden/${name}.json`), "utf8"));

export const ID = "01JD7ZK3V8Q2X5N6R9T0W1Y4AB";
export const OTHER = "01JD7ZK3V8Q2X5N6R9T0W1Y4AC";
export const CRC = "rosUhgp5mIg=";
export const MIB = 1024 ** 2;
export const SECRET = "a secret of thirty-two bytes, or more";
export const ORIGIN = "https://app.example.com";

export const item = (more = {}) => ({ id: ID, name: "a.txt", size: 9, type: "text/plain", crc64nvme: CRC, ...more });

const xml = (status, body) => ({ status, body: `<?xml version="1.0" encoding="UTF-8"?>${body}` });
export const s3Error = (status, code) => xml(status, `<Error><Code>${code}</Code><Message>m</Message></Error>`);

/** A bucket: what the handler calls of S3, no more. `faults` takes `(operation, request) => answer | undefined`. */
export class FakeBucket {
  objects = new Map();
  multiparts = new Map();
  calls = [];
  faults = [];
  lastUpload = 0;

  put(key, size, crc64nvme, more = {}) {
    this.objects.set(key, { size, crc64nvme, more });
  }

  part(uploadId, number, size, crc64nvme) {
    this.multiparts.get(uploadId).parts.set(number, { size, crc64nvme });
  }

  operation({ method, query }) {
    if ("uploads" in query) return method === "POST" ? "begin" : "unfinished";
    if ("uploadId" in query) return { GET: "parts", POST: "complete", DELETE: "abort" }[method];
    return method.toLowerCase();
  }

  /** The S3 client's own interface for what sends its requests. */
  async handle(request) {
    const operation = this.operation(request);
    this.calls.push({ operation, ...request });
    const key = decodeURIComponent(request.path.split("/").slice(2).join("/"));
    let answer;
    for (const fault of this.faults) answer ??= await fault(operation, request);
    if (answer === "lost") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    const { status, body = "", headers = {} } = answer ?? this[operation](key, request);
    const all = { "content-type": "application/xml", ...headers };
    return { response: { statusCode: status, headers: all, body: new TextEncoder().encode(body) } };
  }

  head(key) {
    const object = this.objects.get(key);
    if (!object) return { status: 404 };
    const checksum = object.crc64nvme ? { "x-amz-checksum-crc64nvme": object.crc64nvme } : {};
    return { status: 200, headers: { "content-length": `${object.size}`, etag: '"9bb58f26192e4ba00f01e2e7b136bbd8"', ...checksum, ...object.more } };
  }

  begin(key, request) {
    const uploadId = `upload-${(this.lastUpload += 1)}`;
    this.multiparts.set(uploadId, { key, type: request.headers["content-type"], parts: new Map() });
    return xml(200, `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`);
  }

  unfinished(_key, { query }) {
    const open = [...this.multiparts].filter(([, { key }]) => key.startsWith(query.prefix));
    const shown = open.map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`);
    return xml(200, `<ListMultipartUploadsResult>${shown.join("")}</ListMultipartUploadsResult>`);
  }

  /** Pages of two. */
  parts(key, { query }) {
    const upload = this.multiparts.get(query.uploadId);
    if (upload?.key !== key) return s3Error(404, "NoSuchUpload");
    const after = Number(query["part-number-marker"] ?? 0);
    const left = [...upload.parts].sort(([one], [other]) => one - other).filter(([number]) => number > after);
    const shown = left.slice(0, 2).map(([number, { size, crc64nvme }]) => {
      const checksum = crc64nvme ? `<ChecksumCRC64NVME>${crc64nvme}</ChecksumCRC64NVME>` : "";
      return `<Part><PartNumber>${number}</PartNumber><ETag>"e${number}"</ETag><Size>${size}</Size>${checksum}</Part>`;
    });
    const next = `<NextPartNumberMarker>${left[1]?.[0] ?? 0}</NextPartNumberMarker>`;
    return xml(200, `<ListPartsResult>${shown.join("")}<IsTruncated>${left.length > 2}</IsTruncated>${next}</ListPartsResult>`);
  }

  complete(key, request) {
    const upload = this.multiparts.get(request.query.uploadId);
    if (upload?.key !== key) return s3Error(404, "NoSuchUpload");
    if (request.headers["if-none-match"] === "*" && this.objects.has(key)) return s3Error(412, "PreconditionFailed");
    const size = [...upload.parts.values()].reduce((sum, part) => sum + part.size, 0);
    this.put(key, size, request.headers["x-amz-checksum-crc64nvme"]);
    this.multiparts.delete(request.query.uploadId);
    return xml(200, "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
  }

  abort(_key, { query }) {
    return this.multiparts.delete(query.uploadId) ? { status: 204 } : s3Error(404, "NoSuchUpload");
  }
}

/** A handler in front of a bucket in memory, and how a page calls it. */
export function world(options = {}) {
  const bucket = new FakeBucket();
  const client = new S3Client({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
    endpoint: "http://127.0.0.1:1",
    forcePathStyle: true,
    maxAttempts: 1,
    requestHandler: bucket,
  });
  const errors = [];
  const stored = [];
  const handler = createUploadHandler({
    client,
    bucket: "films",
    secret: SECRET,
    key: (item, user) => `u/${user.id}/${item.id}`,
    // Whoever the test says.
    authorize: (request) => (request.headers.has("x-user") ? { id: request.headers.get("x-user") } : null),
    onStored: (object, user) => void stored.push({ ...object, user: user.id }),
    onError: (error) => errors.push(error),
    ...options,
  });
  /** A request of the page at `ORIGIN`, unless its headers say otherwise. */
  async function send(method, path, body, headers = {}) {
    const own = { "x-user": "ann", "sec-fetch-site": "same-origin", ...(body !== undefined && { "content-type": "application/json" }) };
    const all = new Headers({ ...own, ...headers });
    for (const [name, value] of Object.entries(headers)) if (value === null) all.delete(name);
    const text = body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await handler(new Request(`${ORIGIN}/api/uploads/uploads${path}`, { method, headers: all, body: text }));
    const answer = await response.text();
    return { status: response.status, headers: response.headers, text: answer, body: answer && JSON.parse(answer), code: answer && JSON.parse(answer).error?.code };
  }
  const create = async (more = {}, headers) => {
    const answer = await send("POST", "", { uploads: [item(more)] }, headers);
    return { ...answer, result: answer.body.uploads?.[0] };
  };
  return { bucket, client, handler, send, create, errors, stored };
}

/** A multipart upload that is under way: 20 MiB in three parts of 8, 8 and 4. */
export async function underWay(options, more = {}) {
  const at = world(options);
  const { result, text } = await at.create({ size: 20 * MIB, crc64nvme: undefined, ...more });
  if (!result?.plan) throw new Error(text);
  const uploadId = [...at.bucket.multiparts.keys()].at(-1);
  const fill = () => [8, 8, 4].forEach((size, index) => at.bucket.part(uploadId, index + 1, size * MIB, CRC));
  return { ...at, result, state: result.state, uploadId, fill };
}

/** The same members, in the same order or not, of the same kinds. */
export function shapeOf(value) {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).sort().map(([name, member]) => [name, shapeOf(member)]));
}
