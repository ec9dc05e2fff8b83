// The handler against a store that checks signatures: uploads as a page makes them, and URLs in other hands. Not found by
// `*.test.mjs`: whoever starts the store runs it.
//
//   STORE=s3 ENDPOINT=http://127.0.0.1:4566 BUCKET=films AWS_REGION=... AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... node --test store.mjs
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { MIB, S3Client, createUploadHandler, root } from "./support.mjs";

const { STORE, ENDPOINT, BUCKET, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const modules = resolve(process.env.CROWFLY_NODE_MODULES ?? join(root, "target/tools/node/node_modules"));
const { Crc64Nvme } = createRequire(join(modules, "x.js"))("@aws-sdk/crc64-nvme");
/** Whether storage keeps `If-None-Match`: Garage overwrites. */
const once = STORE === "s3";

const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
// As an application makes it, with the SDK's own defaults.
const client = new S3Client({ region: AWS_REGION, credentials, endpoint: ENDPOINT, forcePathStyle: true });
const stored = [];
const handlerWith = (options = {}) =>
  createUploadHandler({
    client,
    bucket: BUCKET,
    store: STORE,
    secret: randomBytes(32).toString("hex"),
    key: (item, user) => `uploads/${user.id}/${item.id}`,
    authorize: () => ({ id: "ann" }),
    onStored: (object) => void stored.push(object),
    ...options,
  });
const handler = handlerWith();

/** Of 26 digits. */
const newId = () => `0${createHash("sha256").update(randomBytes(16)).digest("hex").toUpperCase().slice(0, 25)}`;

function checksum(bytes) {
  const crc = new Crc64Nvme();
  crc.update(bytes);
  return crc.digest().then((digest) => Buffer.from(digest).toString("base64"));
}

async function call(method, path, body, { by = handler, state } = {}) {
  const headers = { "sec-fetch-site": "same-origin", ...(body && { "content-type": "application/json" }), ...(state && { "crowfly-state": state }) };
  const response = await by(new Request(`http://127.0.0.1/uploads${path}`, { method, headers, body: body && JSON.stringify(body) }));
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
}

/** One request to storage, with these headers and no others. */
function send(url, { method = "PUT", headers = {}, body, chunked = false }) {
  return new Promise((resolve, reject) => {
    const length = body && !chunked ? { "content-length": body.byteLength } : {};
    const sent = request(url, { method, headers: { ...length, ...headers }, timeout: 20_000, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString(), headers: response.headers }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.on("error", reject);
    // A body of unknown length is sent in chunks.
    if (chunked) sent.write(body.subarray(0, 1));
    sent.end(chunked ? body.subarray(1) : body);
  });
}

const BYTES = Buffer.from("hello, wor");
async function created(more = {}, bytes = BYTES, by = handler) {
  const item = { id: newId(), name: "a.txt", size: bytes.byteLength, type: "text/plain", crc64nvme: await checksum(bytes), ...more };
  const { status, body } = await call("POST", "", { uploads: [item] }, { by });
  assert.equal(status, 201, JSON.stringify(body));
  return { item, ...body.uploads[0] };
}
const complete = ({ id, state, item }, crc64nvme = item.crc64nvme) => call("POST", `/${id}/complete`, { state, crc64nvme });
const absent = async (upload) => {
  const { status, body } = await complete(upload);
  assert.deepEqual([status, body.error?.code], [409, "not_stored"], "storage took it");
};

/** A request by a stranger is refused, and storage has nothing. */
async function refused(upload, url, options, statuses = [403]) {
  const answer = await send(url, options).catch((error) => ({ status: 0, text: String(error) }));
  assert.ok([...statuses, 0].includes(answer.status), `${answer.status} ${answer.text}`);
  await absent(upload);
}

test("a file in one PUT is stored, confirmed and verified", async () => {
  const upload = await created();
  await absent(upload);
  const put = upload.plan.put;
  assert.equal((await send(put.url, { headers: put.headers, body: BYTES })).status, 200);
  const done = await complete(upload);
  assert.deepEqual([done.status, done.body.size, done.body.crc64nvme, done.body.key], [200, 10, upload.item.crc64nvme, upload.key]);
  assert.deepEqual((await complete(upload)).body, done.body);
  assert.equal(stored.at(-1).verified, true);
  assert.equal((await complete(upload, "AAAAAAAAAAA=")).body.error.code, "checksum_mismatch");
  assert.equal((await call("DELETE", `/${upload.id}`, undefined, { state: upload.state })).body.error.code, "already_stored");
});

test("an empty file is stored", async () => {
  const empty = Buffer.alloc(0);
  const upload = await created({}, empty);
  assert.equal((await send(upload.plan.put.url, { headers: { ...upload.plan.put.headers, "content-length": 0 }, body: empty })).status, 200);
  assert.equal((await complete(upload)).body.size, 0);
});

async function multipart() {
  const bytes = randomBytes(17 * MIB);
  const upload = await created({ crc64nvme: undefined }, bytes);
  const crc64nvme = await checksum(bytes);
  const { partSize, partCount } = upload.plan;
  const parts = Array.from({ length: partCount }, (_, index) => bytes.subarray(index * partSize, (index + 1) * partSize));
  const asked = await Promise.all(parts.map(async (part, index) => ({ number: index + 1, crc64nvme: await checksum(part) })));
  const signed = await call("POST", `/${upload.id}/parts`, { parts: asked, state: upload.state });
  assert.equal(signed.status, 200, JSON.stringify(signed.body));
  const put = async (number, body = parts[number - 1]) => send(signed.body.grants[number - 1].url, { headers: signed.body.grants[number - 1].headers, body });
  return { ...upload, bytes, crc64nvme, parts, asked, put };
}

test("a file in parts is stored, listed, completed once and verified", async () => {
  const upload = await multipart();
  const list = async () => (await call("GET", `/${upload.id}/parts`, undefined, { state: upload.state })).body.parts;
  assert.deepEqual(await list(), []);
  assert.equal((await upload.put(2)).status, 200);
  assert.deepEqual(await list(), [{ ...upload.asked[1], size: upload.parts[1].byteLength }]);
  const early = await complete(upload, upload.crc64nvme);
  assert.deepEqual([early.status, early.body.error.code], [409, "parts_mismatch"]);
  // After a lost answer the create call finds the same multipart upload, with the part.
  const again = await call("POST", "", { uploads: [upload.item] });
  assert.deepEqual(again.body.uploads[0].plan, upload.plan);
  const there = await call("GET", `/${upload.id}/parts`, undefined, { state: again.body.uploads[0].state });
  assert.equal(there.body.parts.length, 1);
  for (const number of [1, 3]) assert.equal((await upload.put(number)).status, 200);
  const answers = await Promise.all(Array.from({ length: 5 }, () => complete(upload, upload.crc64nvme)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]), JSON.stringify(answers));
  assert.deepEqual([answers[0].body.size, answers[0].body.crc64nvme], [17 * MIB, upload.crc64nvme]);
  assert.equal(stored.at(-1).verified, true);
  const after = await call("GET", `/${upload.id}/parts`, undefined, { state: upload.state });
  assert.equal(after.body.error.code, "already_stored");
});

test("a67 a wrong checksum of the whole is refused, and the parts stay", async () => {
  const upload = await multipart();
  for (const number of [1, 2, 3]) assert.equal((await upload.put(number)).status, 200);
  const wrong = await complete(upload, "AAAAAAAAAAA=");
  assert.deepEqual([wrong.status, wrong.body.error.code], [409, "checksum_mismatch"]);
  assert.equal((await complete(upload, upload.crc64nvme)).status, 200);
});

test("a cancelled upload is gone, and begins anew by the same id", async () => {
  const upload = await multipart();
  assert.equal((await upload.put(1)).status, 200);
  for (let times = 0; times < 2; times += 1) assert.equal((await call("DELETE", `/${upload.id}`, undefined, { state: upload.state })).status, 204);
  assert.equal((await complete(upload, upload.crc64nvme)).body.error.code, "multipart_gone");
  const anew = await call("POST", "", { uploads: [{ ...upload.item, state: upload.state }] });
  assert.equal(anew.status, 200);
  assert.notEqual(anew.body.uploads[0].state, upload.state);
});

test("a40 a URL that was changed is refused", async () => {
  const upload = await created();
  const { url, headers } = upload.plan.put;
  const changed = (change) => {
    const other = new URL(url);
    change(other, other.searchParams);
    return other.href;
  };
  const changes = [
    (other) => (other.pathname = other.pathname.replace(upload.id, newId())),
    (_, query) => query.set("X-Amz-Expires", "900"),
    (_, query) => query.set("X-Amz-Date", query.get("X-Amz-Date").replace(/.Z$/, (end) => (end === "0Z" ? "1Z" : "0Z"))),
    (_, query) => query.set("partNumber", "1"),
    (_, query) => query.set("uploadId", "x"),
    (_, query) => query.set("X-Amz-SignedHeaders", "host"),
    (_, query) => query.set("X-Amz-Signature", "0".repeat(64)),
  ];
  for (const change of changes) await refused(upload, changed(change), { headers, body: BYTES }, [403, 400]);
});

test("a41 a URL is of no use for another method", async () => {
  const upload = await created();
  for (const method of ["GET", "HEAD", "DELETE", "POST"]) await refused(upload, upload.plan.put.url, { method, headers: upload.plan.put.headers }, [403, 400, 411]);
});

test("a42 a body that is longer or shorter than was signed is refused", async () => {
  for (const body of [Buffer.concat([BYTES, BYTES]), BYTES.subarray(1), Buffer.alloc(0)]) {
    const upload = await created();
    await refused(upload, upload.plan.put.url, { headers: { ...upload.plan.put.headers, "content-length": body.byteLength }, body }, [403, 400]);
  }
});

test("a43 a body of unknown length is refused", async () => {
  const upload = await created();
  await refused(upload, upload.plan.put.url, { headers: upload.plan.put.headers, body: BYTES, chunked: true }, [411, 403, 400, 501]);
});

test("a44 another content type is refused", async () => {
  const upload = await created();
  for (const type of ["text/html", "TEXT/PLAIN; charset=x"]) await refused(upload, upload.plan.put.url, { headers: { ...upload.plan.put.headers, "content-type": type }, body: BYTES }, [403, 400]);
});

test("a45 a header that was not signed is refused", async () => {
  const upload = await created();
  const more = { "x-amz-acl": "public-read", "x-amz-tagging": "a=b", "x-amz-meta-a": "b", "x-amz-website-redirect-location": "https://evil.example", "x-amz-storage-class": "GLACIER" };
  for (const [name, value] of Object.entries(more)) await refused(upload, upload.plan.put.url, { headers: { ...upload.plan.put.headers, [name]: value }, body: BYTES }, [403, 400]);
});

test("a46 a header that was signed must be sent", async () => {
  const upload = await created();
  for (const name of Object.keys(upload.plan.put.headers)) {
    const { [name]: _, ...headers } = upload.plan.put.headers;
    await refused(upload, upload.plan.put.url, { headers, body: BYTES }, [403, 400]);
  }
});

test("h2 a URL with a content encoding that nobody signed stores no file", async () => {
  const upload = await created();
  const { status } = await send(upload.plan.put.url, { headers: { ...upload.plan.put.headers, "content-encoding": "gzip" }, body: BYTES });
  const { body } = await complete(upload);
  assert.ok(status === 200 ? body.error?.code === "content_encoding" : body.error?.code === "not_stored", `${status} ${JSON.stringify(body)}`);
});

test(`a47 a URL ${once ? "stores one object" : "overwrites nothing but its own object"}`, async () => {
  const upload = await created();
  const { url, headers } = upload.plan.put;
  const both = [await send(url, { headers, body: BYTES }), await send(url, { headers, body: BYTES })];
  assert.deepEqual(both.map(({ status }) => status), [200, once ? 412 : 200]);
  assert.equal((await complete(upload)).status, 200);
});

test("a48 a URL ends with its time", async () => {
  const by = handlerWith({ limits: { urlLifetimeSeconds: 2 } });
  const upload = await created({}, BYTES, by);
  await new Promise((after) => setTimeout(after, 3_200));
  const { url, headers } = upload.plan.put;
  const late = await send(url, { headers, body: BYTES });
  assert.ok([400, 403].includes(late.status), `${late.status}`);
  // The same upload, signed again.
  const { body } = await call("POST", "", { uploads: [{ ...upload.item, state: upload.state }] }, { by });
  const put = body.uploads[0].plan.put;
  assert.equal((await send(put.url, { headers: put.headers, body: BYTES })).status, 200);
});

test("a49 bytes with another checksum are refused, in one PUT and in parts", async () => {
  const upload = await created();
  const other = Buffer.from("HELLO, WOR");
  await refused(upload, upload.plan.put.url, { headers: upload.plan.put.headers, body: other }, [400]);
  const inParts = await multipart();
  const answer = await inParts.put(1, randomBytes(inParts.parts[0].byteLength));
  assert.equal(answer.status, 400, answer.text);
});
